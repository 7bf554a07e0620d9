package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Chosen;
import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import dev.parley.csp.testing.Model.Entry;
import dev.parley.csp.testing.Step.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What channels do when operations come one at a time: the contract as a small sequential program, against which recorded
/// histories are checked. Each step of an operation is *requested* at one instant; it is then over, or waits until the request of a step of
/// another operation completes it.
final class Spec {
    /// Where an operation stands that has begun and is not over: it waits, or its next step is still to be requested.
    enum Stand { WAITS, GOES_ON }

    private final List<Op> ops;
    private final Model[] channels;
    /// For each operation what came of it: null if no step was requested, a [Stand], or its result.
    private final @Nullable Object[] results;
    private final boolean[] everWaited;
    /// For each operation that received while the sender waits for its release: that sender.
    private final @Nullable Entry[] held;
    /// For each operation the results of its steps so far; the lists are never changed.
    private final List<Object>[] done;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of lists
    Spec(List<Scenario.Setup> channels, List<Op> ops) {
        this.ops = ops;
        this.channels = channels.stream().map(setup -> new Model(setup.kind(), setup.ends())).toArray(Model[]::new);
        results = new Object[ops.size()];
        everWaited = new boolean[ops.size()];
        held = new Entry[ops.size()];
        done = new List[ops.size()];
        Arrays.fill(done, List.of());
    }

    Spec(Spec other) {
        ops = other.ops;
        channels = new Model[other.channels.length];
        for (int i = 0; i < channels.length; i++) channels[i] = new Model(other.channels[i]);
        results = other.results.clone();
        everWaited = other.everWaited.clone();
        held = other.held.clone();
        done = other.done.clone();
    }

    @Nullable Object result(int op) {
        return results[op];
    }

    /// Whether a step of `op` had to wait.
    boolean everWaited(int op) {
        return everWaited[op];
    }

    /// The next step of `op`, which is not over.
    Step next(int op) {
        return java.util.Objects.requireNonNull(ops.get(op).step(done[op]));
    }

    /// Says what came of the step of `op` that was to be requested, or waited.
    void complete(int op, Object result) {
        var before = done[op];
        List<Object> after;
        if (before.isEmpty()) {
            after = List.of(result);
        } else {
            after = new ArrayList<>(before);
            after.add(result);
        }
        done[op] = after;
        results[op] = ops.get(op).step(after) == null ? ops.get(op).result(after) : Stand.GOES_ON;
        for (var channel : channels) channel.forget(op);
    }

    /// How many different answers a request of `step` now may have; the caller tries each number below that as `variant`.
    int variants(Step step, int op) {
        if (!(step instanceof Step.Choose choose) || choose.order() == Order.PRIORITY || refusal(choose) != null)
            return 1;
        int ready = 0;
        for (var offer : choose.offers()) if (ready(offer, op)) ready++;
        return Math.max(1, ready);
    }

    /// Requests the next step of `op`: afterwards its result is known, or it waits. If it would wait but may not, its result is
    /// [Result#NOTHING].
    void request(int op, int variant, boolean mayWait) {
        var step = next(op);
        var result = switch (step) {
            case Step.Send send -> send(channels[send.channel()], send.value(), op, send.limit() != Limit.NONE);
            case Step.Receive receive -> receive(channels[receive.channel()], op, receive.extended());
            case Step.Release release -> release(op, release.failed());
            case Step.Close close -> close(channels[close.channel()]);
            case Step.Poison poison -> poison(channels[poison.channel()], poison.strength());
            case Step.Retire retire -> retire(channels[retire.channel()]);
            case Step.Pass pass -> channels[pass.channel()].hasLeft(pass.end(), pass.sending())
                    ? Result.CLOSED
                    : Result.DONE;
            case Step.Leave leave -> leave(channels[leave.channel()], leave);
            case Step.Choose choose -> choose(choose, op, variant);
        };
        if (result == HELD) {
            results[op] = Stand.WAITS;
            everWaited[op] = true;
        } else if (result != Stand.WAITS) {
            complete(op, result);
        } else if (!mayWait) {
            complete(op, Result.NOTHING);
        } else {
            results[op] = result;
            everWaited[op] = true;
            register(step, op);
        }
    }

