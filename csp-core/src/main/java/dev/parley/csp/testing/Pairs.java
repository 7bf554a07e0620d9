package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The operations that are tried two by two.
final class Pairs {
    private Pairs() {}

    /// At least one for each verb.
    static List<Op> operations(Set<Verb> able) {
        var all = new ArrayList<Op>();
        int end = able.contains(Verb.COUNTED_END) ? 1 : 0;
        for (var verb : Verb.values()) {
            if (!able.contains(verb)) continue;
            switch (verb) {
                case SEND,SEND_IN_TIME,TRY_SEND,SEND_ASYNC,CANCEL_SEND -> all.add(new Op.Send(0, 0, 10, verb));
                case RECEIVE,RECEIVE_OR_CLOSED,RECEIVE_IN_TIME,TRY_RECEIVE,RECEIVE_ASYNC,CANCEL_RECEIVE -> all
                        .add(new Op.Receive(0, 0, verb));
                case SEND_ALL -> all.add(new Op.SendAll(0, 0, List.of(10, 11)));
                case RECEIVE_BATCH,DRAIN_TO,ITERATE -> all.add(new Op.ReceiveSeveral(0, 0, verb, 2));
                case CLOSE,TRY_CLOSE,POISON,RETIRE -> all.add(new Op.End(0, 0, verb));
                case COUNTED_END -> {
                    all.add(new Op.Send(0, end, 10, Verb.SEND));
                    all.add(new Op.Receive(0, end, Verb.RECEIVE));
                    all.add(new Op.End(0, end, Verb.CLOSE));
                    all.add(new Op.End(0, end, Verb.RETIRE));
                }
                case SELECT_INPUT -> all.add(choose(false, Limit.ENDLESS, -1));
                case SELECT_OUTPUT -> all.add(choose(false, Limit.ENDLESS, 10));
                case PRI_SELECT_INPUT -> all.add(choose(true, Limit.ENDLESS, able.contains(Verb.PRI_SELECT_OUTPUT)
                        ? new int[] {-1, 10}
                        : new int[] {-1}));
                case PRI_SELECT_OUTPUT -> all.add(choose(true, Limit.ENDLESS, able.contains(Verb.PRI_SELECT_INPUT)
                        ? new int[] {10, -1}
                        : new int[] {10}));
                case OTHERWISE -> all.add(choose(false, Limit.NONE, able.contains(Verb.SELECT_INPUT) ? -1 : 10));
                case AFTER -> all.add(choose(false, Limit.SOME, able.contains(Verb.SELECT_INPUT) ? -1 : 10));
                case INTERRUPTION -> {}
            }
        }
        return all;
    }

    private static Op choose(boolean byPriority, Limit limit, int... values) {
        var offers = new ArrayList<Op.Offer>();
        for (int value : values) offers.add(new Op.Offer(0, value));
        return new Op.Choose(offers, byPriority, limit);
    }

    /// The same with other elements, so that those of two threads can be told apart.
    static Op other(Op op) {
        return switch (op) {
            case Op.Send send -> new Op.Send(send.channel(), send.end(), send.value() + 10, send.verb());
            case Op.SendAll all -> new Op.SendAll(all.channel(), all.end(), all.values().stream().map(value -> value + 10).toList());
            case Op.Choose choose -> new Op.Choose(choose.offers().stream()
                    .map(offer -> offer.input() ? offer : new Op.Offer(offer.channel(), offer.value() + 10)).toList(),
                    choose.byPriority(), choose.limit());
            case Op.Receive _,Op.ReceiveSeveral _,Op.End _ -> op;
        };
    }
}
