package dev.parley.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// A part of a task that can be cancelled, by a deadline or by anybody who has the scope, with all tasks started inside.
///
/// ```java
/// var best = CancelScope.moveOnAfter(ofSeconds(2), () -> search(deeper)).orElse(soFar);
/// ```
///
/// Cancellation is level-triggered, as in Trio: code inside a cancelled scope that catches the `InterruptedException` of one
/// wait gets another from the next, until it has left the scope. Work that must be finished all the same goes into
/// [#shielded].
///
/// A scope is run once, by one task. It may be cancelled before it is run.
@SuppressWarnings("ReferenceEquality") // nodes of a tree
public final class CancelScope extends Cancellable {
    // state, alarm and deadline are guarded by lock.

    private enum State { NEW, RUNNING, LEFT }

    private final ReentrantLock lock = new ReentrantLock();
    private final boolean shielded;
    private State state = State.NEW;
    private @Nullable Task<?> owner;
    private @Nullable Cancellable below;
    private @Nullable Duration limit;
    private @Nullable Alarm alarm;

    private final class Alarm extends Timers.Entry {
        final Duration after;

        Alarm(Duration after) {
            this.after = after;
        }

        @Override public void fire() {
            cancel(new Cancellation("the time limit of " + after + " was over", "its deadline", null));
        }
    }

    /// A scope without a deadline.
    public CancelScope() {
        this(false);
    }

    private CancelScope(boolean shielded) {
        this.shielded = shielded;
    }

    /// A scope that is cancelled when it has run for `limit`.
    public static CancelScope of(Duration limit) {
        var scope = new CancelScope();
        scope.reschedule(limit);
        return scope;
    }

    /// Runs `body`, but no longer than `limit`; returns its result, or nothing if the time was over (or the result is null).
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static <T, X extends Throwable> Optional<T> moveOnAfter(Duration limit,
            ScopedValue.CallableOp<? extends T, X> body)
            throws X {
        return of(limit).run(body);
    }

    /// Runs `body`, but no longer than `limit`.
    ///
    /// @throws TimeoutException if the time was over before `body` returned
    /// @throws IllegalStateException if the caller is not a task
    public static <T, X extends Throwable> T failAfter(Duration limit, ScopedValue.CallableOp<? extends T, X> body)
            throws X, TimeoutException {
        var scope = of(limit);
        var result = scope.<T, X>enter(body);
        if (result.stopped) throw new TimeoutException("the time limit of " + limit + " was over in " + Task.current());
        return result.get();
    }

