package dev.parley.csp.testing;

import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Held;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.testing.ChannelProvider.Chosen;
import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import dev.parley.csp.testing.Step.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One operation of a [Scenario], as a value that can be performed on real channels and, step by step, on the [Spec]. Its result is an
/// element, a [Result], a Boolean, a [Chosen] or [Several].
sealed interface Op {
    /// Performs it on channels.
    Object perform(Scenario.Arena arena);

    /// What it does, for the table: on which channel which verb.
    List<Use> uses();

    /// Its next step, when those before had the results `done`; null if it is over.
    @Nullable Step step(List<Object> done);

    /// Its result, when all its steps had the results `done`.
    Object result(List<Object> done);

    /// A verb used on a channel.
    record Use(int channel, Verb verb) {}

    /// The result of an operation that may take several elements.
    ///
    /// @param elements received
    /// @param end why there were no more
    record Several(List<Integer> elements, Result end) {
        @Override public String toString() {
            return elements + " " + end;
        }
    }

    /// An operation through the channel itself, `end` being 0, or through counted ends.
    sealed interface Through extends Op {
        int channel();

        int end();

        boolean sending();

        @Nullable Step inner(List<Object> done);

        Object innerResult(List<Object> done);

        @Override default @Nullable Step step(List<Object> done) {
            if (end() == 0) return inner(done);
            if (done.isEmpty()) return new Step.Pass(channel(), end(), sending());
            return done.getFirst() == Result.CLOSED ? null : inner(done.subList(1, done.size()));
        }

        @Override default Object result(List<Object> done) {
            if (end() == 0) return innerResult(done);
            return done.size() == 1 ? Result.CLOSED : innerResult(done.subList(1, done.size()));
        }

        default List<Use> uses(Verb verb) {
            return end() == 0
                    ? List.of(new Use(channel(), verb))
                    : List.of(new Use(channel(), verb), new Use(channel(), Verb.COUNTED_END));
        }

        default String label(Object what) {
            return "c" + channel() + (end() == 0 ? "" : "/" + end()) + "." + what;
        }
    }

    /// Runs `body` and tells how it ended.
    private static Object outcome(Callable<Object> body) {
        try {
            return body.call();
        } catch (Exception failure) {
            return ending(failure);
        }
    }

    private static Result ending(Exception failure) {
        return switch (failure) {
            case ChannelPoisoned end -> end.strength() > 1 ? Result.POISONED_STRONGLY : Result.POISONED;
            case ChannelClosed _ -> Result.CLOSED;
            case InterruptedException _ -> Result.INTERRUPTED;
            case ReceiverFailed _ -> Result.FAILED;
            default -> throw new AssertionError(failure);
        };
    }

    private static Object sent(boolean sent) {
        return sent ? Result.SENT : Result.NOTHING;
    }

    private static Object elementOr(@Nullable Integer element, Result otherwise) {
        return element != null ? element : otherwise;
    }

    /// Waits for a future, or takes it back.
    private static Object await(Future<?> future, boolean cancel, boolean sending) throws Exception {
        if (cancel && future.cancel(false)) return Result.NOTHING;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    var value = future.get();
                    return sending ? Result.SENT : elementOr((Integer) value, Result.CLOSED);
                } catch (InterruptedException interruption) {
                    if (future.cancel(false)) throw interruption;
                    interrupted = true; // too late: it happened
                }
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception failure ? failure : failed;
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static Limit limit(Verb verb) {
        return switch (verb) {
            case TRY_SEND, TRY_RECEIVE -> Limit.NONE;
            case SEND_IN_TIME, RECEIVE_IN_TIME, CANCEL_SEND, CANCEL_RECEIVE -> Limit.SOME;
            default -> Limit.ENDLESS;
        };
    }

    /// Sends one element.
    record Send(int channel, int end, int value, Verb verb) implements Through {
        @Override public Object perform(Scenario.Arena arena) {
            var out = arena.end(channel, end);
            return outcome(() -> switch (verb) {
                case TRY_SEND -> sent(out.trySend(value));
                case SEND_IN_TIME -> sent(out.send(value, Limit.TIME));
                case SEND_ASYNC -> await(out.sendAsync(value), false, true);
                case CANCEL_SEND -> await(out.sendAsync(value), true, true);
                case SEND -> {
                    out.send(value);
                    yield Result.SENT;
                }
                default -> throw new AssertionError(verb);
            });
        }

        @Override public boolean sending() {
            return true;
        }

        @Override public List<Use> uses() {
            return uses(verb);
        }

        @Override public @Nullable Step inner(List<Object> done) {
            return done.isEmpty() ? new Step.Send(channel, value, limit(verb)) : null;
        }

        @Override public Object innerResult(List<Object> done) {
            return done.getFirst();
        }

        @Override public String toString() {
            return label(verb + "(" + value + ")");
        }
    }

    /// Sends several elements.
    record SendAll(int channel, int end, List<Integer> values) implements Through {
        @Override public Object perform(Scenario.Arena arena) {
            var out = arena.end(channel, end);
            return outcome(() -> {
                out.sendAll(values);
                return Result.SENT;
            });
        }

