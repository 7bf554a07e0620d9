package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A thread that waits in one operation, and nowhere else. Reused for later operations: see [LocalChannel].
final class ThreadWaiter extends Waiter {
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(ThreadWaiter.class, "outcome", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @Nullable Thread thread;
    @Nullable Waiting waiting;
    @SuppressWarnings("UnusedVariable") // read through OUTCOME
    private @Nullable Object outcome;

    void prepare(@Nullable Object item) {
        this.item = item;
        thread = Thread.currentThread();
        waiting = Waiting.current();
    }

    void clear() {
        item = null;
        thread = null;
        waiting = null;
        outcome = null;
    }

    @Override boolean claim() {
        return true;
    }

    @Override void finish(Object outcome) {
        // Read first: once the outcome is out, the owner may return and hand this object to another thread.
        var waiting = this.waiting;
        var thread = this.thread;
        Preemption.point();
        OUTCOME.setRelease(this, outcome); // pairs with outcome(): what was written before, item above all, is visible to the owner
        Preemption.point();
        if (waiting != null && thread != null) waiting.unpark(thread);
    }

    @Override void sourceClosed() {
        finish(Outcome.CLOSED);
    }

    /// What became of the operation; null while undecided.
    @Nullable Object outcome() {
        return OUTCOME.getAcquire(this);
    }
}
