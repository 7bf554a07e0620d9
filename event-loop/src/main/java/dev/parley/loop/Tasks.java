package dev.parley.loop;

import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a task can do: sleep, give way, ask whether it is cancelled; run several things at once and wait for all or some of
/// them; wait for a future; bind values for the tasks below.
public final class Tasks {
    /// What a body that is run [#inContext] has got.
    private static final ScopedValue<ScopedValue.Carrier> CARRIED = ScopedValue.newInstance();

    private Tasks() {}

    /// Waits for `duration`.
    ///
    /// @throws InterruptedException if interrupted or cancelled before or while it waits
    public static void sleep(Duration duration) throws InterruptedException {
        checkpoint();
        var waiting = Waiting.current();
        long deadline = waiting.nanoTime() + EventLoop.nanos(duration);
        while (deadline - waiting.nanoTime() > 0) {
            waiting.parkUntil("its time", deadline); // not for the duration, which a million sleepers would keep
            checkpoint();
        }
    }

    /// Waits until the caller is interrupted or cancelled.
    ///
    /// @throws InterruptedException always
    public static void sleepForever() throws InterruptedException {
        checkpoint();
        while (!new Waiter("ever").await()) throw new InterruptedException();
    }

    /// Lets the other tasks of the loop run first that could run now.
    ///
    /// @throws InterruptedException if interrupted or cancelled
    public static void giveWay() throws InterruptedException {
        checkpoint();
        Waiting.current().giveWay();
    }

