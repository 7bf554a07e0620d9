package dev.parley.jmh;

import java.util.ArrayList;

/// What does an element cost when many pairs are at it? `n` independent pairs, 1 000 elements each.
record Pairs(int capacity, int elements) implements Question {
    static final int USUAL = 1_000;

    @Override public String id() { return "pairs-" + capacity + (elements == USUAL ? "" : "-x" + elements); }

    @Override public int size() { return 10_000; }

    @Override public int operations(int n) { return n * elements; }

    @Override public long expected(int n) { return n * Question.sum(elements); }

    @Override public long by(Peer peer, int n) throws Exception {
        var sums = new long[n];
        var bodies = new ArrayList<Peer.Body>(2 * n);
        for (int pair = 0; pair < n; pair++) {
            int self = pair;
            var link = peer.link(capacity);
            bodies.add(() -> {
                for (int i = 0; i < elements; i++) link.send(Question.element(i));
            });
            bodies.add(() -> {
                long got = 0;
                for (int i = 0; i < elements; i++) got += link.receive();
                sums[self] = got;
            });
        }
        peer.par(bodies);
        long sum = 0;
        for (long each : sums) sum += each;
        return sum;
    }
}
