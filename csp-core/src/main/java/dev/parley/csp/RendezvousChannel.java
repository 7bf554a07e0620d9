package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// No buffer: elements pass only from a sender to a receiver that are both there.
final class RendezvousChannel<T> extends LocalChannel<T> {
    RendezvousChannel(@Nullable String name) {
        super(name);
    }

    @Override String kind() {
        return "rendezvous";
    }

    @Override int capacity() {
        return 0;
    }

    @Override int buffered() {
        return 0;
    }

    @Override boolean put(T value) {
        return false;
    }

    @Override
    @Nullable T take() {
        return null;
    }
}
