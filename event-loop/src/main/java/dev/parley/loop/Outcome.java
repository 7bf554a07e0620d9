package dev.parley.loop;

import java.util.concurrent.CompletionException;

/// How a task ended.
public sealed interface Outcome<T> {
    /// With a value (which may be null, as a task may return it).
    record Succeeded<T>(T value) implements Outcome<T> {}

    /// With an exception of its own.
    record Failed<T>(Throwable cause) implements Outcome<T> {}

    /// It was told to stop, and did.
    record Cancelled<T>(Cancellation why) implements Outcome<T> {}

    /// The value.
    ///
    /// @throws CompletionException if the task failed, with its exception as the cause
    /// @throws java.util.concurrent.CancellationException if it was cancelled
    default T get() {
        return switch (this) {
            case Succeeded<T> ended -> ended.value;
            case Failed<T> ended -> throw new CompletionException(ended.cause);
            case Cancelled<T> ended -> throw ended.why.toException("the task");
        };
    }
}
