package dev.parley.csp.pipeline;

import dev.parley.csp.ChannelPoisoned;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CancellationException;

/// Tells what is only the effect of an interruption from what went wrong by itself.
final class Interruptions {
    private Interruptions() {}

    /// Whether `thrown` says that a wait was interrupted, its own or that of a process before it, which poisoned its ends for that.
    static boolean caused(Throwable thrown) {
        return switch (thrown) {
            case InterruptedException _,CancellationException _,InterruptedIOException _,ClosedByInterruptException _ -> true;
            case ChannelPoisoned poisoned -> poisoned.getCause() != null && caused(poisoned.getCause());
            default -> false;
        };
    }

    /// What went wrong by itself, if `thrown` is only the effect of an interruption and has that attached; else `thrown`. A Par may take
    /// for the first failure what came first, which may be the poison of a stage that it cancelled for the failure of another.
    static Throwable root(Throwable thrown) {
        if (!caused(thrown)) return thrown;
        var others = Arrays.stream(thrown.getSuppressed())
                .filter(other -> !caused(other) && other.getStackTrace().length > 0) // Par's remarks have no stack
                .sorted(Comparator.comparing(other -> other instanceof ChannelPoisoned)).toList(); // rather a failure than its poison
        if (others.isEmpty()) return thrown;
        var root = others.getFirst();
        for (var other : others) if (other != root) root.addSuppressed(other);
        return root;
    }

    /// Throws what `end`, not a failure itself, has attached: what closing a resource threw on the way out.
    static void throwAttached(Throwable end) throws Exception {
        for (var attached : end.getSuppressed()) {
            switch (attached) {
                case Exception exception when !caused(exception)
                        && exception.getStackTrace().length > 0 -> throw exception;
                case Error error -> throw error;
                default -> {}
            }
        }
    }
}
