package dev.parley.loop.testing;

import dev.parley.loop.testing.Run.Abandoned;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.locks.LockSupport;

/// The seam of simulated threads: parks on the scheduler, tells virtual time, decides by the seed.
final class SimulatedWaiting extends Waiting {
    /// Where virtual time starts: one second before it overflows, as [System#nanoTime] may at any time.
    private static final long ORIGIN = Long.MAX_VALUE - 1_000_000_000L;

    private final Run run;

    SimulatedWaiting(Run run) {
        this.run = run;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield leads straight back into our own queue
    @Override public void park(Object blocker) {
        var caller = run.caller();
        if (run.ending()) throw new Abandoned();
        // An interrupted thread does not park. One that waits on regardless would never let the others run, which outside a
        // simulation have processors of their own.
        if (Thread.currentThread().isInterrupted()) {
            Thread.yield();
        } else {
            caller.parked = true;
            LockSupport.park(blocker);
            caller.parked = false;
        }
        if (run.ending()) throw new Abandoned();
    }

    @Override public boolean noticesDeadlock() {
        return true;
    }

    @Override public void parkUntil(Object blocker, long deadline) {
        long left = deadline - nanoTime();
        if (left <= 0) return;
        var timer = run.wakeAfter(left);
        try {
            park(blocker);
        } finally {
            timer.cancel(false);
        }
    }

    @Override public void unpark(Thread thread) { LockSupport.unpark(thread); }

    @Override public long nanoTime() { return ORIGIN + run.now(); }

    @Override public Thread start(String name, Runnable body) { return run.start(name, body); }

    @Override public void preempt() { run.preempt(); }

    @Override public int random(int bound) {
        if (bound < 1) throw new IllegalArgumentException("bound must be at least 1, but was " + bound);
        return bound == 1 ? 0 : run.choices().number(bound);
    }
}
