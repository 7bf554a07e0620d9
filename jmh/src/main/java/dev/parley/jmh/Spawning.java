package dev.parley.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What do processes cost that do nothing?
record Spawning(Way way) implements Question {
    /// - SPAWN: start one and wait for its end, in the cheapest way there is
    /// - SPAWN_PAR: the same as a parallel composition of one process
    /// - YIELD: two processes let each other run
    /// - TREE: 55 986 processes, 6 levels of 6, each waits for its children (pyperformance's async_tree_none)
    enum Way { SPAWN, SPAWN_PAR, YIELD, TREE }

    static final int LEVELS = 6, BRANCHES = 6;
    private static final int TREE_SIZE = 55_986;

    @Override public String id() { return way.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'); }

    @Override public int size() { return way == Way.TREE ? 1 : 200_000; }

    @Override public int operations(int n) {
        return switch (way) {
            case SPAWN, SPAWN_PAR -> n;
            case YIELD -> 2 * n;
            case TREE -> n * TREE_SIZE;
        };
    }

    @Override public long expected(int n) { return operations(n); }

    @Override public long by(Peer peer, int n) throws Exception {
        return switch (way) {
            case SPAWN, SPAWN_PAR -> spawns(peer, n);
            case YIELD -> yields(peer, n);
            case TREE -> trees(peer, n);
        };
    }

    private long spawns(Peer peer, int n) throws Exception {
        var count = new long[1];
        Peer.Body body = () -> count[0]++;
        var alone = List.of(body);
        if (way == Way.SPAWN) peer.spawn(n, body);
        else for (int i = 0; i < n; i++) peer.par(alone);
        return count[0];
    }

    private static long yields(Peer peer, int n) throws Exception {
        var counts = new AtomicLong();
        Peer.Body body = () -> {
            long count = 0;
            for (int i = 0; i < n; i++) {
                peer.giveWay();
                count++;
            }
            counts.addAndGet(count);
        };
        peer.par(List.of(body, body));
        return counts.get();
    }

    private static long trees(Peer peer, int n) throws Exception {
        var count = new AtomicLong();
        for (int i = 0; i < n; i++) children(peer, LEVELS, count);
        return count.get();
    }

    private static void children(Peer peer, int levels, AtomicLong count) throws Exception {
        var children = new ArrayList<Peer.Body>(BRANCHES);
        for (int i = 0; i < BRANCHES; i++) children.add(() -> {
            count.incrementAndGet();
            if (levels > 1) children(peer, levels - 1, count);
        });
        peer.par(children);
    }
}
