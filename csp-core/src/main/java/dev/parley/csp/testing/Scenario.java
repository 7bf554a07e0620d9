package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// A small program: channels, and threads that each do a few operations.
///
/// @param channels what they are
/// @param threads what each does
record Scenario(List<Setup> channels, List<List<Op>> threads) {
    /// A channel of a scenario.
    ///
    /// @param ends how many counted ends it has in each direction
    record Setup(Kind kind, int ends) {
        @Override public String toString() {
            return kind + (ends == 0 ? "" : " with " + ends + " ends each way");
        }
    }

    /// The channels of a run.
    ///
    /// @param ends of each channel: itself, and its counted ends
    record Arena(ChannelProvider provider, List<List<ChannelUnderTest>> ends, List<List<Integer>> discarded) {
        ChannelUnderTest end(int channel, int end) {
            return ends.get(channel).get(end);
        }

        /// How the channels look now.
        List<Model.End> look() {
            var all = new ArrayList<Model.End>();
            for (int i = 0; i < ends.size(); i++)
                all.add(new Model.End(end(i, 0).statistics(), List.copyOf(discarded.get(i))));
            return all;
        }
    }

    Arena arena(ChannelProvider provider) throws Exception {
        var all = new ArrayList<List<ChannelUnderTest>>();
        var discarded = new ArrayList<List<Integer>>();
        for (int i = 0; i < channels.size(); i++) {
            var dropped = new ArrayList<Integer>();
            discarded.add(dropped);
            var ends = new ArrayList<ChannelUnderTest>();
            ends.add(provider.make(channels.get(i).kind, "c" + i, dropped::add));
            for (int k = 0; k < channels.get(i).ends; k++) ends.add(ends.getFirst().ends());
            all.add(ends);
        }
        return new Arena(provider, all, discarded);
    }

    /// All operations.
    Stream<Op> ops() {
        return threads.stream().flatMap(List::stream);
    }

    /// A random scenario of two to four threads with one to three operations each. The first of `kinds` comes most often.
    static Scenario random(RandomGenerator random, Mix mix, List<Kind> kinds) {
        var setups = new ArrayList<Setup>();
        for (int n = 1 + random.nextInt(mix.channels()); n > 0; n--) {
            var kind = kinds.get(random.nextInt(3) == 0 ? 0 : random.nextInt(kinds.size()));
            setups.add(new Setup(kind, mix.weight(Verb.COUNTED_END) > 0 ? 1 + random.nextInt(2) : 0));
        }
        int threads = 2 + random.nextInt(3);
        int most = threads == 2 ? 3 : 2;
        var all = new ArrayList<List<Op>>();
        var draw = new Draw(random, mix, setups);
        for (int t = 0; t < threads; t++) {
            var ops = new ArrayList<Op>();
            for (int n = 1 + random.nextInt(most); n > 0; n--) ops.add(draw.op());
            all.add(ops);
        }
        return new Scenario(setups, all);
    }

    /// This without one of its operations, or one of its threads if it was the last.
    Scenario without(int thread, int op) {
        var all = new ArrayList<List<Op>>(threads);
        var rest = new ArrayList<>(all.get(thread));
        rest.remove(op);
        if (rest.isEmpty()) all.remove(thread);
        else all.set(thread, rest);
        return new Scenario(channels, all);
    }

    /// What random scenarios are made of.
    ///
    /// @param name of the mix
    /// @param channels how many at most
    /// @param weights how often each verb comes; [Verb#COUNTED_END] says that there are counted ends, [Verb#SEVERAL_GUARDS] that choices have
    ///        several guards on a channel
    record Mix(String name, int channels, Map<Verb, Integer> weights) {
        int weight(Verb verb) {
            return weights.getOrDefault(verb, 0);
        }

        Verb draw(RandomGenerator random) {
            int left = random.nextInt(weights.entrySet().stream().filter(each -> isDrawn(each.getKey()))
                    .mapToInt(Map.Entry::getValue).sum());
            for (var each : weights.entrySet()) {
                if (isDrawn(each.getKey()) && (left -= each.getValue()) < 0) return each.getKey();
            }
            throw new AssertionError(left);
        }

        /// Whether it is something to do, and not a way to do it.
        private static boolean isDrawn(Verb verb) {
            return verb != Verb.COUNTED_END && verb != Verb.SEVERAL_GUARDS;
        }

