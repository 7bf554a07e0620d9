package dev.parley.jmh;

import java.util.ArrayList;
import java.util.List;

/// What does an element cost when many produce and many consume through one channel? Each does a little work of its own for each element. With a
/// guard, consumers receive in a choice whose other channel, for cancelling, stays idle. (kotlinx's ChannelProducerConsumerBenchmark.)
///
/// @param side how many produce, and how many consume
record Crowd(int side, int capacity, boolean guarded) implements Question {
    private static final int ROUNDS = 50;

    @Override public String id() {
        return "mpmc-" + side + "-" + (capacity == Peer.UNBOUNDED ? "unbounded" : capacity) + (guarded ? "-alt" : "");
    }

    @Override public int size() { return 200_000; } // a multiple of every number of producers here

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return n; }

    @Override public long by(Peer peer, int n) throws Exception {
        int share = n / side;
        var link = peer.link(capacity, guarded ? Peer.Ends.ANY_TO_ONE : Peer.Ends.ANY_TO_ANY);
        var cancel = guarded ? peer.link(0, Peer.Ends.ANY_TO_ONE) : link;
        var got = new long[side];
        var bodies = new ArrayList<Peer.Body>();
        for (int i = 0; i < side; i++) {
            int self = i;
            bodies.add(() -> {
                for (int k = 0; k < share; k++) {
                    if (work(k) != 0) link.send(Peer.OFFERED);
                }
            });
            bodies.add(() -> {
                var choice = guarded ? peer.choice(List.of(cancel, link), List.of()) : null;
                long sum = 0;
                for (int k = 0; k < share; k++) {
                    Integer element = choice == null ? link.receive() : choice.choose();
                    if (element != null && work(k) != 0) sum += element;
                }
                got[self] = sum;
            });
        }
        peer.par(bodies);
        long sum = n - (long) share * side;
        for (long each : got) sum += each;
        return sum;
    }

    /// Fifty steps of a random number generator (Marsaglia's xorshift), the same in every language. Never 0, but that no compiler knows.
    static long work(int seed) {
        long x = seed + 1L;
        for (int i = 0; i < ROUNDS; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }
}
