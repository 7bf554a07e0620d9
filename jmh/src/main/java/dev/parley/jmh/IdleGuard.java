package dev.parley.jmh;

import java.util.List;

/// What do lost choices leave behind? A process chooses `n` times between a busy channel and an idle one; then one send on the idle one is timed. Rounds of a few choices
/// come first, so that no compiler sees the end of a long round for the first time when it is timed.
///
/// @param digits n is 10 to this power
record IdleGuard(int digits) implements Question {
    /// The number of choices of the row that has no number in its name.
    static final int USUAL = 5;

    static final int WARM_ROUNDS = 2_000, WARM_CHOICES = 10;

    @Override public String id() { return digits == USUAL ? "idle-guard" : "idle-guard-1e" + digits; }

    @Override public int size() { return (int) Math.pow(10, digits); }

    @Override public int quickSize() { return size(); }

    @Override public int operations(int n) { return 1; }

    @Override public boolean timesItself() { return true; }

    @Override public long expected(int n) { return n + 1L + WARM_ROUNDS * (WARM_CHOICES + 1L); }

    @Override public long by(Peer peer, int n) throws Exception {
        var idle = peer.link(0);
        var busy = peer.link(0);
        var sum = new long[1];
        peer.par(List.of(
                () -> {
                    for (int i = 0; i < WARM_ROUNDS; i++) timedRound(busy, idle, WARM_CHOICES);
                    Costs.own(timedRound(busy, idle, n));
                },
                () -> {
                    var choice = peer.choice(List.of(idle, busy), List.of());
                    long got = 0;
                    for (int i = 0; i < WARM_ROUNDS; i++) got += choosingRound(choice, idle, WARM_CHOICES);
                    sum[0] = got + choosingRound(choice, idle, n);
                }));
        return sum[0];
    }

    private static long timedRound(Peer.Link busy, Peer.Link idle, int choices) throws Exception {
        for (int i = 0; i < choices; i++) busy.send(Peer.OFFERED);
        long begin = System.nanoTime();
        idle.send(Peer.OFFERED);
        return System.nanoTime() - begin;
    }

    private static long choosingRound(Peer.Choice choice, Peer.Link idle, int choices) throws Exception {
        long got = 0;
        for (int i = 0; i < choices; i++) got += choice.choose() == null ? 0 : 1;
        return got + idle.receive();
    }
}
