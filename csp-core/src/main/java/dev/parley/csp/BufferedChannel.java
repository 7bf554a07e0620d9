package dev.parley.csp;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// A ring of up to `capacity` elements. It starts small and doubles as it fills.
final class BufferedChannel<T> extends LocalChannel<T> {
    private static final int FIRST_RING = 64;

    private final int capacity;
    private @Nullable Object[] ring;
    private int head; // index of the oldest
    private int count;

    BufferedChannel(@Nullable String name, int capacity) {
        super(name);
        if (capacity < 1)
            throw new IllegalArgumentException(
                    "capacity must be at least 1, but was " + capacity + "; for capacity 0 use Channel.rendezvous()");
        this.capacity = capacity;
        this.ring = new Object[Math.min(capacity, FIRST_RING)];
    }

    @Override String kind() {
        return "buffered";
    }

    @Override int capacity() {
        return capacity;
    }

    @Override int buffered() {
        return count;
    }

    @Override boolean put(T value) {
        if (count == capacity) return false;
        if (count == ring.length) grow();
        int tail = head + count;
        if (tail >= ring.length) tail -= ring.length;
        ring[tail] = value;
        count++;
        return true;
    }

    @Override
    @Nullable T take() {
        if (count == 0) return null;
        @SuppressWarnings("unchecked") // put is the only writer
        T value = (T) ring[head];
        ring[head] = null;
        head = head + 1 == ring.length ? 0 : head + 1;
        count--;
        return value;
    }

    private void grow() {
        int size = (int) Math.min(capacity, ring.length * 2L);
        var larger = Arrays.copyOfRange(ring, head, head + size);
        // the copy holds the elements from head to the old end; those that had wrapped around follow them
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        ring = larger;
        head = 0;
    }
}
