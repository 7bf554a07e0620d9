package dev.parley.loop;

import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.Callable;

/// What a task can do besides waiting for other tasks: sleep, give way, ask whether it is cancelled.
public final class Tasks {
    private Tasks() {}

    /// Waits for `duration`.
    ///
    /// @throws InterruptedException if interrupted or cancelled before or while it waits
    public static void sleep(Duration duration) throws InterruptedException {
        checkpoint();
        var waiter = new Waiter(duration);
        waiter.awaitUntil(Waiting.current().nanoTime() + EventLoop.nanos(duration));
        checkpoint();
    }

    /// Waits until the caller is interrupted or cancelled.
    ///
    /// @throws InterruptedException always
    public static void sleepForever() throws InterruptedException {
        checkpoint();
        while (!new Waiter("for ever").await()) throw new InterruptedException();
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
