package dev.parley.csp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// What channels do when operations come one at a time: the contract as a small sequential program, against which recorded
/// histories are checked. An operation is *requested* at one instant; it is then over, or waits until the request of another
/// operation completes it.
final class Spec {
    /// What an operation that waits, or the absence of a result, is called.
    static final Object WAITS = "waits";

    /// An operation waiting in a queue; an Alt has one for each of its guards.
    private record Entry(int op, int guard, int value) {}

    private static final class State {
        final Kind kind;
        final ArrayList<Integer> buffer = new ArrayList<>(2);
        final ArrayList<Integer> discarded = new ArrayList<>(2);
        final ArrayList<Entry> senders = new ArrayList<>(4);
        final ArrayList<Entry> receivers = new ArrayList<>(4);
        boolean closed, poisoned;
        boolean draining; // for Kind.BATCH_2

        State(Kind kind) {
            this.kind = kind;
        }

        State(State other) {
            kind = other.kind;
            buffer.addAll(other.buffer);
            discarded.addAll(other.discarded);
            senders.addAll(other.senders);
            receivers.addAll(other.receivers);
            closed = other.closed;
            poisoned = other.poisoned;
            draining = other.draining;
        }

        boolean hasRoom() {
            if (kind == Kind.BATCH_2) return !draining;
            return buffer.size() < kind.capacity || kind.full != Kind.Full.WAITS;
        }

        void add(int value) {
            if (buffer.size() < kind.capacity) {
                buffer.add(value);
                draining = buffer.size() == kind.capacity;
            } else if (kind.full == Kind.Full.DROPS_NEWEST) {
                discarded.add(value);
            } else {
                discarded.add(buffer.removeFirst());
                buffer.add(value);
            }
        }

        @Nullable Integer next() {
            if (buffer.isEmpty()) return null;
            var value = kind.lastInFirstOut() ? buffer.removeLast() : buffer.removeFirst();
            if (buffer.isEmpty()) draining = false;
            return value;
        }
    }

    private final State[] channels;
    /// For each operation what came of it; null if not requested, WAITS if it waits.
    private final @Nullable Object[] results;
    private final boolean[] choices; // which operations are Alts

    Spec(List<Kind> kinds, int operations) {
        channels = kinds.stream().map(State::new).toArray(State[]::new);
        results = new Object[operations];
        choices = new boolean[operations];
    }

    Spec(Spec other) {
        channels = new State[other.channels.length];
        for (int i = 0; i < channels.length; i++) channels[i] = new State(other.channels[i]);
        results = other.results.clone();
        choices = other.choices.clone();
    }

    @Nullable Object result(int op) {
        return results[op];
    }

    /// Records that `op` had no effect.
    void skip(int op, Object result) {
        results[op] = result;
    }

    /// How many different answers a request of `op` now may have; the caller tries each number below that as `variant`.
    int variants(Op op, int id) {
        if (!(op instanceof Op.Choose choose) || choose.priority() || refusal(choose) != null) return 1;
        int ready = 0;
        for (var offer : choose.offers()) if (ready(offer, id)) ready++;
        return Math.max(1, ready);
    }

    /// Requests `op` as operation `id`: afterwards its result is known, or it waits, unless `mayWait` is false; then the result says what it
    /// would have done, and a waiting one leaves no trace.
    void request(Op op, int id, int variant, boolean mayWait) {
        Object result = switch (op) {
            case Op.Send send -> send(send, id);
            case Op.Receive receive -> receive(receive, id);
            case Op.Close close -> close(channels[close.channel()]);
            case Op.Poison poison -> poison(channels[poison.channel()]);
            case Op.Choose choose -> choose(choose, id, variant);
        };
        results[id] = result;
        if (result != WAITS || !mayWait) return;
        switch (op) {
            case Op.Send send -> channels[send.channel()].senders.add(new Entry(id, -1, send.value()));
            case Op.Receive receive -> channels[receive.channel()].receivers.add(new Entry(id, -1, -1));
            case Op.Choose choose -> register(choose, id);
            case Op.Close _,Op.Poison _ -> throw new AssertionError(op);
        }
    }

    private void register(Op.Choose choose, int id) {
        choices[id] = true;
        for (int i = 0; i < choose.offers().size(); i++) {
            var offer = choose.offers().get(i);
            var channel = channels[offer.channel()];
            if (offer.input()) {
                if (!channel.closed) channel.receivers.add(new Entry(id, i, -1));
            } else {
                channel.senders.add(new Entry(id, i, offer.value()));
            }
        }
    }

    private Object send(Op.Send send, int id) {
        var channel = channels[send.channel()];
        if (channel.poisoned) return "poisoned";
        if (channel.closed) return "closed";
        return give(channel, send.value(), id) ? "sent" : WAITS;
    }

