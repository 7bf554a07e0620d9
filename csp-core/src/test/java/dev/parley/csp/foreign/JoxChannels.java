package dev.parley.csp.foreign;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.ChannelDone;
import com.softwaremill.jox.ChannelError;
import com.softwaremill.jox.Select;
import com.softwaremill.jox.SelectClause;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.testing.ChannelProvider;
import dev.parley.csp.testing.ChannelUnderTest;
import dev.parley.csp.testing.Kind;
import dev.parley.csp.testing.Verb;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Channels of Jox.
abstract class JoxChannels implements ChannelProvider {
    private static final Set<Verb> WAITING = EnumSet.of(Verb.SEND, Verb.RECEIVE, Verb.RECEIVE_OR_CLOSED);
    private static final Set<Verb> PATIENT = EnumSet.of(Verb.SEND_IN_TIME, Verb.TRY_SEND, Verb.RECEIVE_IN_TIME,
            Verb.TRY_RECEIVE);
    private static final Set<Verb> CHOICE = EnumSet.of(Verb.SELECT_INPUT, Verb.SELECT_OUTPUT);

    private static Set<Verb> plus(Set<Verb> verbs, Verb... more) {
        var all = EnumSet.copyOf(verbs);
        all.addAll(List.of(more));
        return all;
    }

    @Override public List<Kind> kinds() {
        return List.of(Kind.RENDEZVOUS, Kind.buffered(1), Kind.buffered(2), Kind.UNBOUNDED);
    }

    /// Sending and receiving alone.
    public static class Waiting extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return WAITING;
        }
    }

    /// With the orderly end.
    public static class Closing extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.CLOSE, Verb.TRY_CLOSE);
        }
    }

    /// With the end as a failure; Jox tells nobody what becomes of the elements in a buffer, so there is none.
    public static class Failing extends JoxChannels {
        @Override public List<Kind> kinds() {
            return List.of(Kind.RENDEZVOUS);
        }

        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.POISON);
        }
    }

    /// With both ends.
    public static class Ending extends Failing {
        @Override public Set<Verb> verbs() {
            return plus(super.verbs(), Verb.CLOSE, Verb.TRY_CLOSE);
        }
    }

    /// With sends that do not wait.
    public static class TryingToSend extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.TRY_SEND);
        }
    }

    /// With trying forms, made of choices with a default clause as its documentation says.
    public static class Trying extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.TRY_SEND, Verb.TRY_RECEIVE);
        }
    }

    /// With trying and timed forms, made of choices as its documentation says.
    public static class Patient extends JoxChannels {
        @Override public Set<Verb> verbs() {
            var all = EnumSet.copyOf(WAITING);
            all.addAll(PATIENT);
            return all;
        }
    }

    /// With choice.
    public static class Choosing extends JoxChannels {
        @Override public Set<Verb> verbs() {
            var all = EnumSet.copyOf(WAITING);
            all.addAll(CHOICE);
            return all;
        }
    }

    /// With choice among receives only.
    public static class ChoosingInputs extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.SELECT_INPUT);
        }
    }

    /// With choice among rendezvous, where at first nothing is ready.
    public static class ChoosingRendezvous extends Choosing {
        @Override public List<Kind> kinds() {
            return List.of(Kind.RENDEZVOUS);
        }
    }

    /// With choice by the order of the clauses.
    public static class Prioritized extends JoxChannels {
        @Override public Set<Verb> verbs() {
            return plus(WAITING, Verb.PRI_SELECT_INPUT, Verb.PRI_SELECT_OUTPUT);
        }
    }

    @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
        return new Jox(name, kind.capacity() == 0
                ? Channel.newRendezvousChannel()
                : kind.equals(Kind.UNBOUNDED)
                        ? Channel.newUnlimitedChannel()
                        : Channel.newBufferedChannel(kind.capacity()));
    }

    @Override public @Nullable Chosen choose(List<Guarded> guards, Order order, Limit limit) throws Exception {
        var clauses = new SelectClause<?>[guards.size() + (limit == Limit.NONE ? 1 : 0)];
        for (int i = 0; i < guards.size(); i++) {
            int guard = i;
            var each = guards.get(i);
            var channel = ((Jox) each.channel()).channel;
            clauses[i] = each.value() == null
                    ? channel.receiveClause(value -> new Chosen(guard, value))
                    : channel.sendClause(each.value(), () -> new Chosen(guard, null));
        }
        if (limit == Limit.NONE) clauses[guards.size()] = Select.defaultClause(NOTHING);
        var chosen = Jox.open("select", limit == Limit.SOME
                ? Select.selectOrClosedWithin(Limit.TIME, NOTHING, clauses)
                : Select.selectOrClosed(clauses));
        return chosen == NOTHING ? null : (Chosen) chosen;
    }

    private static final Object NOTHING = "nothing";

    /// Why a channel failed: strength is nothing that Jox knows.
    private static final class Poison extends Exception {
        private static final long serialVersionUID = 1;
        final int strength;

        Poison(int strength, Throwable cause) {
            super("poison", cause, false, false);
            this.strength = strength;
        }
    }

    private record Jox(String name, Channel<Integer> channel) implements ChannelUnderTest {
        /// The result of an operation, or how its channel has ended.
        static @Nullable Object open(String name, @Nullable Object result) {
            return switch (result) {
                case ChannelDone _ -> throw new ChannelClosed(name, name + " is done");
                case ChannelError error -> {
                    var poison = (Poison) error.cause();
                    throw new ChannelPoisoned(name, name + " has failed", poison.strength, poison);
                }
                case null, default -> result;
            };
        }

        private @Nullable Object open(@Nullable Object result) {
            return open(name, result);
        }

        @Override public void send(int value) throws Exception {
            open(channel.sendOrClosed(value));
        }

        @Override public boolean send(int value, Duration time) throws Exception {
            return open(Select.selectOrClosedWithin(time, NOTHING, channel.sendClause(value))) != NOTHING;
        }

        @Override public boolean trySend(int value) throws Exception {
            return open(Select.selectOrClosed(channel.sendClause(value), Select.defaultClause(NOTHING))) != NOTHING;
        }

        @Override public int receive() throws Exception {
            return (Integer) open(channel.receiveOrClosed());
        }

        @Override public @Nullable Integer receiveOrClosed() throws Exception {
            var result = channel.receiveOrClosed();
            return result instanceof ChannelDone ? null : element(result);
        }

        @Override public @Nullable Integer receive(Duration time) throws Exception {
            return element(Select.selectOrClosedWithin(time, NOTHING, channel.receiveClause()));
        }

        @Override public @Nullable Integer tryReceive() throws Exception {
            return element(Select.selectOrClosed(channel.receiveClause(), Select.defaultClause(NOTHING)));
        }

        private @Nullable Integer element(Object result) {
            return open(result) instanceof Integer value ? value : null;
        }

        @Override public void close() {
            channel.doneOrClosed();
        }

        @Override public boolean tryClose() {
            return channel.doneOrClosed() == null;
        }

        @Override public boolean poison(int strength, Throwable cause) {
            return channel.errorOrClosed(new Poison(strength, cause)) == null;
        }
    }
}
