package dev.parley.csp;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// Hands discarded elements to a user's hook: each one, whatever the hook throws on another.
final class Discarding {
    private Discarding() {}

    static <T> void all(List<T> elements, Consumer<? super T> hook) {
        RuntimeException failure = null;
        for (var element : elements) {
            try {
                hook.accept(element);
            } catch (RuntimeException thrown) {
                failure = joined(failure, thrown);
            }
        }
        if (failure != null) throw failure;
    }

    private static RuntimeException joined(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null) return next;
        if (first != next) first.addSuppressed(next);
        return first;
    }
}
