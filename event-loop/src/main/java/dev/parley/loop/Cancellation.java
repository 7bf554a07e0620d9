package dev.parley.loop;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/// Why something was cancelled, and by whom.
///
/// @param reason in words, as given to `cancel`
/// @param source the task or thread that asked for it, or what came due
/// @param cause the failure that led to it, if one did
public record Cancellation(String reason, String source, @Nullable Throwable cause) {
    static Cancellation by(String reason, @Nullable Throwable cause) {
        var task = Task.currentOrNull();
        return new Cancellation(reason, task != null
                ? "task \"" + task.name() + '"'
                : "thread \"" + Thread.currentThread().getName() + '"', cause);
    }

    /// Whether `failure` is what a wait throws when its thread is interrupted.
    static boolean isSignOf(Throwable failure) {
        return failure instanceof InterruptedException || failure instanceof ClosedByInterruptException
                || failure instanceof CancellationException
                || (failure instanceof InterruptedIOException && !(failure instanceof SocketTimeoutException));
    }

    CancellationException toException(String whom) {
        var exception = new CancellationException(whom + " was cancelled by " + source + ": " + reason);
        if (cause != null) exception.initCause(cause);
        return exception;
    }
}
