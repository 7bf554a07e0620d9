package dev.parley.csp;

import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

/// The kinds of channel that the tests go through.
enum Kind {
    RENDEZVOUS(0, Full.WAITS), BUFFERED_1(1, Full.WAITS), BUFFERED_2(2, Full.WAITS), BUFFERED_1000(1000,
            Full.WAITS), UNBOUNDED(Integer.MAX_VALUE, Full.WAITS), SLIDING_2(2, Full.DROPS_OLDEST), LATEST(1,
                    Full.DROPS_OLDEST), DROPPING_1(1,
                            Full.DROPS_NEWEST), STACK_2(2, Full.WAITS), BATCH_2(2, Full.WAITS);

    enum Full { WAITS, DROPS_OLDEST, DROPS_NEWEST }

    final int capacity;
    final Full full;

    Kind(int capacity, Full full) {
        this.capacity = capacity;
        this.full = full;
    }

    /// Whether sends can ever wait.
    boolean sendsWait() {
        return full == Full.WAITS && this != UNBOUNDED;
    }

    boolean lastInFirstOut() {
        return this == STACK_2;
    }

    Channel<Integer> channel(String name) {
        return switch (this) {
            case RENDEZVOUS -> Channel.rendezvous(name);
            case BUFFERED_1, BUFFERED_2, BUFFERED_1000 -> Channel.buffered(name, capacity);
            case UNBOUNDED -> Channel.unbounded(name);
            case SLIDING_2 -> Channel.sliding(name, capacity);
            case LATEST -> Channel.latest(name);
            case DROPPING_1 -> Channel.dropping(name, capacity);
            case STACK_2 -> Channel.buffered(name, new Stack<>(capacity));
            case BATCH_2 -> Channel.buffered(name, new Batch<>(capacity));
        };
    }

    /// A user's own policy.
    private static final class Stack<T> implements BufferPolicy<T> {
        private final ArrayDeque<T> stack = new ArrayDeque<>();
        private final int capacity;

        Stack(int capacity) {
            this.capacity = capacity;
        }

        @Override public boolean hasRoom() {
            return stack.size() < capacity;
        }

        @Override public @Nullable T add(T element) {
            stack.push(element);
            return null;
        }

        @Override public @Nullable T take() {
            return stack.poll();
        }

        @Override public int size() {
            return stack.size();
        }

        @Override public int capacity() {
            return capacity;
        }

        @Override public String toString() {
            return "stack";
        }
    }

    /// A user's own policy that fills up and then gives all before it takes again, so that it makes room for several senders at once.
    private static final class Batch<T> implements BufferPolicy<T> {
        private final ArrayDeque<T> batch = new ArrayDeque<>();
        private final int capacity;
        private boolean draining;

        Batch(int capacity) {
            this.capacity = capacity;
        }

        @Override public boolean hasRoom() {
            return !draining;
        }

        @Override public @Nullable T add(T element) {
            batch.add(element);
            draining = batch.size() == capacity;
            return null;
        }

        @Override public @Nullable T take() {
            var element = batch.poll();
            if (batch.isEmpty()) draining = false;
            return element;
        }

        @Override public int size() {
            return batch.size();
        }

        @Override public int capacity() {
            return capacity;
        }

        @Override public String toString() {
            return "batch";
        }
    }
}
