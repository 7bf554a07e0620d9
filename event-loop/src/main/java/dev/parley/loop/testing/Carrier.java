package dev.parley.loop.testing;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// A daemon thread that runs schedules, with its scheduler. It is kept for a moment after use: tests explore many small programs,
/// and to start a thread takes longer than a hundred schedules.
///
/// **Protocol.** Who [#take]s a carrier out of `IDLE` owns it, gives it one piece of work, and no more to do with it. It goes back
/// to `IDLE` by itself when the work is done. One that takes itself out ends; so none ends that somebody owns.
final class Carrier {
    private static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final ConcurrentLinkedDeque<Carrier> IDLE = new ConcurrentLinkedDeque<>();

    final Heartbeat heartbeat = new Heartbeat();
    final Thread thread = Thread.ofPlatform().daemon().name("simulation").unstarted(this::serve);
    private volatile @Nullable Runnable work;
    private volatile @Nullable Scheduler scheduler;

    private Carrier() {}

    static Carrier take() {
        var idle = IDLE.pollFirst();
        if (idle != null) return idle;
        var carrier = new Carrier();
        carrier.thread.start();
        return carrier;
    }

    void run(Runnable next) {
        work = next;
        LockSupport.unpark(thread);
    }

    /// For the work: a scheduler in which nothing is left from earlier runs.
    Scheduler scheduler() {
        var ours = scheduler;
        if (ours == null || ours.spent()) scheduler = ours = new Scheduler(heartbeat);
        return ours;
    }

    /// For a watcher: who runs now, and by which seed.
    @Nullable Scheduler watched() {
        return scheduler;
    }

    private void serve() {
        long since = System.nanoTime();
        while (true) {
            var next = work;
            if (next != null) {
                work = null;
                next.run();
                thread.setContextClassLoader(null);
                since = System.nanoTime();
                IDLE.addFirst(this);
            } else if (System.nanoTime() - since < KEPT_NANOS) {
                LockSupport.parkNanos(this, KEPT_NANOS);
            } else if (IDLE.remove(this)) {
                return;
            } else {
                since = System.nanoTime();
            }
        }
    }
}
