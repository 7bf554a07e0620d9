package dev.parley.jmh;

import java.util.ArrayList;
import java.util.List;

/// What does a channel cost that everybody waits on? 1 000 processes choose between a common channel and one of their own; `n` elements are sent to each on its own.
/// (Go's BenchmarkChanPopular.)
record Popular() implements Question {
    static final int PROCESSES = 1_000;

    @Override public String id() { return "popular"; }

    @Override public int size() { return 500; }

    @Override public int operations(int n) { return n * PROCESSES; }

    @Override public long expected(int n) { return (long) n * PROCESSES; }

    @Override public long by(Peer peer, int n) throws Exception {
        var common = peer.link(0, Peer.Ends.ANY_TO_ANY);
        var own = new Peer.Link[PROCESSES];
        var got = new long[PROCESSES];
        var bodies = new ArrayList<Peer.Body>();
        for (int i = 0; i < PROCESSES; i++) {
            int self = i;
            own[i] = peer.link(0);
            bodies.add(() -> {
                var choice = peer.choice(List.of(common, own[self]), List.of());
                long sum = 0;
                for (int k = 0; k < n; k++) sum += choice.choose() == null ? 0 : 1;
                got[self] = sum;
            });
        }
        bodies.add(() -> {
            for (int k = 0; k < n; k++) for (var link : own) link.send(Peer.OFFERED);
        });
        peer.par(bodies);
        long sum = 0;
        for (long each : got) sum += each;
        return sum;
    }
}
