package dev.parley.loop;

import dev.parley.loop.waiting.Waiting;

/// One wait of the thread that makes it, for one event.
final class Waiter {
    private final Waiting waiting = Waiting.current();
    private final Thread thread = Thread.currentThread();
    private final Object blocker;
    private volatile boolean woken;

    Waiter(Object blocker) {
        this.blocker = blocker;
    }

    /// By any thread, once or more.
    void wake() {
        woken = true;
        waiting.unpark(thread);
    }

    boolean woken() { return woken; }

    /// Returns false if it was interrupted before it was woken; the flag is then cleared. The caller withdraws from where
    /// it waits and looks at [#woken] again.
    boolean await() {
        while (!woken) {
            if (Thread.interrupted()) return false;
            waiting.park(blocker);
        }
        return true;
    }

    /// As [#await], but gives up at `deadline`, with the interrupt flag unchanged.
    boolean awaitUntil(long deadline) {
        while (!woken) {
            if (thread.isInterrupted() || deadline - waiting.nanoTime() <= 0) return false;
            waiting.parkUntil(blocker, deadline);
        }
        return true;
    }

    /// Waits whatever happens; an interrupt is kept for the caller's next wait.
    void awaitUninterruptibly() {
        boolean interrupted = false;
        while (!woken) {
            if (Thread.interrupted()) interrupted = true;
            waiting.park(blocker);
        }
        if (interrupted) thread.interrupt();
    }
}
