package dev.parley.jmh;

import java.util.ArrayList;

/// What does a task cost that does nothing, from its being submitted to its result? A farmer keeps [#OUTSTANDING] tasks under way. [#WORKERS] workers take them from one channel and put the results
/// into another; both have room for all tasks that are under way. (The question of SCOOP and Ray.)
record Farm() implements Question {
    static final int WORKERS = 2, OUTSTANDING = 64;

    /// Instead of a task: the worker that gets it goes home.
    static final Integer STOP = -1;

    @Override public String id() { return "farm"; }

    @Override public int size() { return 1_000_000; }

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return Question.sum(n); }

    @Override public long by(Peer peer, int n) throws Exception {
        var tasks = peer.link(OUTSTANDING, Peer.Ends.ANY_TO_ANY);
        var results = peer.link(OUTSTANDING, Peer.Ends.ANY_TO_ONE);
        var sum = new long[1];
        var bodies = new ArrayList<Peer.Body>();
        for (int i = 0; i < WORKERS; i++) bodies.add(() -> {
            for (var task = tasks.receive(); !task.equals(STOP); task = tasks.receive()) results.send(task);
        });
        bodies.add(() -> {
            long got = 0;
            for (int i = 0; i < n; i++) {
                if (i >= OUTSTANDING) got += results.receive();
                tasks.send(Question.element(i));
            }
            for (int i = Math.min(n, OUTSTANDING); i > 0; i--) got += results.receive();
            for (int i = 0; i < WORKERS; i++) tasks.send(STOP);
            sum[0] = got;
        });
        peer.par(bodies);
        return sum[0];
    }
}
