package dev.parley.jmh;

import java.util.List;

/// What do lost choices leave behind? A process chooses `n` times between a busy channel and an idle one; then one send on the idle one is timed.
///
/// @param digits n is 10 to this power
record IdleGuard(int digits) implements Question {
    /// The number of choices of the row that has no number in its name.
    static final int USUAL = 5;

    @Override public String id() { return digits == USUAL ? "idle-guard" : "idle-guard-1e" + digits; }

    @Override public int size() { return (int) Math.pow(10, digits); }

    @Override public int quickSize() { return size(); }

    @Override public int operations(int n) { return 1; }

    @Override public boolean timesItself() { return true; }

    @Override public long expected(int n) { return n + 1L; }

    @Override public long by(Peer peer, int n) throws Exception {
        var idle = peer.link(0);
        var busy = peer.link(0);
        var sum = new long[1];
        peer.par(List.of(
                () -> {
                    for (int i = 0; i < n; i++) busy.send(Peer.OFFERED);
                    long begin = System.nanoTime();
                    idle.send(Peer.OFFERED);
                    Costs.own(System.nanoTime() - begin);
                },
                () -> {
                    var choice = peer.choice(List.of(idle, busy), List.of());
                    long got = 0;
                    for (int i = 0; i < n; i++) got += choice.choose() == null ? 0 : 1;
                    got += idle.receive();
                    sum[0] = got;
                }));
        return sum[0];
    }
}