    private Object receive(Op.Receive receive, int id) {
        var channel = channels[receive.channel()];
        if (channel.poisoned) return "poisoned";
        Integer value = take(channel, id);
        return value != null ? value : channel.closed ? "closed" : WAITS;
    }

    private boolean give(State channel, int value, int id) {
        var receiver = other(channel.receivers, id);
        if (receiver != null) {
            complete(receiver, receiver.guard < 0 ? value : receiver.guard + ":" + value);
            return true;
        }
        if (!channel.hasRoom()) return false;
        channel.add(value);
        return true;
    }

    private @Nullable Integer take(State channel, int id) {
        Integer value = channel.next();
        if (value == null) {
            var sender = other(channel.senders, id);
            if (sender == null) return null;
            released(sender);
            return sender.value;
        }
        for (Entry sender; channel.hasRoom() && (sender = other(channel.senders, id)) != null;) {
            released(sender);
            channel.add(sender.value);
        }
        return value;
    }

    private void released(Entry sender) {
        complete(sender, sender.guard < 0 ? "sent" : sender.guard + ":sent");
    }

    private static @Nullable Entry other(List<Entry> queue, int id) {
        for (var entry : queue) if (entry.op != id) return entry;
        return null;
    }

    private void complete(Entry entry, Object result) {
        results[entry.op] = result;
        for (var channel : channels) {
            channel.senders.removeIf(waiting -> waiting.op == entry.op);
            channel.receivers.removeIf(waiting -> waiting.op == entry.op);
        }
    }

    private Object close(State channel) {
        if (channel.closed || channel.poisoned) return false;
        channel.closed = true;
        for (var entry : List.copyOf(channel.receivers)) {
            channel.receivers.remove(entry);
            if (!choices[entry.op] || !waitsAnywhere(entry.op)) complete(entry, "closed");
        }
        return true;
    }

    private boolean waitsAnywhere(int op) {
        for (var channel : channels) {
            for (var entry : channel.senders) if (entry.op == op) return true;
            for (var entry : channel.receivers) if (entry.op == op) return true;
        }
        return false;
    }

    private Object poison(State channel) {
        if (channel.poisoned) return false;
        channel.poisoned = true;
        channel.discarded.addAll(channel.buffer);
        channel.buffer.clear();
        for (var entry : List.copyOf(channel.senders)) complete(entry, "poisoned");
        for (var entry : List.copyOf(channel.receivers)) complete(entry, "poisoned");
        return true;
    }

    private @Nullable Object refusal(Op.Choose choose) {
        for (var offer : choose.offers()) {
            var channel = channels[offer.channel()];
            if (channel.poisoned) return "poisoned";
            if (channel.closed && !offer.input()) return "closed";
        }
        return null;
    }

    private boolean ready(Op.Offer offer, int id) {
        var channel = channels[offer.channel()];
        return offer.input()
                ? !channel.buffer.isEmpty() || other(channel.senders, id) != null
                : other(channel.receivers, id) != null || channel.hasRoom();
    }

    private Object choose(Op.Choose choose, int id, int variant) {
        var refusal = refusal(choose);
        if (refusal != null) return refusal;
        boolean open = false;
        int left = variant;
        for (int i = 0; i < choose.offers().size(); i++) {
            var offer = choose.offers().get(i);
            var channel = channels[offer.channel()];
            if (!ready(offer, id)) {
                open |= !channel.closed;
            } else if (left-- == 0) {
                if (offer.input()) return i + ":" + take(channel, id);
                give(channel, offer.value(), id);
                return i + ":sent";
            } else {
                open = true;
            }
        }
        return open || choose.patience() != Op.Patience.ENDLESS ? WAITS : "closed";
    }

    /// How a channel was found at the end.
    ///
    /// @param statistics what it said
    /// @param discarded what its hook was called with
    record End(Channel.Statistics statistics, List<Integer> discarded) {}

    /// Whether the channels look like this at the end: no more and no fewer elements, the same waiting, and each dropped element discarded once.
    boolean matches(List<End> ends) {
        for (int i = 0; i < channels.length; i++) {
            var now = ends.get(i).statistics;
            var channel = channels[i];
            if (now.buffered() != channel.buffer.size() || now.waitingSenders() != channel.senders.size()
                    || now.waitingReceivers() != channel.receivers.size())
                return false;
            if (!sorted(channel.discarded).equals(sorted(ends.get(i).discarded))) return false;
        }
        return true;
    }

    private static List<Integer> sorted(List<Integer> values) {
        return values.stream().sorted().toList();
    }

    /// A value that is equal for equal states.
    List<Object> fingerprint() {
        var all = new ArrayList<>();
        for (var channel : channels) {
            all.add(List.of(List.copyOf(channel.buffer), List.copyOf(channel.discarded), List.copyOf(channel.senders),
                    List.copyOf(channel.receivers),
                    channel.closed, channel.poisoned, channel.draining));
        }
        all.addAll(Arrays.asList(results));
        return all;
    }
}
