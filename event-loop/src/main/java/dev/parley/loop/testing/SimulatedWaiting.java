package dev.parley.loop.testing;

import dev.parley.loop.testing.Scheduler.Abandoned;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.locks.LockSupport;

/// The seam of simulated threads: parks on the scheduler, tells virtual time, decides by the seed.
final class SimulatedWaiting extends Waiting {
    private final Scheduler scheduler;

    SimulatedWaiting(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield leads straight back into our own queue
    @Override public void park(Object blocker) {
        var caller = scheduler.caller();
        if (scheduler.ending()) throw new Abandoned();
        // An interrupted thread does not park. One that waits on regardless would never let the others run, which outside a
        // simulation have processors of their own.
        if (Thread.currentThread().isInterrupted()) {
            Thread.yield();
        } else {
            caller.parked = true;
            LockSupport.park(blocker);
            caller.parked = false;
        }
        if (scheduler.ending()) throw new Abandoned();
    }

    @Override public void parkUntil(Object blocker, long deadline) {
        long left = deadline - nanoTime();
        if (left <= 0) return;
        var timer = scheduler.wakeAfter(left);
        try {
            park(blocker);
        } finally {
            timer.cancel(false);
        }
    }

    @Override public void unpark(Thread thread) { LockSupport.unpark(thread); }

    @Override public long nanoTime() { return Scheduler.ORIGIN + scheduler.now(); }

    @Override public Thread start(String name, Runnable body) { return scheduler.start(name, body); }

    @Override public void preempt() { scheduler.preempt(); }

    @Override public int random(int bound) {
        if (bound < 1) throw new IllegalArgumentException("bound must be at least 1, but was " + bound);
        return bound == 1 ? 0 : scheduler.choices().number(bound);
    }
}
