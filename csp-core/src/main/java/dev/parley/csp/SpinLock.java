package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A lock of one word, for critical sections of some nanoseconds that never park. A superclass rather than a field, since there may be a million
/// channels.
///
/// Its holder never parks, so among the tasks of one loop it is never contended. Elsewhere the holder is running, unless the operating system
/// took its processor away: that is why waiting spins briefly and then yields. Not reentrant, not fair.
abstract class SpinLock {
    private static final VarHandle LOCK;
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

    final void lock() {
        Preemption.point();
        if (!LOCK.compareAndSet(this, 0, 1)) lockContended();
    }

    final void unlock() {
        LOCK.setRelease(this, 0); // pairs with the compareAndSet of the next lock()
    }

    @SuppressWarnings("ThreadPriorityCheck") // the holder is about to leave
    private void lockContended() {
        int spins = Preemption.ON ? SPINS : 0;
        do {
            if (spins++ < SPINS) Thread.onSpinWait();
            else Thread.yield();
        } while ((int) LOCK.getOpaque(this) != 0 || !LOCK.compareAndSet(this, 0, 1));
    }
}
