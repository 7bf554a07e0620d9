package dev.parley.csp;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// First in, first out, in an array that starts small and doubles as it fills. When it holds `capacity` elements, `overflow` decides.
final class Ring<T> implements BufferPolicy<T> {
    /// What becomes of an element for which there is no place.
    enum Overflow { WAITS, DROPS_OLDEST, DROPS_NEWEST }

    private static final int FIRST_LENGTH = 8;

    private final String kind;
    private final int capacity;
    private final Overflow overflow;
    private @Nullable Object[] ring;
    private int head; // index of the oldest
    private int count;

    Ring(String kind, int capacity, Overflow overflow) {
        this.kind = kind;
        this.capacity = capacity;
        this.overflow = overflow;
        this.ring = new Object[Math.min(capacity, FIRST_LENGTH)];
    }

    @Override public boolean hasRoom() {
        return count < capacity || overflow != Overflow.WAITS;
    }

    @Override public @Nullable T add(T element) {
        T dropped = null;
        if (count == capacity) {
            if (overflow == Overflow.DROPS_NEWEST) return element;
            dropped = take();
        }
        if (count == ring.length) grow();
        int tail = head + count;
        if (tail >= ring.length) tail -= ring.length;
        ring[tail] = element;
        count++;
        return dropped;
    }

    @Override public @Nullable T take() {
        if (count == 0) return null;
        @SuppressWarnings("unchecked") // add is the only writer
        T element = (T) ring[head];
        ring[head] = null;
        head = head + 1 == ring.length ? 0 : head + 1;
        count--;
        return element;
    }

    private void grow() {
        int length = (int) Math.min(capacity, ring.length * 2L);
        var larger = Arrays.copyOfRange(ring, head, head + length);
        // the copy holds the elements from head to the old end; those that had wrapped around follow them
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        ring = larger;
        head = 0;
    }

    @Override public int size() {
        return count;
    }

    @Override public int capacity() {
        return capacity;
    }

    @Override public String toString() {
        return kind;
    }
}
