package dev.parley.csp;

import dev.parley.csp.Ring.Overflow;

/// The buffers that channels come with.
final class Buffers {
    private Buffers() {}

    static <T> BufferPolicy<T> waiting(int capacity) {
        return new Ring<>("buffered", checked(capacity, "for capacity 0 use Channel.rendezvous()"), Overflow.WAITS);
    }

    static <T> BufferPolicy<T> unbounded() {
        return new Ring<>("unbounded", Integer.MAX_VALUE, Overflow.WAITS);
    }

    static <T> BufferPolicy<T> sliding(int capacity) {
        return new Ring<>("sliding", checked(capacity, "to keep only the newest use Channel.latest()"),
                Overflow.DROPS_OLDEST);
    }

    static <T> BufferPolicy<T> dropping(int capacity) {
        return new Ring<>("dropping", checked(capacity, "a channel that drops everything has no receivers"),
                Overflow.DROPS_NEWEST);
    }

    static <T> BufferPolicy<T> latest() {
        return new Ring<>("latest", 1, Overflow.DROPS_OLDEST);
    }

    private static int checked(int capacity, String remedy) {
        if (capacity < 1)
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity + "; " + remedy);
        return capacity;
    }
}
