package dev.parley.jmh;

import java.util.List;

/// What does an element cost from one sender to one receiver? A new channel each time.
///
/// @param capacity 0 is a rendezvous
record Stream(int capacity) implements Question {
    @Override public String id() { return capacity == 0 ? "rendezvous" : "buffered-" + capacity; }

    @Override public int size() { return 1_000_000; }

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return Question.sum(n); }

    @Override public long by(Peer peer, int n) throws Exception {
        var link = peer.link(capacity);
        var sum = new long[1];
        peer.par(List.of(
                () -> {
                    for (int i = 0; i < n; i++) link.send(Question.element(i));
                },
                () -> {
                    long got = 0;
                    for (int i = 0; i < n; i++) got += link.receive();
                    sum[0] = got;
                }));
        return sum[0];
    }
}
