package dev.parley.csp.testing;

import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.Semaphore;

/// One thread's waiting, such that Lincheck's model checker sees a lost wake-up: its model of `LockSupport.park` returns at any time, its model of a
/// semaphore does not.
class SemaphoreWaiting extends Waiting {
    private final Semaphore permit = new Semaphore(0);

    @Override public void park(Object blocker) {
        permit.acquireUninterruptibly();
    }

    @Override public void parkUntil(Object blocker, long deadline) {
        throw new AssertionError("no operation under Lincheck has a time limit");
    }

    @Override public void unpark(Thread thread) {
        permit.release();
    }

    @Override public long nanoTime() {
        throw new AssertionError("no operation under Lincheck has a time limit");
    }

    @Override public Thread start(String name, Runnable body) {
        throw new AssertionError("no operation under Lincheck starts a thread");
    }
}
