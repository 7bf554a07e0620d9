package dev.parley.jmh;

import java.util.ArrayList;

/// What does a process cost that lives for one element? `n` processes in a row, each `left <- 1 + <-right`. (A well-known Go program.)
record Daisy() implements Question {
    @Override public String id() { return "daisy"; }

    @Override public int size() { return 10_000; }

    @Override public int quickSize() { return size(); }

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return n; }

    @Override public long by(Peer peer, int n) throws Exception {
        var bodies = new ArrayList<Peer.Body>(n + 2);
        var first = peer.link(0);
        var left = first;
        for (int i = 0; i < n; i++) {
            var out = left;
            var right = peer.link(0);
            bodies.add(() -> out.send(1 + right.receive()));
            left = right;
        }
        var last = left;
        bodies.add(() -> last.send(0));
        var sum = new long[1];
        bodies.add(() -> sum[0] = first.receive());
        peer.par(bodies);
        return sum[0];
    }
}
