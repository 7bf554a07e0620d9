package dev.parley.loop;

import dev.parley.loop.internal.Resident;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// A piece of work that runs in a virtual thread of a loop, as a member of a [TaskGroup] or of the loop itself.
///
/// A task is held by its group until it ends, so the handle may be dropped. What happens in the task before it ends
/// happens-before what follows a successful [#await], [#result] or [TaskGroup#join].
///
/// The interrupt flag of a task's thread belongs to the loop: it is the means of cancellation. Whoever interrupts the thread by
/// other means only makes one wait fail. Its uncaught exception handler belongs to the loop too, which finds the task by it.
@SuppressWarnings("ReferenceEquality") // nodes of a tree
public abstract sealed class Task<T> extends Cancellable permits RunnableTask {
    // A task's outcome, its watchers and its place in the group are guarded by the group's lock; the outcome is volatile, so that
    // it can be looked at without. The body is taken, and thread and inside are written, by the task's own thread. A million
    // tasks may wait, so body and outcome, which are not there at the same time, share a field.
    //
    //   I1  The outcome is set once. Watchers registered before are told once, later ones are refused.
    //   I2  thread is set before the body runs and reset after it, under the lock: no interrupt can come before or after.
    //   I3  inside is where the task is now: itself, or the innermost scope it has entered. top is what it opened last and has
    //       not closed; scopes and groups are closed in the opposite order of their opening.

    /// What is told when a task ends, by the thread of that task: must neither block nor throw.
    abstract static class Watcher {
        private @Nullable Watcher next;
        private @Nullable Watcher previous;
        private boolean linked;

        /// Who waits; null if nobody does.
        @Nullable String who() { return null; }

        abstract void ended(Task<?> task);
    }

    private final @Nullable String givenName;
    private final int number;
    volatile @Nullable Thread thread;
    private volatile Cancellable inside = this;
    private volatile @Nullable Object bodyOrOutcome; // the body is no Outcome, which is sealed
    private @Nullable Watcher watchers;

    /// The values bound by `Tasks.where`, handed on to the tasks that this one starts; confined to the task.
    ScopedValue.@Nullable Carrier context;

    /// What this task opened last and has not closed; confined to the task.
    @Nullable Cancellable top;

    Task(TaskGroup group, @Nullable String givenName, int number, Object body, ScopedValue.@Nullable Carrier context) {
        this.parent = group;
        this.givenName = givenName;
        this.number = number;
        this.bodyOrOutcome = body;
        this.context = context;
    }

    /// The task that the calling thread runs.
    ///
    /// @throws IllegalStateException if it runs none
    public static Task<?> current() {
        Task<?> task = currentOrNull();
        if (task == null)
            throw new IllegalStateException("this can only be done in a task of a loop, but " + Thread.currentThread()
                    + " runs none; start one with EventLoop.run, or with spawn of a loop that is open"
                    + " (and leave a task's thread the uncaught exception handler it has)");
        return task;
    }

    static @Nullable Task<?> currentOrNull() {
        return Resident.current() instanceof RunnableTask<?> task ? task : null;
    }

    /// The name it was given, or one made of its group's and a number.
    public String name() { return givenName != null ? givenName : group().prefix() + Integer.toUnsignedString(number); }

    @Nullable String givenName() { return givenName; }

    /// The loop it runs on.
    public EventLoop loop() { return group().loop(); }

    /// What it is a member of, and stays it.
    TaskGroup group() { return (TaskGroup) Objects.requireNonNull(parent); }

    @Override ReentrantLock lock() { return group().lock(); }

    @Nullable Thread thread() { return thread; }

    public boolean isDone() { return outcome() != null; }

    /// How it ended; null while it has not.
    @SuppressWarnings("unchecked") // a task has the outcome of its own type
    public @Nullable Outcome<T> outcome() { return bodyOrOutcome instanceof Outcome<?> how ? (Outcome<T>) how : null; }

    /// Nothing but the stack holds the body once it runs, so what it no longer needs is free while it waits.
    Object takeBody() {
        var body = Objects.requireNonNull(bodyOrOutcome);
        bodyOrOutcome = null;
        return body;
    }

    /// What it returned, once it has ended; this does not wait.
    ///
    /// @throws IllegalStateException if it has not ended
    /// @throws CompletionException if it failed, with its exception as the cause
    /// @throws java.util.concurrent.CancellationException if it was cancelled
    public T result() {
        var ended = outcome();
        if (ended == null)
            throw new IllegalStateException(
                    "task \"" + name()
                            + "\" has not ended; join its group, or wait with await(), before asking for the result");
        return valueOf(ended);
    }

    private T valueOf(Outcome<T> how) {
        return switch (how) {
            case Outcome.Succeeded<T> ended -> ended.value();
            case Outcome.Failed<T> ended -> throw new CompletionException("task \"" + name() + "\" failed",
                    ended.cause());
            case Outcome.Cancelled<T> ended -> throw ended.why().toException("task \"" + name() + '"');
        };
    }

    /// Waits until the task has ended and returns what it returned.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled while it waits, the task goes on.
    ///
    /// @throws IllegalStateException if a task waits for itself
    /// @throws CompletionException if it failed, with its exception as the cause
    /// @throws java.util.concurrent.CancellationException if it was cancelled
    public T await() throws InterruptedException {
        awaitEnd();
        return result();
    }