        Mix with(Object... verbsAndWeights) {
            var more = new EnumMap<Verb, Integer>(weights);
            for (int i = 0; i < verbsAndWeights.length; i += 2)
                more.put((Verb) verbsAndWeights[i], (Integer) verbsAndWeights[i + 1]);
            return new Mix(name, channels, more);
        }

        Mix named(String name, int channels) {
            return new Mix(name, channels, weights);
        }

        /// This with such verbs only as `able` contains.
        Mix only(Set<Verb> able) {
            var fewer = new EnumMap<Verb, Integer>(Verb.class);
            weights.forEach((verb, weight) -> {
                if (able.contains(verb)) fewer.put(verb, weight);
            });
            return new Mix(name, channels, fewer);
        }

        boolean isEmpty() {
            return weights.keySet().stream().noneMatch(Mix::isDrawn);
        }

        /// The mixes of the suite: first the plain ones, which find most mistakes soonest, then each group of verbs among plain ones, then all.
        static final List<Mix> ALL = all();

        private static List<Mix> all() {
            var plain = new Mix("waiting", 1, new EnumMap<>(Verb.class)).with(Verb.SEND, 6, Verb.RECEIVE, 6);
            var patience = plain.with(Verb.SEND_IN_TIME, 1, Verb.TRY_SEND, 1, Verb.RECEIVE_IN_TIME, 1, Verb.TRY_RECEIVE,
                    1,
                    Verb.RECEIVE_OR_CLOSED, 1);
            var ends = patience.with(Verb.CLOSE, 1, Verb.TRY_CLOSE, 1, Verb.POISON, 1);
            var choice = plain.with(Verb.SELECT_INPUT, 3, Verb.SELECT_OUTPUT, 3, Verb.PRI_SELECT_INPUT, 3,
                    Verb.PRI_SELECT_OUTPUT, 3, Verb.RANDOM_SELECT_INPUT, 1, Verb.RANDOM_SELECT_OUTPUT, 1,
                    Verb.SEVERAL_GUARDS, 1);
            var patientChoice = choice.with(Verb.OTHERWISE, 1, Verb.AFTER, 1, Verb.TRY_SEND, 1, Verb.TRY_RECEIVE, 1,
                    Verb.MADE_OUTPUT, 3);
            var several = ends.with(Verb.SEND_ALL, 4, Verb.RECEIVE_BATCH, 3, Verb.DRAIN_TO, 2, Verb.ITERATE, 3);
            var async = ends.with(Verb.SEND_ASYNC, 3, Verb.CANCEL_SEND, 3, Verb.RECEIVE_ASYNC, 3, Verb.CANCEL_RECEIVE,
                    3);
            var counted = patience.with(Verb.COUNTED_END, 1, Verb.CLOSE, 4, Verb.RETIRE, 3, Verb.POISON, 1,
                    Verb.SELECT_INPUT, 1, Verb.SELECT_OUTPUT, 1, Verb.SEVERAL_GUARDS, 1);
            var extended = patientChoice.with(Verb.RECEIVE_EXTENDED, 6, Verb.EXTENDED_INPUT, 6, Verb.SEND_ASYNC, 1,
                    Verb.CANCEL_SEND, 1,
                    Verb.SEND_IN_TIME, 1, Verb.POISON, 1, Verb.CLOSE, 1);
            var everything = several.with(Verb.SEND_ASYNC, 1, Verb.CANCEL_SEND, 1, Verb.RECEIVE_ASYNC, 1,
                    Verb.CANCEL_RECEIVE, 1,
                    Verb.SEND_ALL, 1, Verb.RECEIVE_BATCH, 1, Verb.DRAIN_TO, 1, Verb.ITERATE, 1, Verb.RETIRE, 1,
                    Verb.SELECT_INPUT, 4,
                    Verb.SELECT_OUTPUT, 4, Verb.PRI_SELECT_INPUT, 4, Verb.PRI_SELECT_OUTPUT, 4, Verb.OTHERWISE, 1,
                    Verb.AFTER, 1,
                    Verb.RANDOM_SELECT_INPUT, 1, Verb.RANDOM_SELECT_OUTPUT, 1, Verb.RECEIVE_EXTENDED, 1,
                    Verb.EXTENDED_INPUT, 1, Verb.MADE_OUTPUT, 1, Verb.SEVERAL_GUARDS, 1);
            return List.of(plain, patience.named("patience", 1), ends.named("ends", 1), choice.named("choice", 2),
                    patientChoice.named("patient-choice", 2), several.named("several", 1), async.named("async", 1),
                    counted.named("counted", 1), extended.named("extended", 2), everything.named("everything", 3));
        }
    }

