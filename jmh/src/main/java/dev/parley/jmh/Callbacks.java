package dev.parley.jmh;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/// What does a callback cost?
record Callbacks(Way way) implements Question {
    /// - CALLBACK: given to the loop by a callback of the loop: each gives the next
    /// - FOREIGN_CALLBACK: given to the loop by another thread, a thousand at a time
    /// - TIMER: set for an hour, and cancelled
    enum Way { CALLBACK, FOREIGN_CALLBACK, TIMER }

    /// A loop as this question sees it.
    interface Loop {
        void execute(Runnable callback);

        /// Sets a timer, and returns what cancels it.
        Runnable after(Duration delay, Runnable callback);
    }

    private static final int BURST = 1_000;

    @Override public String id() { return way.name().toLowerCase(Locale.ROOT).replace('_', '-'); }

    @Override public int size() { return 200_000; }

    @Override public int operations(int n) { return n; }

    @Override public long expected(int n) { return n; }

    @Override public long by(Peer peer, int n) throws Exception {
        var loop = (Loop) peer;
        return switch (way) {
            case CALLBACK -> eachTheNext(loop, n);
            case FOREIGN_CALLBACK -> bursts(loop, n);
            case TIMER -> timers(loop, n);
        };
    }

    private static long eachTheNext(Loop loop, int n) throws InterruptedException {
        var next = new Runnable() {
            final CountDownLatch end = new CountDownLatch(1);
            int count;

            @Override public void run() {
                if (++count < n) loop.execute(this);
                else end.countDown();
            }
        };
        loop.execute(next);
        next.end.await();
        return next.count;
    }

    private static long bursts(Loop loop, int n) throws InterruptedException {
        var count = new long[1];
        for (int done = 0; done < n;) {
            int burst = Math.min(BURST, n - done);
            var end = new CountDownLatch(burst);
            Runnable callback = () -> {
                count[0]++; // one loop, one callback at a time
                end.countDown();
            };
            for (int i = 0; i < burst; i++) loop.execute(callback);
            end.await();
            done += burst;
        }
        return count[0];
    }

    private static long timers(Loop loop, int n) throws InterruptedException {
        var count = new long[1];
        var end = new CountDownLatch(1);
        var hour = Duration.ofHours(1);
        loop.execute(() -> {
            for (int i = 0; i < n; i++) {
                loop.after(hour, () -> {}).run();
                count[0]++;
            }
            end.countDown();
        });
        end.await();
        return count[0];
    }
}
