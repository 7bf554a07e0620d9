package dev.parley.jmh;

import java.util.Arrays;
import java.util.List;

/// What do lost choices leave behind? A process chooses `n` times between a busy channel and an idle one, a few choices at a time, and after each few
/// receives from a third one; at last, instead, from the idle one. The sends outside of choices are all timed, by the same code, so that no compiler and no processor
/// meets anything for the first time when the one that counts is, and that one is told. A few rounds come after it, since the sender may go on only when the
/// chooser waits again, and must not be kept by its end.
///
/// @param digits n is 10 to this power
record IdleGuard(int digits) implements Question {
    /// The number of choices of the row that has no number in its name.
    static final int USUAL = 4;

    static final int CHOICES = 10, ROUNDS_AFTER = 10;

    static int rounds(int n) { return n / CHOICES + ROUNDS_AFTER; }

    static int timedRound(int n) { return n / CHOICES - 1; }

    @Override public String id() { return digits == USUAL ? "idle-guard" : "idle-guard-1e" + digits; }

    @Override public int size() { return (int) Math.pow(10, digits); }

    @Override public int quickSize() { return size(); }

    @Override public int operations(int n) { return 1; }

    @Override public boolean timesItself() { return true; }

    @Override public long expected(int n) { return (long) rounds(n) * (CHOICES + 1); }

    @Override public long by(Peer peer, int n) throws Exception {
        var idle = peer.link(0);
        var busy = peer.link(0);
        var over = new Peer.Link[rounds(n)];
        Arrays.fill(over, peer.link(0));
        over[timedRound(n)] = idle;
        var nanos = new long[over.length];
        var sum = new long[1];
        peer.par(List.of(
                () -> {
                    for (int i = 0; i < over.length; i++) nanos[i] = send(busy, over[i]);
                },
                () -> {
                    var choice = peer.choice(List.of(idle, busy), List.of());
                    long got = 0;
                    for (var link : over) got += choose(choice, link);
                    sum[0] = got;
                }));
        Costs.own(nanos[timedRound(n)]);
        return sum[0];
    }

    private static long send(Peer.Link busy, Peer.Link last) throws Exception {
        for (int i = 0; i < CHOICES; i++) busy.send(Peer.OFFERED);
        long begin = System.nanoTime();
        last.send(Peer.OFFERED);
        return System.nanoTime() - begin;
    }

    private static long choose(Peer.Choice choice, Peer.Link last) throws Exception {
        long got = 0;
        for (int i = 0; i < CHOICES; i++) got += choice.choose() == null ? 0 : 1;
        return got + last.receive();
    }
}
