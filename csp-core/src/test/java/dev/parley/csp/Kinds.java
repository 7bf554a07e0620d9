package dev.parley.csp;

import dev.parley.csp.testing.Kind;
import dev.parley.csp.testing.Kind.Storage;
import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

/// The kinds of channel that the tests go through.
public enum Kinds {
    RENDEZVOUS(Kind.RENDEZVOUS), BUFFERED_1(Kind.buffered(1)), BUFFERED_2(Kind.buffered(2)), BUFFERED_1000(
            Kind.buffered(1000)), UNBOUNDED(Kind.UNBOUNDED), SLIDING_2(
                    Kind.sliding(2)), LATEST(Kind.LATEST), DROPPING_1(
                            Kind.dropping(1)), STACK_2(new Kind("stack-2", 2, Storage.NEWEST_FIRST, 0)), BATCH_2(
                                    new Kind("batch-2", 2, Storage.IN_BATCHES, 0));

    /// What the specification knows of it.
    public final Kind kind;
    final int capacity;

    Kinds(Kind kind) {
        this.kind = kind;
        capacity = kind.capacity();
    }

    public Channel<Integer> channel(String name) {
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
