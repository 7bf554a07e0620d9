package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import dev.parley.loop.waiting.Waiting;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;

/// Channels under test by Lincheck: those that [On] names, with the operations of [#TABLE] by number.
abstract class LincheckOps {
    /// What a subclass tests.
    @Retention(RetentionPolicy.RUNTIME)
    @interface On {
        /// The kinds of the channels, by name.
        String[] value();

        /// Which operations of the table scenarios are made of.
        int from() default PLAIN;

        /// Which operation is the first that is not used.
        int to() default ENDINGS;
    }

    /// Numbers in [#TABLE].
    static final int PLAIN = 0, ENDINGS = 11, CHOICE = 16, END = 27;

    /// Plain operations on one channel, then endings, then choice over two.
    static final List<Op> TABLE = List.of(
            send(0, 10), send(0, 11), new Op.Send(0, 0, 12, Verb.TRY_SEND), new Op.SendAll(0, 0, List.of(13, 14)),
            receive(Verb.RECEIVE), receive(Verb.RECEIVE), receive(Verb.TRY_RECEIVE), receive(Verb.RECEIVE_EXTENDED),
            new Op.ReceiveSeveral(0, 0, Verb.RECEIVE_BATCH, 2, false),
            new Op.ReceiveSeveral(0, 0, Verb.DRAIN_TO, 2, false),
            new Op.ReceiveSeveral(0, 0, Verb.ITERATE, 2, false),
            end(Verb.CLOSE, 0), end(Verb.TRY_CLOSE, 0), end(Verb.POISON, 1), end(Verb.POISON, 2), end(Verb.RETIRE, 0),
            send(0, 20), new Op.Send(1, 0, 21, Verb.TRY_SEND), receive(Verb.TRY_RECEIVE),
            new Op.Receive(1, 0, Verb.RECEIVE, false),
            choose(Order.FAIR, Limit.ENDLESS, in(0), in(1)), choose(Order.PRIORITY, Limit.ENDLESS, in(0), out(1, 22)),
            choose(Order.FAIR, Limit.ENDLESS, out(1, 23), out(0, 24)),
            choose(Order.PRIORITY, Limit.NONE, in(1), out(0, 25)),
            choose(Order.FAIR, Limit.ENDLESS, out(0, 26), in(0), in(1)),
            choose(Order.RANDOM, Limit.ENDLESS, in(1), in(0)),
            choose(Order.FAIR, Limit.ENDLESS, new Op.Offer(0, 0, -1, true), new Op.Offer(1, 0, 27, true)));

    private static Op send(int channel, int value) {
        return new Op.Send(channel, 0, value, Verb.SEND);
    }

    private static Op receive(Verb verb) {
        return new Op.Receive(0, 0, verb, false);
    }

    private static Op end(Verb verb, int strength) {
        return new Op.End(0, 0, verb, strength);
    }

    private static Op.Offer in(int channel) {
        return new Op.Offer(channel, 0, -1, false);
    }

    private static Op.Offer out(int channel, int value) {
        return new Op.Offer(channel, 0, value, false);
    }

    private static Op choose(Order order, Limit limit, Op.Offer... offers) {
        return new Op.Choose(List.of(offers), order, limit);
    }

    /// An operation of the table, for channels like these.
    static Op op(int number, List<Scenario.Setup> channels) {
        return TABLE.get(number) instanceof Op.ReceiveSeveral several
                ? new Op.ReceiveSeveral(0, 0, several.verb(), several.max(),
                        channels.getFirst().kind().storage() == Kind.Storage.ONCE)
                : TABLE.get(number);
    }

    /// Lincheck takes what no other thread can reach for local: so all can.
    static volatile Scenario.@Nullable Arena reachable;

    private final List<Scenario.Setup> channels = channels(getClass());
    private final Scenario.Arena arena;

    LincheckOps() {
        this(null);
    }

    /// With channels of another kind than the annotation says, if not null: to see the verifier object.
    LincheckOps(@Nullable Kind other) {
        var provider = new ParleyChannels();
        var ends = new ArrayList<List<ChannelUnderTest>>();
        for (int i = 0; i < channels.size(); i++)
            ends.add(List.of(provider.make(other == null ? channels.get(i).kind() : other, "c" + i, _ -> {})));
        arena = new Scenario.Arena(provider, ends, List.of());
        reachable = arena;
    }

    /// How operations wait.
    Waiting waiting() {
        return new SemaphoreWaiting();
    }

    static List<Scenario.Setup> channels(Class<?> ops) {
        return Arrays.stream(ops.getAnnotation(On.class).value())
                .map(name -> ParleyChannels.KINDS.stream().filter(kind -> kind.name().equals(name)).findFirst()
                        .orElseThrow())
                .map(kind -> new Scenario.Setup(kind, 0)).toList();
    }

    /// Does one operation.
    @Operation public Object perform(int number) {
        var result = new Object[1];
        waiting().within(() -> result[0] = op(number, channels).perform(arena));
        return result[0];
    }
}
