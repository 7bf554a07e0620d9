package dev.parley.csp.testing;

import dev.parley.csp.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One channel of the [Spec].
final class Model {
    /// An operation that waits in a queue; a choice has one for each of its guards, others guard -1.
    ///
    /// @param extended for a receiver, whether its sender stays
    record Entry(int op, int guard, int value, boolean extended) {}

    final Kind kind;
    final ArrayList<Integer> buffer = new ArrayList<>(2);
    final ArrayList<Integer> discarded = new ArrayList<>(2);
    final ArrayList<Entry> senders = new ArrayList<>(4);
    final ArrayList<Entry> receivers = new ArrayList<>(4);
    boolean closed, poisoned;
    int strength; // of the poison
    boolean received; // for Storage.ONCE
    private boolean draining; // for Storage.IN_BATCHES
    private final boolean[] outLeft, inLeft; // counted ends

    /// @param ends how many counted ends it has in each direction
    Model(Kind kind, int ends) {
        this.kind = kind;
        outLeft = new boolean[ends];
        inLeft = new boolean[ends];
    }

    Model(Model other) {
        kind = other.kind;
        buffer.addAll(other.buffer);
        discarded.addAll(other.discarded);
        senders.addAll(other.senders);
        receivers.addAll(other.receivers);
        closed = other.closed;
        poisoned = other.poisoned;
        strength = other.strength;
        received = other.received;
        draining = other.draining;
        outLeft = other.outLeft.clone();
        inLeft = other.inLeft.clone();
    }

    boolean hasRoom() {
        return switch (kind.storage()) {
            case IN_BATCHES -> !draining;
            case WAITS, NEWEST_FIRST -> buffer.size() < kind.capacity();
            case DROPS_NEWEST, DROPS_OLDEST -> true;
            case ONCE -> buffer.isEmpty();
        };
    }

    void add(int value) {
        if (buffer.size() < kind.capacity()) {
            buffer.add(value);
            draining = buffer.size() == kind.capacity();
        } else if (kind.storage() == Kind.Storage.DROPS_NEWEST) {
            discarded.add(value);
        } else {
            discarded.add(buffer.removeFirst());
            buffer.add(value);
        }
    }

    @Nullable Integer next() {
        if (buffer.isEmpty()) return null;
        if (kind.storage() == Kind.Storage.ONCE) {
            received = true;
            return buffer.getFirst();
        }
        var value = kind.storage() == Kind.Storage.NEWEST_FIRST ? buffer.removeLast() : buffer.removeFirst();
        if (buffer.isEmpty()) draining = false;
        return value;
    }

    /// Empties the buffer; what nobody received is discarded.
    void discard() {
        if (!received) discarded.addAll(buffer);
        buffer.clear();
        draining = false;
    }

    /// Whether nothing is here nor will come.
    boolean ended() {
        return (closed || poisoned) && buffer.isEmpty() && senders.isEmpty();
    }

    boolean hasLeft(int end, boolean sending) {
        return (sending ? outLeft : inLeft)[end - 1];
    }

    /// Takes a counted end out of service.
    ///
    /// @return whether it was the last
    boolean leave(int end, boolean sending) {
        var left = sending ? outLeft : inLeft;
        if (left[end - 1]) return false;
        left[end - 1] = true;
        for (boolean each : left) if (!each) return false;
        return true;
    }

    boolean concerns(int op) {
        for (var entry : senders) if (entry.op == op) return true;
        for (var entry : receivers) if (entry.op == op) return true;
        return false;
    }

    void forget(int op) {
        senders.removeIf(entry -> entry.op == op);
        receivers.removeIf(entry -> entry.op == op);
    }

    /// The first in a queue that is not of `op`.
    static @Nullable Entry other(List<Entry> queue, int op) {
        for (var entry : queue) if (entry.op != op) return entry;
        return null;
    }

    /// Whether a channel that was found so is as this one: no more and no fewer elements, the same waiting, each dropped element discarded once.
    boolean matches(End end) {
        var now = end.statistics;
        if (now != null && (now.buffered() != buffer.size() || now.waitingSenders() != senders.size()
                || now.waitingReceivers() != receivers.size()))
            return false;
        return sorted(discarded).equals(sorted(end.discarded));
    }

    private static List<Integer> sorted(List<Integer> values) {
        return values.stream().sorted().toList();
    }

    /// How a channel was found at the end.
    ///
    /// @param statistics what it said; null if it does not tell
    /// @param discarded what its hook was called with
    record End(Channel.@Nullable Statistics statistics, List<Integer> discarded) {}

    /// A value that is equal for equal states.
    List<Object> fingerprint() {
        return List.of(List.copyOf(buffer), List.copyOf(discarded), List.copyOf(senders), List.copyOf(receivers),
                closed, strength, received, draining, List.of(Arrays.hashCode(outLeft), Arrays.hashCode(inLeft)));
    }
}