    /// Asks whether the caller is to stop: does nothing if not.
    ///
    /// @throws InterruptedException if the calling task is cancelled, or the calling thread is interrupted (its flag is
    ///         then cleared)
    public static void checkpoint() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        var task = Task.currentOrNull();
        if (task != null && task.inside().cancelled() != null) throw new InterruptedException();
    }

    /// Runs all of `bodies` as tasks and returns their results, in the order of `bodies`. The first failure cancels the others.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, so are the tasks, and this waits for them.
    ///
    /// @throws TaskGroupException if one failed
    /// @throws IllegalStateException if the caller is not a task
    public static <T> List<T> all(Collection<? extends Callable<? extends T>> bodies) throws InterruptedException {
        try (var group = TaskGroup.open()) {
            var tasks = TaskSet.<T>fork(group, bodies);
            group.join();
            return TaskSet.results(tasks);
        }
    }

    /// The same for bodies that are listed here.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> List<T> all(Callable<? extends T>... bodies)
            throws InterruptedException {
        return Tasks.<T>all(Arrays.asList(bodies));
    }

    /// Runs all of `bodies` as tasks to their end and returns how each ended, in the order of `bodies`. A failure concerns
    /// nobody else.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, so are the tasks, and this waits for them.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static <T> List<Outcome<T>> settle(Collection<? extends Callable<? extends T>> bodies)
            throws InterruptedException {
        try (var group = TaskGroup.open(TaskGroup.Policy.COLLECT)) {
            var tasks = TaskSet.<T>fork(group, bodies);
            group.joinQuietly();
            return TaskSet.outcomes(tasks);
        }
    }

    /// The same for bodies that are listed here.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> List<Outcome<T>> settle(Callable<? extends T>... bodies)
            throws InterruptedException {
        return Tasks.<T>settle(Arrays.asList(bodies));
    }

    /// Runs all of `bodies` as tasks and returns the result of the first that succeeds. The others are cancelled, and have
    /// ended when this returns.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, so are the tasks, and this waits for them.
    ///
    /// @throws TaskGroupException if all failed
    /// @throws IllegalArgumentException if there is none
    /// @throws IllegalStateException if the caller is not a task
    public static <T> T race(Collection<? extends Callable<? extends T>> bodies) throws InterruptedException {
        if (bodies.isEmpty())
            throw new IllegalArgumentException(
                    "a race needs at least one body, as it returns the result of the first to succeed; give at least one");
        try (var group = TaskGroup.open(TaskGroup.Policy.FIRST_SUCCESS)) {
            var tasks = TaskSet.<T>fork(group, bodies);
            group.join();
            return TaskSet.winner(group, tasks);
        }
    }

    /// The same for bodies that are listed here.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> T race(Callable<? extends T>... bodies) throws InterruptedException {
        return Tasks.<T>race(Arrays.asList(bodies));
    }

    /// Waits until at least one of `tasks` has ended, and returns one that has: the first in their order if it need not wait,
    /// else the first to end. The others go on.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, all go on.
    ///
    /// @throws IllegalArgumentException if there is none
    public static <T> Task<T> awaitAny(Collection<Task<T>> tasks) throws InterruptedException {
        if (tasks.isEmpty())
            throw new IllegalArgumentException(
                    "to wait for any task of none would be to wait for ever; give at least one");
        checkpoint();
        try (var arrivals = new TaskSet.Arrivals<>(tasks)) {
            return arrivals.next();
        }
    }

    /// What [#asCompleted] calls.
    @FunctionalInterface public interface Completion<T, X extends Throwable> {
        void accept(Task<T> task) throws X;
    }

    /// Calls `each` with every one of `tasks`, as they end: those that have ended at once and in their order, the others in the
    /// order of their ends. `each` runs in the calling thread.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, the tasks go on, and `each` is not called any more.
    public static <T, X extends Throwable> void asCompleted(Collection<Task<T>> tasks, Completion<T, X> each)
            throws X, InterruptedException {
        checkpoint();
        try (var arrivals = new TaskSet.Arrivals<>(tasks)) {
            for (int left = tasks.size(); left > 0; left--) each.accept(arrivals.next());
        }
    }

    /// Waits until `stage` is complete and returns its value: a way into a task from whatever completes futures.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, the stage goes on.
    ///
    /// @throws CompletionException if the stage failed, with its exception as the cause
    /// @throws java.util.concurrent.CancellationException if it was cancelled
    public static <T> T await(CompletionStage<T> stage) throws InterruptedException {
        checkpoint();
        var arrival = new StageArrival<T>(stage);
        stage.whenComplete(arrival);
        if (!arrival.waiter.await()) {
            arrival.abandoned = true;
            if (!arrival.waiter.woken()) throw new InterruptedException();
            Thread.currentThread().interrupt(); // it was complete: no reason to throw
        }
        return arrival.result();
    }

    private static final class StageArrival<T> implements BiConsumer<@Nullable T, @Nullable Throwable> {
        final Waiter waiter;
        volatile boolean abandoned; // a stage cannot forget its listeners, but need not keep the value alive twice
        private @Nullable T value;
        private @Nullable Throwable failure;

        /// @param stage whose name says more to who looks at the task, if it has one of its own
        StageArrival(CompletionStage<T> stage) {
            waiter = new Waiter(stage.getClass().getName().startsWith("java.") ? "a completion stage" : stage);
        }

        @Override public void accept(@Nullable T result, @Nullable Throwable thrown) {
            if (abandoned) return;
            value = result;
            failure = thrown;
            waiter.wake();
        }

        @SuppressWarnings("NullAway") // a stage may complete with null
        T result() {
            if (failure == null) return value;
            if (failure instanceof CancellationException cancelled) throw cancelled;
            Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
            throw new CompletionException(wrapped != null ? wrapped : failure);
        }
    }

    /// Runs `body` with `key` bound to `value`, also in the tasks that it starts, and in what these start, and in what it
    /// offloads. (A binding by [ScopedValue#where] alone does not reach them.)
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static <V, R, X extends Throwable> R where(ScopedValue<V> key, V value,
            ScopedValue.CallableOp<? extends R, X> body)
            throws X {
        var task = Task.current();
        var outer = task.context;
        task.context = outer == null ? ScopedValue.where(key, value) : outer.where(key, value);
        try {
            return ScopedValue.where(key, value).<R, X>call(body);
        } finally {
            task.context = outer;
        }
    }

    /// `body`, for another thread, there to have the values that [#where] has bound for the caller: a task, or who runs such a body itself. If there are
    /// none it is `body` as it was.
    public static Runnable inContext(Runnable body) {
        var task = Task.currentOrNull();
        var context = task != null ? task.context : CARRIED.isBound() ? CARRIED.get() : null;
        return context == null ? body : () -> context.where(CARRIED, context).run(body);
    }

    /// As the other `where`, for a body that returns nothing.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static <V, X extends Throwable> void where(ScopedValue<V> key, V value, Action<X> body) throws X {
        Tasks.<V, Void, X>where(key, value, operation(body));
    }

    @SuppressWarnings("NullAway") // nobody looks at a Void
    static Callable<Void> callable(Action<? extends Exception> action) {
        return () -> {
            action.run();
            return null;
        };
    }

    @SuppressWarnings("NullAway") // nobody looks at a Void
    static <X extends Throwable> ScopedValue.CallableOp<Void, X> operation(Action<X> action) {
        return () -> {
            action.run();
            return null;
        };
    }

    /// Throws `failure` as what it is, wherever the compiler cannot know it.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) static <X extends Throwable> X sneakily(
            Throwable failure) throws X {
        throw (X) failure;
    }

    static RuntimeException sneaky(Throwable failure) {
        throw Tasks.<RuntimeException>sneakily(failure);
    }
}