    /// Runs `body` so that nothing outside can cancel it: not the scopes, groups and tasks it is in. They do again
    /// afterwards.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static <T, X extends Throwable> T shielded(ScopedValue.CallableOp<? extends T, X> body) throws X {
        return new CancelScope(true).<T, X>enter(body).get();
    }

    /// Runs `body` inside this scope; returns its result, or nothing if the scope was cancelled and `body` ended for that
    /// reason (or if the result is null). A result that is there is never dropped. An exception that is not the sign of an
    /// interrupted wait is thrown also in a cancelled scope.
    ///
    /// **Interruption.** If something around this scope is cancelled, that goes on outwards: this throws what `body` threw.
    ///
    /// @throws IllegalStateException if the caller is not a task, or the scope has been run before
    public <T, X extends Throwable> Optional<T> run(ScopedValue.CallableOp<? extends T, X> body) throws X {
        var result = this.<T, X>enter(body);
        return result.stopped ? Optional.empty() : Optional.ofNullable(result.value);
    }

    /// Runs `body`, which returns nothing, but no longer than `limit`; returns whether it ended by itself.
    public static <X extends Throwable> boolean moveOnAfter(Duration limit, Action<X> body) throws X {
        return of(limit).run(body);
    }

    /// Runs `body`, which returns nothing, but no longer than `limit`.
    ///
    /// @throws TimeoutException if the time was over before `body` returned
    public static <X extends Throwable> void failAfter(Duration limit, Action<X> body) throws X, TimeoutException {
        CancelScope.<Void, X>failAfter(limit, Tasks.operation(body));
    }

    /// Runs `body`, which returns nothing, so that nothing outside can cancel it.
    public static <X extends Throwable> void shielded(Action<X> body) throws X {
        CancelScope.<Void, X>shielded(Tasks.operation(body));
    }

    /// Runs `body`, which returns nothing, inside this scope; returns whether it ended by itself.
    public <X extends Throwable> boolean run(Action<X> body) throws X {
        return !this.<Void, X>enter(Tasks.operation(body)).stopped;
    }

    private record Result<T>(boolean stopped, @Nullable T value) {
        @SuppressWarnings("NullAway") // a body may return null where its type says so
        T get() { return value; }
    }

    private <T, X extends Throwable> Result<T> enter(ScopedValue.CallableOp<? extends T, X> body) throws X {
        var task = begin();
        Throwable failure = null;
        T value = null;
        try {
            if (ownCancellation() != null) task.selfInterrupt();
            value = body.call();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        if (task.top != this) {
            var open = new IllegalStateException(task.top + " is still open at the end of the scope it was opened in"
                    + "; open groups in a try-with-resources statement");
            if (failure != null) open.addSuppressed(failure);
            failure = open;
            while (task.top instanceof TaskGroup group && group != (Object) this) group.close();
        }
        leave(task);
        if (failure == null) return new Result<>(false, value);
        if (ownCancellation() != null && task.inside().cancelled() == null && Cancellation.isSignOf(failure))
            return new Result<>(true, null);
        throw Tasks.<RuntimeException>sneakily(failure);
    }

    private Task<?> begin() {
        var task = Task.current();
        lock.lock();
        try {
            if (state != State.NEW)
                throw new IllegalStateException(
                        this + " has been run before; a scope is run once, make a new one");
            state = State.RUNNING;
            owner = task;
            below = task.top;
        } finally {
            lock.unlock();
        }
        var around = task.inside();
        around.lock().lock();
        try {
            around.link(this);
        } finally {
            around.lock().unlock();
        }
        task.top = this;
        task.inside(this);
        if (limit != null) reschedule(limit);
        if (shielded) {
            // An interrupt that was made for something around is meant for later.
            for (Cancellable each = around; each != null; each = each.parent) {
                each.awaitDelivery();
            }
            if (around.cancelled() != null) Thread.interrupted();
        }
        if (ownCancellation() != null) repeatDelivery();
        return task;
    }

    private void leave(Task<?> task) {
        var around = Objects.requireNonNull(parent);
        lock.lock();
        try {
            state = State.LEFT;
            if (alarm != null) task.loop().timers().cancel(alarm);
            alarm = null;
            task.inside(around);
        } finally {
            lock.unlock();
        }
        around.lock().lock();
        try {
            around.unlink(this);
        } finally {
            around.lock().unlock();
        }
        task.top = below;
        task.settleInterrupt(ownCancellation() != null);
    }

    /// Sets the time limit anew, counted from now (or from the begin, if the scope does not run yet). By any thread.
    ///
    /// @return whether that came in time: false if the scope has been cancelled or left
    /// @throws IllegalArgumentException if the limit is negative
    public boolean reschedule(Duration limit) {
        if (limit.isNegative())
            throw new IllegalArgumentException(
                    "a time limit cannot be negative, but was " + limit + "; to cancel now use cancel");
        lock.lock();
        try {
            if (ownCancellation() != null || state == State.LEFT) return false;
            this.limit = limit;
            if (state == State.NEW || owner == null) return true;
            var loop = owner.loop();
            if (alarm != null && !loop.timers().cancel(alarm)) return false; // it is just firing
            alarm = new Alarm(limit);
            loop.timers().add(alarm, loop.nanoTime() + EventLoop.nanos(limit));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the time limit away. By any thread; returns whether that came in time.
    public boolean withoutLimit() {
        lock.lock();
        try {
            if (ownCancellation() != null || state == State.LEFT) return false;
            limit = null;
            if (alarm != null && owner != null && !owner.loop().timers().cancel(alarm)) return false;
            alarm = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override ReentrantLock lock() { return lock; }

    @Override boolean shielded() { return shielded; }

    String limitText() {
        return (shielded ? "shielded " : "") + (limit == null ? "without limit" : "limited to " + limit);
    }

    @Override
    @Nullable Task<?> strand() { return owner; }

    @Override
    @Nullable EventLoop home() { return owner == null ? null : owner.loop(); }

    @Override public String toString() {
        return "CancelScope[" + (owner == null ? "not begun" : "of task \"" + owner.name() + '"')
                + (limit == null ? "" : ", limit " + limit) + (shielded ? ", shielded" : "")
                + (ownCancellation() == null ? "" : ", cancelled: " + ownCancellation().reason()) + "]";
    }
}
