package dev.parley.loop.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// One carrier of a [GroupEngine]: what it runs, in which order, and its timers.
final class GroupWorker implements Lane {
    // Order and fairness as in CarrierEngine, except that others may take from here. `next` is set by the owner alone and
    // taken by CAS, by the owner or by the monitor. The timers are guarded by a lock, since a thread may be woken on one
    // carrier and cancel its timer on another; that lock is only ever held by platform threads, and for no longer than a
    // heap operation: what is due is fired after it is released.
    //
    // What a slice wakes runs next on the same carrier, and no other carrier is woken for it: the slice is about to end, and
    // its data is here. Where slices are short that goes for some more that wait: they are over before another carrier is awake,
    // which would then wake theirs in turn. Where slices are long, it would keep the other carriers from helping. So the monitor
    // measures the slices, and tells the worker how many to keep; where they are long, none.

    private static final int STREAK = 3;
    private static final VarHandle NEXT;
    private static final VarHandle SLICES;
    private static final VarHandle RESTS;
    private static final VarHandle KEEPS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            NEXT = lookup.findVarHandle(GroupWorker.class, "next", Runnable.class);
            SLICES = lookup.findVarHandle(GroupWorker.class, "slices", long.class);
            RESTS = lookup.findVarHandle(GroupWorker.class, "rests", long.class);
            KEEPS = lookup.findVarHandle(GroupWorker.class, "keeps", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// The platform thread, which knows its worker.
    static final class Carrier extends Thread {
        private final GroupWorker worker;

        Carrier(GroupWorker worker) {
            super(null, worker::carry, worker.name(), 0, false);
            this.worker = worker;
            setDaemon(true);
        }

        GroupWorker worker() { return worker; }

        GroupEngine engine() { return worker.engine; }
    }

    private final GroupEngine engine;
    private final int number;
    private final @Nullable GroupWorker keeper;
    final StealableQueue ready = new StealableQueue();
    volatile @Nullable Thread thread;

    /// Whether this worker is counted in the engine's `searching`; owner only.
    boolean stillSearching;

    @SuppressWarnings("UnusedVariable") // through NEXT
    private @Nullable Runnable next;
    private int streak;
    private long slices;
    private long rests;
    @SuppressWarnings("UnusedVariable") // through KEEPS
    private int keeps = GroupMonitor.KEPT_AT_FIRST;
    private final ReentrantLock timerLock = new ReentrantLock();
    private final TimerHeap timers = new TimerHeap();
    private volatile boolean anyTimer;

    /// @param keeper the worker that has the timers of a spare; null for one that is none
    GroupWorker(GroupEngine engine, int number, @Nullable GroupWorker keeper) {
        this.engine = engine;
        this.number = number;
        this.keeper = keeper;
    }

    int number() { return number; }

    boolean isSpare() { return keeper != null; }

    /// Who has the timers of what runs here.
    GroupWorker keeper() { return keeper == null ? this : keeper; }

    @Override public long slices() { return (long) SLICES.getOpaque(this); }

    @Override public boolean running() { return engine.busy(this); }

    @Override public boolean runs(Thread runner) { return runner.toString().endsWith("@" + name()); }

    private String name() { return engine.name() + "-" + number; }

    /// What its carrier has had of processors, in nanoseconds; 0 if the JVM cannot tell.
    long cpuTime() {
        var carrier = thread;
        var threads = ManagementFactory.getThreadMXBean();
        return carrier == null || !threads.isThreadCpuTimeSupported()
                ? 0
                : threads.getThreadCpuTime(carrier.threadId());
    }

    /// The caller has taken this worker's bit and counted it as searching.
    void startThread() {
        var carrier = new Carrier(this);
        stillSearching = true; // visible through the start
        thread = carrier;
        carrier.start();
    }

    /// Owner only. `woken` tells what a running task woke or started from what yielded or came due.
    void add(Runnable continuation, boolean woken) {
        int kept = keeps();
        boolean nextIsFree = NEXT.getOpaque(this) == null;
        if (woken && nextIsFree && streak < STREAK && kept > 0) {
            NEXT.setRelease(this, continuation);
            return;
        }
        if (!ready.offer(continuation)) engine.share(continuation);
        else if (ready.size() + (nextIsFree ? 0 : 1) > kept) engine.signal(); // I2 of the engine
    }

    /// What has waited in `next`; null if nothing. By any thread.
    @Nullable Runnable takeNext() {
        var continuation = (Runnable) NEXT.getOpaque(this);
        return continuation != null && NEXT.compareAndSet(this, continuation, null) ? continuation : null;
    }

    private void carry() {
        while (true) {
            if (isSpare() && engine.sendsHome(false)) {
                leave();
                return;
            }
            Runnable continuation = pick();
            boolean counted = takeSearching();
            if (continuation == null) continuation = engine.search(this, counted);
            else if (counted) engine.foundWork();
            if (continuation != null) {
                SLICES.setOpaque(this, slices + 1);
                try {
                    SliceEvent.of(engine.name(), continuation);
                } catch (Throwable failure) {
                    engine.report(failure);
                }
            } else if (!rest()) {
                return;
            }
        }
    }

    /// As a spare that is not wanted any more; the worker is then no longer this thread's.
    private void leave() {
        for (Runnable left; (left = takeNext()) != null || (left = ready.poll()) != null;) engine.share(left);
        ready.clear();
        engine.leave(this, takeSearching());
    }

    /// How often it had nothing to run.
    long rests() { return (long) RESTS.getOpaque(this); }

    /// By the monitor: how many may wait here before another carrier is woken for them.
    void keep(int most) { KEEPS.setOpaque(this, most); }

    int keeps() { return (int) KEEPS.getOpaque(this); }

    /// By the monitor, for a worker whose slice takes long. Returns whether something waits behind it.
    boolean relieve() {
        fireDue();
        Runnable waiting = takeNext();
        if (waiting != null) engine.share(waiting);
        else if (!ready.isEmpty()) engine.signal();
        else return anyTimer;
        return true;
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
        RESTS.setOpaque(this, rests + 1);
        if (isSpare() && engine.sendsHome(true)) {
            leave();
            return false;
        }
        boolean end = engine.retired() && hasNoTimer();
        if (!engine.giveUp(this, end)) return true;
        if (end) return false;
        long left = untilNextTimer();
        // Who has been called meanwhile must not park: where the lock of the timers was not free, waiting for it has used up the call's permit.
        if (engine.isParked(this)) {
            if (left == Long.MAX_VALUE) LockSupport.park(engine);
            else if (left > 0) LockSupport.parkNanos(engine, left);
        }
        Thread.interrupted(); // else a stray interrupt of the carrier would keep it from parking
        engine.wakeUp(this);
        return true;
    }

    /// On the carrier, or on that of a spare.
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
        if (JdkInternals.currentCarrier() != thread) {
            // The owner may be about to park for longer, or to end: it joins a set of the idle, then reads the timers.
            VarHandle.fullFence();
            engine.rouse(this);
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