    void awaitEnd() throws InterruptedException {
        if (isDone()) return;
        if (currentOrNull() == this)
            throw new IllegalStateException(
                    "task \"" + name() + "\" waits for its own end, which can never come; wait for it in another task");
        Tasks.checkpoint();
        var arrival = new Arrival(this);
        if (!watch(arrival) || arrival.waiter.await()) return;
        if (unwatch(arrival)) throw new InterruptedException();
        Thread.currentThread().interrupt(); // it has ended: no reason to throw
    }

    void awaitEndUninterruptibly() {
        var arrival = new Arrival(this);
        if (watch(arrival)) arrival.waiter.awaitUninterruptibly();
    }

    private static final class Arrival extends Watcher {
        final Waiter waiter;
        private final @Nullable Task<?> caller = currentOrNull();
        private final Thread thread = Thread.currentThread();

        @Override String who() { return caller != null ? caller.name() : "thread " + thread.getName(); }

        Arrival(Object blocker) {
            waiter = new Waiter(blocker);
        }

        @Override void ended(Task<?> task) { waiter.wake(); }
    }

    /// A future that completes as this task ends, for code outside of loops. Cancelling the future does not cancel the task.
    public CompletableFuture<T> toFuture() {
        var future = new CompletableFuture<T>();
        var watcher = new Watcher() {
            @Override void ended(Task<?> task) {
                switch (outcome()) {
                    case Outcome.Succeeded<T> ended -> future.complete(ended.value());
                    case Outcome.Failed<T> ended -> future.completeExceptionally(ended.cause());
                    case Outcome.Cancelled<T> ended -> future
                            .completeExceptionally(ended.why().toException("task \"" + name() + '"'));
                    case null -> throw new AssertionError();
                }
            }
        };
        if (!watch(watcher)) watcher.ended(this);
        return future;
    }

    /// For one who is sure to wait: without it, a task that fails at once would be reported as unhandled.
    void expectWaiter() { watch(new Expected()); }

    private static final class Expected extends Watcher {
        @Override void ended(Task<?> task) {}
    }

    /// Returns false if the task has ended; the watcher is then not told.
    boolean watch(Watcher watcher) {
        lock().lock();
        try {
            if (isDone()) return false;
            watcher.next = watchers;
            if (watchers != null) watchers.previous = watcher;
            watchers = watcher;
            watcher.linked = true;
            return true;
        } finally {
            lock().unlock();
        }
    }

    /// Returns false if the watcher was told already, or is being told.
    boolean unwatch(Watcher watcher) {
        lock().lock();
        try {
            if (!watcher.linked) return false;
            watcher.linked = false;
            if (watcher.previous == null) watchers = watcher.next;
            else watcher.previous.next = watcher.next;
            if (watcher.next != null) watcher.next.previous = watcher.previous;
            return true;
        } finally {
            lock().unlock();
        }
    }

    /// Who waits for this task.
    List<String> awaitedBy() {
        var names = new ArrayList<String>();
        lock().lock();
        try {
            for (Watcher each = watchers; each != null; each = each.next) {
                String who = each.who();
                if (who != null) names.add(who);
            }
        } finally {
            lock().unlock();
        }
        return List.copyOf(names);
    }

    boolean watched() { return watchers != null; }

    /// Under the lock; the caller then tells the watchers it gets, outside of the lock.
    @Nullable Watcher end(Outcome<T> how) {
        bodyOrOutcome = how;
        Watcher first = watchers;
        watchers = null;
        for (Watcher each = first; each != null; each = each.next) each.linked = false;
        return first;
    }

    void tell(@Nullable Watcher first) {
        for (Watcher each = first; each != null;) {
            Watcher next = each.next; // a watcher told may be used again
            each.next = null;
            each.previous = null;
            each.ended(this);
            each = next;
        }
    }

    /// I3 of Cancellable: under the lock of `node`. Returns whether this task is inside `node` with no shield between.
    boolean interruptIfInside(Cancellable node) {
        for (Cancellable each = inside; each != null; each = each.parent) {
            if (each == node) {
                Thread running = thread;
                if (running != null) loop().engine().interrupt(running);
                return running != null;
            }
            if (each.shielded()) return false;
        }
        return false;
    }

    void selfInterrupt() { Thread.currentThread().interrupt(); }

    Cancellable inside() { return inside; }

    void inside(Cancellable now) { inside = now; }

    /// After leaving a scope or group: what was meant for it must not reach further, what is meant for the rest must.
    void settleInterrupt(boolean left) {
        Cancellable still = inside.cancelled();
        if (still != null) {
            selfInterrupt();
            still.repeatDelivery();
        } else if (left) {
            Thread.interrupted();
            if (inside.cancelled() != null) selfInterrupt(); // it came in between
        }
    }

    @Override
    @Nullable Task<?> strand() { return this; }

    @Override EventLoop home() { return group().loop(); }

    @Override public String toString() {
        String state = switch (outcome()) {
            case null -> cancellation() != null ? "being cancelled" : "running";
            case Outcome.Succeeded<T> succeeded -> "succeeded";
            case Outcome.Failed<T> ended -> "failed: " + ended.cause();
            case Outcome.Cancelled<T> ended -> "cancelled: " + ended.why().reason();
        };
        return "Task[" + name() + ", " + state + "]";
    }
}