        @Override public boolean sending() {
            return true;
        }

        @Override public List<Use> uses() {
            return uses(Verb.SEND_ALL);
        }

        @Override public @Nullable Step inner(List<Object> done) {
            return done.size() == values.size() || (!done.isEmpty() && done.getLast() != Result.SENT)
                    ? null
                    : new Step.Send(channel, values.get(done.size()), Limit.ENDLESS);
        }

        @Override public Object innerResult(List<Object> done) {
            return done.getLast();
        }

        @Override public String toString() {
            return label("send all" + values);
        }
    }

    /// Receives one element.
    ///
    /// @param fails whether an extended receiver fails
    record Receive(int channel, int end, Verb verb, boolean fails) implements Through {
        @Override public Object perform(Scenario.Arena arena) {
            var in = arena.end(channel, end);
            return outcome(() -> switch (verb) {
                case TRY_RECEIVE -> elementOr(in.tryReceive(), Result.NOTHING);
                case RECEIVE_IN_TIME -> elementOr(in.receive(Limit.TIME), Result.NOTHING);
                case RECEIVE_ASYNC -> await(in.receiveAsync(), false, false);
                case CANCEL_RECEIVE -> await(in.receiveAsync(), true, false);
                case RECEIVE_OR_CLOSED -> elementOr(in.receiveOrClosed(), Result.CLOSED);
                case RECEIVE -> in.receive();
                case RECEIVE_EXTENDED -> act(in.receiveExtended());
                default -> throw new AssertionError(verb);
            });
        }

        @Override public boolean sending() {
            return false;
        }

        @Override public List<Use> uses() {
            return uses(verb);
        }

        @SuppressWarnings("ThreadPriorityCheck") // a place where others may come between
        private Object act(Held<Integer> held) {
            try (held) {
                Thread.yield(); // while the sender waits
                if (fails) held.fail(End.CAUSE);
                return held.value();
            }
        }

        @Override public @Nullable Step inner(List<Object> done) {
            if (done.isEmpty()) return new Step.Receive(channel, verb == Verb.RECEIVE_EXTENDED, limit(verb));
            return verb == Verb.RECEIVE_EXTENDED && done.size() == 1 && done.getFirst() instanceof Integer
                    ? new Step.Release(fails)
                    : null;
        }

        @Override public Object innerResult(List<Object> done) {
            return done.getFirst();
        }

        @Override public String toString() {
            return label(verb + (fails ? "() and fail" : "()"));
        }
    }

    /// Receives several elements.
    ///
    /// @param once whether the channel gives one element to each who asks for several
    record ReceiveSeveral(int channel, int end, Verb verb, int max, boolean once) implements Through {
        @Override public Object perform(Scenario.Arena arena) {
            var in = arena.end(channel, end);
            var taken = new ArrayList<Integer>();
            Result how;
            try {
                switch (verb) {
                    case RECEIVE_BATCH -> taken.addAll(in.receiveBatch(max));
                    case DRAIN_TO -> in.drainTo(taken);
                    case ITERATE -> {
                        for (var each = in.iterator(); taken.size() < max && each.hasNext();) taken.add(each.next());
                    }
                    default -> throw new AssertionError(verb);
                }
                how = Result.DONE;
            } catch (CancellationException interrupted) {
                how = Thread.interrupted() ? Result.INTERRUPTED : ending(interrupted);
            } catch (Exception failure) {
                how = ending(failure);
            }
            return new Several(List.copyOf(taken), how);
        }

        @Override public boolean sending() {
            return false;
        }

        @Override public List<Use> uses() {
            return uses(verb);
        }

        @Override public @Nullable Step inner(List<Object> done) {
            if (!done.isEmpty() && !(done.getLast() instanceof Integer)) return null;
            if (done.size() == (once ? 1 : verb == Verb.DRAIN_TO ? -1 : max)) return null;
            boolean waits = verb == Verb.ITERATE || (verb == Verb.RECEIVE_BATCH && done.isEmpty());
            return new Step.Receive(channel, false, waits ? Limit.ENDLESS : Limit.NONE);
        }

        @Override public Object innerResult(List<Object> done) {
            var elements = done.stream().filter(Integer.class::isInstance).map(Integer.class::cast).toList();
            var last = done.getLast();
            boolean quiet = last instanceof Integer || last == Result.NOTHING || last == Result.CLOSED
                    || (verb == Verb.RECEIVE_BATCH && !elements.isEmpty() && last != Result.INTERRUPTED);
            return new Several(elements, quiet ? Result.DONE : (Result) last);
        }

        @Override public Object result(List<Object> done) {
            return end > 0 && done.size() == 1
                    ? new Several(List.of(), Result.CLOSED)
                    : Through.super.result(done);
        }

        @Override public String toString() {
            return label(verb + "(" + (verb == Verb.DRAIN_TO ? "" : max) + ")");
        }
    }

