package dev.parley.csp;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/// Receives until the end, for loops and streams.
final class Elements<T> implements Iterator<T> {
    private final Receiver<T> source;
    private @Nullable T next;
    private boolean ended;

    Elements(Receiver<T> source) {
        this.source = source;
    }

    @Override public boolean hasNext() {
        if (next != null) return true;
        if (ended) return false;
        try {
            switch (source.receiveOrClosed()) {
                case Received(var value) -> next = value;
                case Closed() -> ended = true;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException(
                    "interrupted while receiving from Channel \"" + source.name() + "\"");
            cancelled.initCause(interrupted);
            throw cancelled;
        }
        return next != null;
    }

    @Override public T next() {
        if (!hasNext()) throw new NoSuchElementException("Channel \"" + source.name() + "\" is closed and empty");
        T value = next;
        next = null;
        return java.util.Objects.requireNonNull(value);
    }
}
