package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
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
    boolean timed; // whether it ends by itself
    @SuppressWarnings("UnusedVariable") // read through OUTCOME
    private @Nullable Object outcome;

    ThreadWaiter() {
        super(true);
    }

    void prepare(@Nullable Object item, boolean timed) {
        this.item = item;
        this.timed = timed;
        thread = Thread.currentThread();
        waiting = Waiting.current();
    }

    void clear() {
        item = null;
        held = null;
        extended = false;
        thread = null;
        waiting = null;
        outcome = null;
    }

    @Override
    @Nullable Thread owner() {
        return thread;
    }

    @Override Claim claim() {
        return Claim.MINE;
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

    /// Waits, in a queue of `source` or already taken out of it, until this is decided or `nanos` have passed.
    ///
    /// @return the outcome; null if the time was up and the operation did not happen
    /// @throws InterruptedException if the operation did not happen for that
    @Nullable Object await(WaitQueues source, long nanos) throws InterruptedException {
        var waiting = Objects.requireNonNull(this.waiting);
        long deadline = nanos == Nanos.FOREVER ? 0 : waiting.nanoTime() + nanos;
        boolean interrupted = false;
        boolean decided = false; // by somebody else, whose word is on its way
        Object outcome;
        while ((outcome = outcome()) == null) {
            Preemption.point();
            if (nanos == Nanos.FOREVER || decided) waiting.park(source);
            else if (deadline - waiting.nanoTime() > 0) waiting.parkUntil(source, deadline);
            else if (source.withdraw(this)) break;
            else decided = true;
            // cleared even when it comes too late, since park would not wait otherwise; set again below
            if (Thread.interrupted()) {
                if (!interrupted && source.withdraw(this))
                    throw new InterruptedException("interrupted while waiting on " + source.inShort());
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return outcome;
    }

    /// What became of the operation; null while undecided.
    private @Nullable Object outcome() {
        return OUTCOME.getAcquire(this);
    }
}