    /// Ends the channel, or leaves it.
    ///
    /// @param strength of a poison
    record End(int channel, int end, Verb verb, int strength) implements Op {
        @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack, and there are millions of poisons
        private static final Throwable CAUSE = new Throwable("poison", null, false, false) {
            private static final long serialVersionUID = 1;
        };

        @Override public Object perform(Scenario.Arena arena) {
            var at = arena.end(channel, end);
            return outcome(() -> {
                switch (verb) {
                    case TRY_CLOSE -> {
                        return at.tryClose();
                    }
                    case POISON -> {
                        return at.poison(strength, CAUSE);
                    }
                    case CLOSE -> at.close();
                    case RETIRE -> at.retire();
                    default -> throw new AssertionError(verb);
                }
                return Result.DONE;
            });
        }

        @Override public List<Use> uses() {
            return end == 0
                    ? List.of(new Use(channel, verb))
                    : List.of(new Use(channel, verb), new Use(channel, Verb.COUNTED_END));
        }

        @Override public @Nullable Step step(List<Object> done) {
            if (!done.isEmpty()) return null;
            if (end > 0 && verb != Verb.POISON) return new Step.Leave(channel, end, verb == Verb.CLOSE);
            return switch (verb) {
                case CLOSE, TRY_CLOSE -> new Step.Close(channel);
                case POISON -> new Step.Poison(channel, strength);
                default -> new Step.Retire(channel);
            };
        }

        @Override public Object result(List<Object> done) {
            return verb == Verb.TRY_CLOSE || verb == Verb.POISON ? done.getLast() : Result.DONE;
        }

        @Override public String toString() {
            return "c" + channel + (end == 0 ? "" : "/" + end) + "." + verb + "("
                    + (verb == Verb.POISON ? strength : "") + ")";
        }
    }

    /// A guard.
    ///
    /// @param value to be sent; -1 to receive
    /// @param special see [ChannelProvider.Guarded]
    record Offer(int channel, int end, int value, boolean special) {
        boolean input() {
            return value < 0;
        }

        @Override public String toString() {
            return "c" + channel + (end == 0 ? "" : "/" + end)
                    + (input() ? special ? "??" : "?" : (special ? "!!" : "!") + value);
        }
    }

    /// A choice.
    record Choose(List<Offer> offers, Order order, Limit limit) implements Op {
        @Override public Object perform(Scenario.Arena arena) {
            var guards = offers.stream().map(offer -> new ChannelProvider.Guarded(arena.end(offer.channel, offer.end),
                    offer.input() ? null : offer.value, offer.special)).toList();
            return outcome(() -> {
                var chosen = arena.provider().choose(guards, order, limit);
                return chosen == null ? Result.NOTHING : chosen;
            });
        }

        @Override public List<Use> uses() {
            var all = new ArrayList<Use>();
            for (var offer : offers) {
                var verbs = EnumSet.of(switch (order) {
                    case PRIORITY -> offer.input() ? Verb.PRI_SELECT_INPUT : Verb.PRI_SELECT_OUTPUT;
                    case FAIR -> offer.input() ? Verb.SELECT_INPUT : Verb.SELECT_OUTPUT;
                    case RANDOM -> offer.input() ? Verb.RANDOM_SELECT_INPUT : Verb.RANDOM_SELECT_OUTPUT;
                });
                if (offer.special) verbs.add(offer.input() ? Verb.EXTENDED_INPUT : Verb.MADE_OUTPUT);
                if (offer.end > 0) verbs.add(Verb.COUNTED_END);
                if (limit == Limit.NONE) verbs.add(Verb.OTHERWISE);
                if (limit == Limit.SOME) verbs.add(Verb.AFTER);
                for (var verb : verbs) all.add(new Use(offer.channel, verb));
            }
            var channels = offers.stream().map(Offer::channel).toList();
            for (int channel : Set.copyOf(channels))
                if (Collections.frequency(channels, channel) > 1) all.add(new Use(channel, Verb.SEVERAL_GUARDS));
            return all;
        }

        @Override public @Nullable Step step(List<Object> done) {
            if (done.isEmpty()) return new Step.Choose(offers, order, limit);
            return done.size() == 1 && done.getFirst() instanceof Chosen chosen && chosen.received() != null
                    && offers.get(chosen.guard()).special ? new Step.Release(false) : null;
        }

        @Override public Object result(List<Object> done) {
            return done.getFirst();
        }

        @Override public String toString() {
            var how = (order == Order.PRIORITY ? "pri select" : order == Order.RANDOM ? "random select" : "select")
                    + (limit == Limit.NONE ? " or not" : limit == Limit.SOME ? " in time" : "");
            return how + offers.stream().map(Offer::toString).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /// Whether a recorded result says that the operation gave up, so that its last step had no effect.
    static boolean gaveUp(@Nullable Object recorded) {
        return recorded == Result.NOTHING || interrupted(recorded);
    }

    /// Whether a recorded result says that the operation was interrupted.
    static boolean interrupted(@Nullable Object recorded) {
        return recorded == Result.INTERRUPTED
                || (recorded instanceof Several several && several.end == Result.INTERRUPTED);
    }
}
