package dev.parley.loop.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// One carrier of a [GroupEngine]: what it runs, in which order, and its timers.
final class GroupWorker {
    // Order and fairness as in CarrierEngine, except that others may take from here. `next` is set by the owner alone and
    // taken by CAS, by the owner or by the monitor. The timers are guarded by a lock, since a thread may be woken on one
    // carrier and cancel its timer on another; that lock is only ever held by platform threads, and for no longer than a
    // heap operation: what is due is fired after it is released.

    private static final int STREAK = 3;
    private static final VarHandle NEXT;
    private static final VarHandle SLICES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            NEXT = lookup.findVarHandle(GroupWorker.class, "next", Runnable.class);
            SLICES = lookup.findVarHandle(GroupWorker.class, "slices", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// The platform thread, which knows its worker.
    static final class Carrier extends Thread {
        private final GroupWorker worker;

        Carrier(GroupWorker worker) {
            super(null, worker::carry, worker.engine.name() + "-" + worker.index, 0, false);
            this.worker = worker;
            setDaemon(true);
        }

        GroupWorker worker() { return worker; }

        GroupEngine engine() { return worker.engine; }
    }

    private final GroupEngine engine;
    private final int index;
    final StealableQueue ready = new StealableQueue();
    volatile @Nullable Thread thread;

    /// Whether this worker is counted in the engine's `searching`; owner only.
    boolean stillSearching;

    @SuppressWarnings("UnusedVariable") // through NEXT
    private @Nullable Runnable next;
    private int streak;
    private long slices;
    private final ReentrantLock timerLock = new ReentrantLock();
    private final TimerHeap timers = new TimerHeap();
    private volatile boolean anyTimer;

    GroupWorker(GroupEngine engine, int index) {
        this.engine = engine;
        this.index = index;
    }

    long bit() { return 1L << index; }

    long slices() { return (long) SLICES.getOpaque(this); }

    /// The caller has taken this worker's bit and counted it as searching.
    void startThread() {
        var carrier = new Carrier(this);
        stillSearching = true; // visible through the start
        thread = carrier;
        carrier.start();
    }

    /// Owner only. `woken` tells what a running task woke or started from what yielded or came due.
    void add(Runnable continuation, boolean woken) {
        if (woken && streak < STREAK && NEXT.getOpaque(this) == null) {
            NEXT.setRelease(this, continuation);
        } else if (ready.offer(continuation)) {
            engine.signal();
        } else {
            engine.share(continuation);
        }
    }

    /// What has waited in `next`; null if nothing. By any thread.
    @Nullable Runnable takeNext() {
        var continuation = (Runnable) NEXT.getOpaque(this);
        return continuation != null && NEXT.compareAndSet(this, continuation, null) ? continuation : null;
    }

    private void carry() {
        while (true) {
            Runnable continuation = pick();
            boolean counted = takeSearching();
            if (continuation == null) continuation = engine.search(this, counted);
            else if (counted) engine.foundWork();
            if (continuation != null) {
                SLICES.setOpaque(this, slices + 1);
                try {
                    continuation.run();
                } catch (Throwable failure) {
                    engine.report(failure);
                }
            } else if (!rest()) {
                return;
            }
        }
    }

    private boolean takeSearching() {
        boolean counted = stillSearching;
        stillSearching = false;
        return counted;
    }

    private @Nullable Runnable pick() {
        if ((slices & GroupEngine.TICK - 1) == 0) {
            if (anyTimer) fireDue();
            Runnable foreign = engine.pollShared();
            if (foreign != null) return foreign;
        }
        Runnable continuation = takeNext();
        if (continuation != null) {
            streak++;
            return continuation;
        }
        streak = 0;
        return ready.poll();
    }

    /// Nothing to run. Returns false if the thread has to end.
    private boolean rest() {
        fireDue();
        if (NEXT.getOpaque(this) != null || !ready.isEmpty()) return true;
        ready.clear();
        boolean end = engine.retired() && hasNoTimer();
        if (!engine.giveUp(this, end)) return true;
        if (end) return false;
        long left = untilNextTimer();
        if (left == Long.MAX_VALUE) LockSupport.park(engine);
        else if (left > 0) LockSupport.parkNanos(engine, left);
        Thread.interrupted(); // else a stray interrupt of the carrier would keep it from parking
        engine.wakeUp(this);
        return true;
    }

    /// Owner only, on the carrier.
    VirtualThreadScheduler.TimedWait schedule(Runnable command, long nanos) {
        var wait = new VirtualThreadScheduler.TimedWait(command) {
            @Override public boolean cancel(boolean mayInterrupt) {
                timerLock.lock();
                try {
                    boolean removed = timers.remove(this);
                    anyTimer = !timers.isEmpty();
                    return removed;
                } finally {
                    timerLock.unlock();
                }
            }
        };
        timerLock.lock();
        try {
            timers.add(wait, System.nanoTime() + Math.min(nanos, CarrierEngine.FOREVER));
            anyTimer = true;
        } finally {
            timerLock.unlock();
        }
        return wait;
    }

    boolean hasNoTimer() { return !anyTimer; }

    private long untilNextTimer() {
        if (!anyTimer) return Long.MAX_VALUE;
        timerLock.lock();
        try {
            return timers.isEmpty() ? Long.MAX_VALUE : timers.earliest() - System.nanoTime();
        } finally {
            timerLock.unlock();
        }
    }

    /// By the owner, or by the monitor for a worker that is busy.
    void fireDue() {
        if (!anyTimer) return;
        long now = System.nanoTime();
        while (true) {
            TimerHeap.Entry due;
            timerLock.lock();
            try {
                due = timers.pollDue(now);
                anyTimer = !timers.isEmpty();
            } finally {
                timerLock.unlock();
            }
            if (due == null) return;
            due.fire();
        }
    }
}
