package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The operations that are tried two by two.
final class Pairs {
    private Pairs() {}

    /// At least one for each verb.
    static List<Op> operations(Set<Verb> able, boolean once) {
        var all = new ArrayList<Op>();
        int end = able.contains(Verb.COUNTED_END) ? 1 : 0;
        boolean several = able.contains(Verb.SEVERAL_GUARDS);
        for (var verb : Verb.values()) {
            if (!able.contains(verb)) continue;
            switch (verb) {
                case SEND, SEND_IN_TIME, TRY_SEND, SEND_ASYNC, CANCEL_SEND -> all.add(new Op.Send(0, 0, 10, verb));
                case RECEIVE, RECEIVE_OR_CLOSED, RECEIVE_IN_TIME, TRY_RECEIVE, RECEIVE_ASYNC, CANCEL_RECEIVE,
                        RECEIVE_EXTENDED -> all
                                .add(new Op.Receive(0, 0, verb, false));
                case SEND_ALL -> all.add(new Op.SendAll(0, 0, List.of(10, 11)));
                case RECEIVE_BATCH, DRAIN_TO, ITERATE -> all.add(new Op.ReceiveSeveral(0, 0, verb, 2, once));
                case CLOSE, TRY_CLOSE, RETIRE -> all.add(new Op.End(0, 0, verb, 0));
                case POISON -> {
                    all.add(new Op.End(0, 0, verb, 1));
                    all.add(new Op.End(0, 0, verb, 2));
                }
                case COUNTED_END -> {
                    all.add(new Op.Send(0, end, 10, Verb.SEND));
                    all.add(new Op.Receive(0, end, Verb.RECEIVE, false));
                    all.add(new Op.End(0, end, Verb.CLOSE, 0));
                    all.add(new Op.End(0, end, Verb.RETIRE, 0));
                }
                case SELECT_INPUT -> all.add(choose(Order.FAIR, Limit.ENDLESS, -1));
                case SELECT_OUTPUT -> all.add(choose(Order.FAIR, Limit.ENDLESS, 10));
                case PRI_SELECT_INPUT -> all.add(choose(Order.PRIORITY, Limit.ENDLESS,
                        several && able.contains(Verb.PRI_SELECT_OUTPUT) ? new int[]{-1, 10} : new int[]{-1}));
                case PRI_SELECT_OUTPUT -> all.add(choose(Order.PRIORITY, Limit.ENDLESS,
                        several && able.contains(Verb.PRI_SELECT_INPUT) ? new int[]{10, -1} : new int[]{10}));
                case RANDOM_SELECT_INPUT -> all.add(choose(Order.RANDOM, Limit.ENDLESS, -1));
                case RANDOM_SELECT_OUTPUT -> all.add(choose(Order.RANDOM, Limit.ENDLESS, 10));
                case EXTENDED_INPUT -> all
                        .add(new Op.Choose(List.of(new Op.Offer(0, 0, -1, true)), Order.FAIR, Limit.ENDLESS));
                case MADE_OUTPUT -> all
                        .add(new Op.Choose(List.of(new Op.Offer(0, 0, 10, true)), Order.FAIR, Limit.ENDLESS));
                case OTHERWISE -> all.add(choose(Order.FAIR, Limit.NONE, able.contains(Verb.SELECT_INPUT) ? -1 : 10));
                case AFTER -> all.add(choose(Order.FAIR, Limit.SOME, able.contains(Verb.SELECT_INPUT) ? -1 : 10));
                case SEVERAL_GUARDS, INTERRUPTION -> {}
            }
        }
        return all;
    }

    private static Op choose(Order order, Limit limit, int... values) {
        var offers = new ArrayList<Op.Offer>();
        for (int value : values) offers.add(new Op.Offer(0, 0, value, false));
        return new Op.Choose(offers, order, limit);
    }

    /// The same with other elements, so that those of two threads can be told apart.
    static Op other(Op op) {
        return switch (op) {
            case Op.Send send -> new Op.Send(send.channel(), send.end(), send.value() + 10, send.verb());
            case Op.SendAll all -> new Op.SendAll(all.channel(), all.end(),
                    all.values().stream().map(value -> value + 10).toList());
            case Op.Choose choose -> new Op.Choose(choose.offers().stream()
                    .map(offer -> offer.input()
                            ? offer
                            : new Op.Offer(offer.channel(), offer.end(), offer.value() + 10, offer.special()))
                    .toList(), choose.order(), choose.limit());
            case Op.Receive _,Op.ReceiveSeveral _,Op.End _ -> op;
        };
    }
}