    private void register(Step step, int op) {
        switch (step) {
            case Step.Send send -> channels[send.channel()].senders.add(new Entry(op, -1, send.value(), false));
            case Step.Receive receive -> channels[receive.channel()].receivers
                    .add(new Entry(op, -1, -1, receive.extended()));
            case Step.Choose choose -> {
                for (int i = 0; i < choose.offers().size(); i++) {
                    var offer = choose.offers().get(i);
                    var channel = channels[offer.channel()];
                    if (!offer.input()) channel.senders.add(new Entry(op, i, offer.value(), false));
                    else if (!channel.closed) channel.receivers.add(new Entry(op, i, -1, offer.special()));
                }
            }
            default -> throw new AssertionError(step);
        }
    }

    /// What a send is that was taken by an extended receiver, so that it waits but in no queue.
    private static final Object HELD = new Object();

    private static Object poisoned(Model channel) {
        return channel.strength > 1 ? Result.POISONED_STRONGLY : Result.POISONED;
    }

    private Object send(Model channel, int value, int op, boolean canBeHeld) {
        if (channel.poisoned) return poisoned(channel);
        if (channel.closed) return Result.CLOSED;
        var given = give(channel, new Entry(op, -1, value, false), canBeHeld);
        return given == null ? Stand.WAITS : given;
    }

    private Object receive(Model channel, int op, boolean extended) {
        if (channel.poisoned) return poisoned(channel);
        Integer value = take(channel, op, extended);
        return value != null ? value : channel.closed ? Result.CLOSED : Stand.WAITS;
    }

    /// @return SENT, HELD, or null if there is neither a receiver nor room
    private @Nullable Object give(Model channel, Entry sender, boolean canBeHeld) {
        var receiver = Model.other(channel.receivers, sender.op());
        if (channel.kind.storage() == Kind.Storage.ONCE) {
            channel.add(sender.value());
            channel.closed = true;
            for (; receiver != null; receiver = Model.other(channel.receivers, sender.op())) {
                channel.received = true;
                received(receiver, sender.value());
            }
            return Result.SENT;
        }
        if (receiver != null) {
            boolean holds = receiver.extended() && channel.kind.capacity() == 0 && canBeHeld;
            if (holds) held[receiver.op()] = sender;
            received(receiver, sender.value());
            return holds ? HELD : Result.SENT;
        }
        if (!channel.hasRoom()) return null;
        channel.add(sender.value());
        return Result.SENT;
    }

    private void received(Entry receiver, int value) {
        complete(receiver.op(), receiver.guard() < 0 ? value : new Chosen(receiver.guard(), value));
    }

    private @Nullable Integer take(Model channel, int op, boolean extended) {
        Integer value = channel.next();
        if (value == null) {
            var sender = Model.other(channel.senders, op);
            if (sender == null) return null;
            if (extended) {
                held[op] = sender;
                for (var each : channels) each.forget(sender.op());
            } else {
                sent(sender, false);
            }
            return sender.value();
        }
        for (Entry sender; channel.hasRoom() && (sender = Model.other(channel.senders, op)) != null;) {
            sent(sender, false);
            channel.add(sender.value());
        }
        return value;
    }

    private void sent(Entry sender, boolean failed) {
        complete(sender.op(),
                failed ? Result.FAILED : sender.guard() < 0 ? Result.SENT : new Chosen(sender.guard(), null));
    }

    private Object release(int op, boolean failed) {
        var sender = held[op];
        held[op] = null;
        if (sender != null) sent(sender, failed);
        return Result.DONE;
    }

