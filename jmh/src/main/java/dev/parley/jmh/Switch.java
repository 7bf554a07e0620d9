package dev.parley.jmh;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// What does the JVM take at least? Two virtual threads park and unpark each other, with nothing between them but a field; the time is told for one switch. This
/// is the floor under every rendezvous of the same place.
record Switch() implements Question {
    @Override public String id() { return "switch"; }

    @Override public int size() { return 500_000; }

    @Override public int operations(int n) { return 2 * n; }

    @Override public long expected(int n) { return 2L * n; }

    @Override public long by(Peer peer, int n) throws Exception {
        var game = new Game();
        peer.par(List.of(() -> game.play(0, n), () -> game.play(1, n)));
        return game.plays[0] + game.plays[1];
    }

    private static final class Game {
        final long[] plays = new long[2];
        private final Thread[] players = new Thread[2];
        private final AtomicInteger present = new AtomicInteger();
        private volatile int turn;

        void play(int self, int n) {
            players[self] = Thread.currentThread();
            // Parked, not yielding: a thread that yields may keep the JDK's only carrier from ever starting the other, which comes from outside.
            if (present.incrementAndGet() == 2) LockSupport.unpark(players[1 - self]);
            while (present.get() < 2) LockSupport.park();
            var partner = players[1 - self];
            long count = 0;
            for (int i = 0; i < n; i++) {
                while (turn != self) LockSupport.park();
                turn = 1 - self;
                LockSupport.unpark(partner);
                count++;
            }
            plays[self] = count;
        }
    }
}
