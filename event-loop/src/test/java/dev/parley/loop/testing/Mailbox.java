package dev.parley.loop.testing;

import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An unbounded mailbox, right or with one of the classic mistakes: what the simulation must find, and what it must not.
final class Mailbox<T> {
    enum Mistake {
        NONE, LOST_WAKE_UP, MISSING_UNLOCK, UNFAIR, DOUBLE_DELIVERY, TRUSTS_EVERY_WAKE_UP, DROPS_WHEN_INTERRUPTED, DROPS_AT_TIMEOUT
    }

    private static final class Waiter<T> {
        final Thread thread = Thread.currentThread();
        final Waiting waiting = Waiting.current();
        volatile @Nullable T given;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<T> letters = new ArrayDeque<>();
    private final ArrayDeque<Waiter<T>> waiters = new ArrayDeque<>();
    private final Mistake mistake;

    Mailbox() {
        this(Mistake.NONE);
    }

    Mailbox(Mistake mistake) {
        this.mistake = mistake;
    }

    void put(T letter) {
        Waiter<T> waiter;
        lock();
        try {
            waiter = mistake == Mistake.UNFAIR ? waiters.pollLast() : waiters.pollFirst();
            if (waiter == null) letters.add(letter);
        } finally {
            lock.unlock();
        }
        if (waiter == null) return;
        Preemption.point();
        waiter.given = letter;
        waiter.waiting.unpark(waiter.thread);
    }

    /// A letter, or null if none.
    @Nullable T poll() {
        lock();
        if (mistake == Mistake.MISSING_UNLOCK && letters.isEmpty()) return null;
        var letter = letters.poll();
        lock.unlock();
        return letter;
    }

    T take() throws InterruptedException {
        var letter = take(Long.MAX_VALUE);
        if (letter == null) throw new AssertionError("an untimed take ended without a letter");
        return letter;
    }

    /// A letter, or null if none came in time.
    @Nullable T take(long nanos) throws InterruptedException {
        var waiter = new Waiter<T>();
        if (mistake == Mistake.DOUBLE_DELIVERY) {
            var first = letters.peek();
            Preemption.point();
            if (first != null) {
                letters.poll();
                return first;
            }
        }
        lock();
        try {
            var letter = letters.poll();
            if (letter != null) return letter;
            if (mistake != Mistake.LOST_WAKE_UP) waiters.add(waiter);
        } finally {
            lock.unlock();
        }
        if (mistake == Mistake.LOST_WAKE_UP) {
            lock();
            waiters.add(waiter);
            lock.unlock();
        }
        return await(waiter, nanos);
    }

    private @Nullable T await(Waiter<T> waiter, long nanos) throws InterruptedException {
        var waiting = waiter.waiting;
        long deadline = waiting.nanoTime() + nanos;
        while (true) {
            Preemption.point();
            var given = waiter.given;
            if (given != null) return given;
            boolean late = nanos != Long.MAX_VALUE && deadline - waiting.nanoTime() <= 0;
            boolean interrupted = Thread.interrupted();
            if (late || interrupted) {
                boolean trusting = interrupted
                        ? mistake == Mistake.DROPS_WHEN_INTERRUPTED
                        : mistake == Mistake.DROPS_AT_TIMEOUT;
                if (withdraw(waiter) || trusting) {
                    if (interrupted) throw new InterruptedException();
                    return null;
                }
                // Somebody has taken us from the queue, so the letter is on its way.
                while ((given = waiter.given) == null) {
                    waiting.park(this);
                    interrupted |= Thread.interrupted();
                }
                if (interrupted) Thread.currentThread().interrupt();
                return given;
            }
            if (nanos == Long.MAX_VALUE) waiting.park(this);
            else waiting.parkUntil(this, deadline);
            if (mistake == Mistake.TRUSTS_EVERY_WAKE_UP) return waiter.given;
        }
    }

    private boolean withdraw(Waiter<T> waiter) {
        lock();
        try {
            return waiters.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    private void lock() {
        Preemption.point();
        lock.lock();
    }
}
