package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/// A lock of one word, for critical sections of some nanoseconds that never park. A superclass rather than a field, since there may be a million
/// channels.
///
/// Its holder never parks, so among the tasks of one loop it is never contended. Elsewhere the holder is running, unless the operating system
/// took its processor away: that is why waiting spins briefly and then yields. Not reentrant, not fair. Who holds several at once takes them in order
/// of [#id].
abstract class SpinLock {
    private static final VarHandle LOCK;
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final int SPINS = 64;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(SpinLock.class, "lock", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // through LOCK
    private int lock;
    final long id = LAST_ID.incrementAndGet();

    final void lock() {
        Preemption.point();
        if (!LOCK.compareAndSet(this, 0, 1)) lockContended();
    }

    final void unlock() {
        LOCK.setRelease(this, 0); // pairs with the compareAndSet of the next lock()
    }

    private void lockContended() {
        int spins = 0;
        do
            spins = pause(spins);
        while ((int) LOCK.getOpaque(this) != 0 || !LOCK.compareAndSet(this, 0, 1));
    }

    /// One step of waiting for a thread that is about to go on. Give the answer to the next step.
    @SuppressWarnings("ThreadPriorityCheck") // it is about to go on
    static int pause(int spins) {
        if (spins < SPINS && !Preemption.ON) Thread.onSpinWait();
        else Thread.yield();
        return spins + 1;
    }
}
