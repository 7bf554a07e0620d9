package dev.parley.loop;

import dev.parley.loop.internal.Resident;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/// A task with what its thread runs. Being what runs there itself, it is found from the thread, and a million tasks that wait
/// have no object between.
final class RunnableTask<T> extends Task<T> implements Resident {
    /// `body` is a Callable, or an Action that is none.
    RunnableTask(TaskGroup group, @Nullable String givenName, int number, Object body,
            ScopedValue.@Nullable Carrier context) {
        super(group, givenName, number, context == null ? body : bound(context, body), context);
    }

    void start() { loop().engine().start(givenName(), this); }

    /// Calls the body from here, as each frame more is one that every waiting task keeps; and little else, as all that lives in
    /// this frame is kept, too.
    @Override
    @SuppressWarnings("unchecked") public void run() {
        TaskEvent event = null;
        Object result = null;
        Throwable failure = null;
        try {
            event = begin();
            Object taken = takeBody();
            if (taken instanceof Callable<?> callable) result = callable.call();
            else((Action<Exception>) taken).run();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        finish(event, (T) result, failure);
    }

    @Override public void uncaughtException(Thread failed, Throwable thrown) { loop().eyes().unhandled(this, thrown); }

    private @Nullable TaskEvent begin() {
        loop().engine().begins();
        thread = Thread.currentThread();
        var event = TaskEvent.begun();
        loop().eyes().started(this);
        if (cancellation() != null) selfInterrupt();
        return event;
    }

    private void finish(@Nullable TaskEvent event, @Nullable T value, @Nullable Throwable failure) {
        try {
            var how = outcome(value, failure);
            if (event != null) event.end(this, how);
            lock().lock();
            try {
                thread = null; // I2
            } finally {
                lock().unlock();
            }
            loop().eyes().ended(this, how);
            group().ended(this, how);
        } finally {
            loop().engine().ends();
        }
    }

    @SuppressWarnings("NullAway") // an action is the body of a task of Void, which nobody looks at
    private Outcome<T> outcome(@Nullable T value, @Nullable Throwable failure) {
        Cancellation why = failure == null ? null : cancellation();
        Outcome<T> how = failure == null
                ? new Outcome.Succeeded<>(value)
                : why != null && Cancellation.isSignOf(failure)
                        ? new Outcome.Cancelled<>(why)
                        : new Outcome.Failed<>(failure);
        return top == null ? how : new Outcome.Failed<>(abandonOpen(how));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // an action is the body of a task of Void, whose result nobody looks at
    private static Callable<?> bound(ScopedValue.Carrier context, Object body) {
        return () -> context.call(() -> {
            if (body instanceof Callable<?> callable) return callable.call();
            ((Action<Exception>) body).run();
            return null;
        });
    }

    /// A task must close what it opens; the structure is put right before the failure is told.
    private IllegalStateException abandonOpen(Outcome<T> how) {
        var failure = new IllegalStateException("task \"" + name() + "\" ended without closing " + top
                + "; open groups in a try-with-resources statement");
        if (how instanceof Outcome.Failed<T> first) failure.addSuppressed(first.cause());
        while (top instanceof TaskGroup open) open.close();
        return failure;
    }
}