    private Object close(Model channel) {
        if (channel.closed || channel.poisoned) return false;
        channel.closed = true;
        for (var entry : List.copyOf(channel.receivers)) {
            channel.receivers.remove(entry);
            if (entry.guard() < 0 || !waitsAnywhere(entry.op())) complete(entry.op(), Result.CLOSED);
        }
        return true;
    }

    private boolean waitsAnywhere(int op) {
        if (limit(op) == Limit.SOME) return true; // for the time
        for (var channel : channels) if (channel.concerns(op)) return true;
        return false;
    }

    private Limit limit(int op) {
        return next(op).limit();
    }

    private Object poison(Model channel, int strength) {
        if (channel.poisoned || strength <= channel.kind.immunity()) return false;
        channel.poisoned = true;
        channel.strength = strength;
        channel.discard();
        for (var entry : List.copyOf(channel.senders)) complete(entry.op(), poisoned(channel));
        for (var entry : List.copyOf(channel.receivers)) complete(entry.op(), poisoned(channel));
        return true;
    }

    private Object retire(Model channel) {
        if (needsReceivers(channel)) poison(channel, 1);
        return Result.DONE;
    }

    private Object leave(Model channel, Step.Leave leave) {
        if (channel.leave(leave.end(), leave.sending())) {
            if (leave.sending()) close(channel);
            else retire(channel);
        }
        return Result.DONE;
    }

    /// Whether senders are to be told that receivers are gone: not if all is over, nor if a promise is kept, which others may still want.
    private static boolean needsReceivers(Model channel) {
        return !channel.ended() && (channel.kind.storage() != Kind.Storage.ONCE || channel.buffer.isEmpty());
    }

    private @Nullable Object refusal(Step.Choose choose) {
        for (var offer : choose.offers()) {
            var channel = channels[offer.channel()];
            if (offer.end() > 0 && channel.hasLeft(offer.end(), !offer.input())) return Result.CLOSED;
            if (channel.poisoned) return poisoned(channel);
            if (channel.closed && !offer.input()) return Result.CLOSED;
        }
        return null;
    }

    private boolean ready(Op.Offer offer, int op) {
        var channel = channels[offer.channel()];
        return offer.input()
                ? !channel.buffer.isEmpty() || Model.other(channel.senders, op) != null
                : Model.other(channel.receivers, op) != null || channel.hasRoom();
    }

    private Object choose(Step.Choose choose, int op, int variant) {
        var refusal = refusal(choose);
        if (refusal != null) return refusal;
        boolean open = false;
        int left = variant;
        for (int i = 0; i < choose.offers().size(); i++) {
            var offer = choose.offers().get(i);
            var channel = channels[offer.channel()];
            if (!ready(offer, op)) {
                open |= !channel.closed;
            } else if (left-- == 0) {
                if (offer.input()) return new Chosen(i, take(channel, op, offer.special()));
                return give(channel, new Entry(op, i, offer.value(), false), true) == HELD ? HELD : new Chosen(i, null);
            } else {
                open = true;
            }
        }
        return open || choose.limit() != Limit.ENDLESS ? Stand.WAITS : Result.CLOSED;
    }

    /// Whether the channels were found like this at the end.
    boolean matches(List<Model.End> ends) {
        for (int i = 0; i < channels.length; i++) if (!channels[i].matches(ends.get(i))) return false;
        return true;
    }

    /// A value that is equal for equal states.
    List<Object> fingerprint() {
        var all = new ArrayList<Object>(channels.length + 2 * results.length);
        for (var channel : channels) all.add(channel.fingerprint());
        for (var result : results) all.add(result == null ? "not begun" : result);
        for (int i = 0; i < done.length; i++) {
            if (held[i] != null) all.add(held[i]);
            if (!(results[i] instanceof Stand)) continue;
            all.add(done[i]);
            all.add(everWaited[i]);
        }
        return all;
    }
}
