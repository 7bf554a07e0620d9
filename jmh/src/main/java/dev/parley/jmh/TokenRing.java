package dev.parley.jmh;

import java.util.ArrayList;

/// What does a hop cost on a ring of 256 processes with some tokens on it? `n` cycles of each token.
record TokenRing(int tokens) implements Question {
    static final int PROCESSES = 256;

    @Override public String id() { return "ring-" + tokens; }

    @Override public int size() { return 1_024; }

    @Override public int quickSize() { return tokens > 16 ? 32 : 256; }

    @Override public int operations(int n) { return n * PROCESSES * tokens; }

    @Override public long expected(int n) { return (long) tokens * n; }

    /// Every process passes on what comes; the first `tokens` of them begin with a token of their own, and the one that takes a token for the n-th time keeps it.
    @Override public long by(Peer peer, int n) throws Exception {
        var links = new Peer.Link[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) links[i] = peer.link(0);
        var kept = new long[PROCESSES];
        var bodies = new ArrayList<Peer.Body>();
        for (int i = 0; i < PROCESSES; i++) {
            int self = i;
            var in = links[i];
            var out = links[(i + 1) % PROCESSES];
            // All tokens are passed equally often, so each process takes and gives the same number in all.
            boolean holds = self < tokens;
            int takes = n * tokens;
            bodies.add(() -> {
                if (holds) out.send(Peer.OFFERED);
                for (int k = 0; k < takes - (holds ? 1 : 0); k++) out.send(in.receive());
                if (holds) kept[self] = (long) n * in.receive();
            });
        }
        peer.par(bodies);
        long sum = 0;
        for (long each : kept) sum += each;
        return sum;
    }
}
