package dev.parley.jmh;

import java.util.ArrayList;

/// What does a hop cost along many processes? `n` channels in a row, n+1 processes, 1 000 elements; the time is told for one hop of one element.
record Chain(int capacity, int elements) implements Question {
    static final int USUAL = 1_000;

    @Override public String id() { return "chain-" + capacity + (elements == USUAL ? "" : "-x" + elements); }

    @Override public int size() { return 10_000; }

    @Override public int operations(int n) { return n * elements; }

    @Override public long expected(int n) { return Question.sum(elements); }

    @Override public long by(Peer peer, int n) throws Exception {
        var links = new Peer.Link[n];
        for (int i = 0; i < n; i++) links[i] = peer.link(capacity);
        var bodies = new ArrayList<Peer.Body>(n + 1);
        bodies.add(() -> {
            for (int i = 0; i < elements; i++) links[0].send(Question.element(i));
        });
        for (int i = 1; i < n; i++) {
            var in = links[i - 1];
            var out = links[i];
            bodies.add(() -> {
                for (int k = 0; k < elements; k++) out.send(in.receive());
            });
        }
        var sum = new long[1];
        bodies.add(() -> {
            long got = 0;
            for (int i = 0; i < elements; i++) got += links[n - 1].receive();
            sum[0] = got;
        });
        peer.par(bodies);
        return sum[0];
    }
}
