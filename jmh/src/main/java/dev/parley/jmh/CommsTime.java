package dev.parley.jmh;

import java.util.List;

/// What does a communication cost in a small network? Prefix, delta, successor and consumer (Welch's CommsTime): 4 communications for each number, and
/// the time is told for one of them. The delta sends to both one after the other, or in parallel.
record CommsTime(boolean parallel) implements Question {
    @Override public String id() { return parallel ? "commstime-par" : "commstime-seq"; }

    @Override public int size() { return 250_000; }

    @Override public int operations(int n) { return 4 * n; }

    @Override public long expected(int n) { return Question.sum(n); }

    @Override public long by(Peer peer, int n) throws Exception {
        var numbers = peer.link(0);
        var toSuccessor = peer.link(0);
        var fromSuccessor = peer.link(0);
        var toConsumer = peer.link(0);
        var sum = new long[1];
        peer.par(List.of(
                () -> {
                    numbers.send(0);
                    for (int i = 1; i < n; i++) numbers.send(fromSuccessor.receive());
                    fromSuccessor.receive();
                },
                parallel ? parallelDelta(peer, n, numbers, toSuccessor, toConsumer) : () -> {
                    for (int i = 0; i < n; i++) {
                        var x = numbers.receive();
                        toSuccessor.send(x);
                        toConsumer.send(x);
                    }
                },
                () -> {
                    for (int i = 0; i < n; i++) fromSuccessor.send(Question.element(toSuccessor.receive() + 1));
                },
                () -> {
                    long got = 0;
                    for (int i = 0; i < n; i++) got += toConsumer.receive();
                    sum[0] = got;
                }));
        return sum[0];
    }

    private static Peer.Body parallelDelta(Peer peer, int n, Peer.Link in, Peer.Link out, Peer.Link other) {
        return () -> {
            var x = new Integer[1];
            List<Peer.Body> both = List.of(() -> out.send(x[0]), () -> other.send(x[0]));
            for (int i = 0; i < n; i++) {
                x[0] = in.receive();
                peer.par(both);
            }
        };
    }
}
