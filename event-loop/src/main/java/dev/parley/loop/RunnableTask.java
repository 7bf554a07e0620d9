package dev.parley.loop;

import dev.parley.loop.internal.Resident;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/// A task with what its thread runs. Being what runs there itself, it is found from the thread, and a million tasks that wait
/// have no object between.
final class RunnableTask<T> extends Task<T> implements Resident {
    private @Nullable Object body; // a Callable, or an Action that is none

    RunnableTask(TaskGroup group, @Nullable String givenName, int number, Object body,
            ScopedValue.@Nullable Carrier context) {
        super(group, givenName, number, context);
        this.body = body;
    }

    void start() { loop().engine().start(givenName(), this); }

    /// Calls the body from here, as each frame more is one that every waiting task keeps.
    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // an action is the body of a task of Void, which nobody looks at
    public void run() {
        loop().engine().begins();
        try {
            var event = begin();
            Outcome<T> how;
            try {
                T value = null;
                if (context != null) value = callInContext();
                else if (body instanceof Callable<?>) value = ((Callable<T>) takeBody()).call();
                else((Action<Exception>) takeBody()).run();
                how = new Outcome.Succeeded<>(value);
            } catch (Throwable failure) {
                how = outcomeOf(failure);
            }
            finish(event, how);
        } finally {
            loop().engine().ends();
        }
    }

    @Override public void uncaughtException(Thread failed, Throwable thrown) { loop().eyes().unhandled(this, thrown); }

    private @Nullable TaskEvent begin() {
        thread = Thread.currentThread();
        var event = TaskEvent.begun();
        loop().eyes().started(this);
        if (cancellation() != null) selfInterrupt();
        return event;
    }

    private void finish(@Nullable TaskEvent event, Outcome<T> result) {
        Outcome<T> how = top == null ? result : new Outcome.Failed<>(abandonOpen(result));
        if (event != null) event.end(this, how);
        lock().lock();
        try {
            thread = null; // I2
        } finally {
            lock().unlock();
        }
        loop().eyes().ended(this, how);
        group().ended(this, how);
    }

    private Outcome<T> outcomeOf(Throwable failure) {
        Cancellation why = cancellation();
        return why != null && Cancellation.isSignOf(failure)
                ? new Outcome.Cancelled<>(why)
                : new Outcome.Failed<>(failure);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // see run
    private T callInContext() throws Exception {
        Object taken = takeBody();
        return Objects.requireNonNull(context).call(() -> {
            if (taken instanceof Callable<?>) return ((Callable<T>) taken).call();
            ((Action<Exception>) taken).run();
            return null;
        });
    }

    /// Nothing but the stack holds the body once it runs, so what it no longer needs is free while it waits.
    private Object takeBody() {
        var taken = Objects.requireNonNull(body);
        body = null;
        return taken;
    }

    /// A task must close what it opens; the structure is put right before the failure is told.
    private IllegalStateException abandonOpen(Outcome<T> how) {
        var failure = new IllegalStateException("task \"" + name() + "\" ended without closing " + top
                + "; open groups in a try-with-resources statement");
        if (how instanceof Outcome.Failed<T> first) failure.addSuppressed(first.cause());
        while (top instanceof TaskGroup open) open.close();
        return failure;
    }

    @Override
    @Nullable Watcher end(Outcome<T> how) {
        body = null; // of one that was never started
        return super.end(how);
    }
}