    /// Draws operations; each element is sent only once.
    private static final class Draw {
        private final RandomGenerator random;
        private final Mix mix;
        private final List<Setup> setups;
        private int value = 10;

        Draw(RandomGenerator random, Mix mix, List<Setup> setups) {
            this.random = random;
            this.mix = mix;
            this.setups = setups;
        }

        Op op() {
            int channel = random.nextInt(setups.size());
            int end = end(channel);
            var verb = mix.draw(random);
            return switch (verb) {
                case SEND, SEND_IN_TIME, TRY_SEND, SEND_ASYNC, CANCEL_SEND -> new Op.Send(channel, end, value++, verb);
                case RECEIVE, RECEIVE_OR_CLOSED, RECEIVE_IN_TIME, TRY_RECEIVE, RECEIVE_ASYNC,
                        CANCEL_RECEIVE -> new Op.Receive(channel, end,
                                verb, false);
                case RECEIVE_EXTENDED -> new Op.Receive(channel, end, verb, random.nextInt(4) == 0);
                case SEND_ALL -> {
                    value += 2;
                    yield new Op.SendAll(channel, end, List.of(value - 2, value - 1));
                }
                case RECEIVE_BATCH, DRAIN_TO,
                        ITERATE -> new Op.ReceiveSeveral(channel, end, verb, 1 + random.nextInt(2),
                                setups.get(channel).kind.storage() == Kind.Storage.ONCE);
                case CLOSE, RETIRE -> new Op.End(channel, end, verb, 0);
                case POISON -> new Op.End(channel, end, verb, 1 + random.nextInt(2));
                case TRY_CLOSE -> new Op.End(channel, 0, verb, 0);
                case SELECT_INPUT, PRI_SELECT_INPUT,
                        RANDOM_SELECT_INPUT -> choose(order(verb), true, false, Limit.ENDLESS);
                case SELECT_OUTPUT, PRI_SELECT_OUTPUT,
                        RANDOM_SELECT_OUTPUT -> choose(order(verb), false, false, Limit.ENDLESS);
                case EXTENDED_INPUT -> choose(anyOrder(), true, true, Limit.ENDLESS);
                case MADE_OUTPUT -> choose(anyOrder(), false, true, Limit.ENDLESS);
                case OTHERWISE,
                        AFTER -> choose(anyOrder(),
                                mix.weight(Verb.SELECT_INPUT) > 0 && (!both() || random.nextBoolean()),
                                false, verb == Verb.AFTER ? Limit.SOME : Limit.NONE);
                case COUNTED_END, SEVERAL_GUARDS, INTERRUPTION -> throw new AssertionError(verb);
            };
        }

        private int end(int channel) {
            int ends = setups.get(channel).ends;
            return ends == 0 ? 0 : random.nextInt(ends + 1);
        }

        private static Order order(Verb verb) {
            return switch (verb) {
                case SELECT_INPUT, SELECT_OUTPUT -> Order.FAIR;
                case RANDOM_SELECT_INPUT, RANDOM_SELECT_OUTPUT -> Order.RANDOM;
                default -> Order.PRIORITY;
            };
        }

        private Order anyOrder() {
            return mix.weight(Verb.PRI_SELECT_INPUT) > 0 && random.nextBoolean() ? Order.PRIORITY : Order.FAIR;
        }

        private Op choose(Order order, boolean inputFirst, boolean special, Limit limit) {
            var offers = new ArrayList<Op.Offer>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                boolean input = offers.isEmpty() ? inputFirst : both() ? random.nextBoolean() : inputFirst;
                int channel = random.nextInt(setups.size());
                if (mix.weight(Verb.SEVERAL_GUARDS) == 0
                        && offers.stream().anyMatch(offer -> offer.channel() == channel))
                    continue;
                boolean specially = offers.isEmpty()
                        ? special
                        : mix.weight(input ? Verb.EXTENDED_INPUT : Verb.MADE_OUTPUT) > 0 && random.nextInt(4) == 0;
                offers.add(new Op.Offer(channel, end(channel), input ? -1 : value++, specially));
            }
            return new Op.Choose(offers, order, limit);
        }

        private boolean both() {
            return mix.weight(Verb.SELECT_INPUT) > 0 && mix.weight(Verb.SELECT_OUTPUT) > 0;
        }
    }

    @Override public String toString() {
        var text = new StringBuilder("channels " + channels);
        for (int i = 0; i < threads.size(); i++) text.append("\n  p").append(i).append(": ").append(threads.get(i));
        return text.toString();
    }
}
