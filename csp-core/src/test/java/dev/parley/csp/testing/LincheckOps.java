package dev.parley.csp;

import dev.parley.loop.waiting.Waiting;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;

/// Channels under test by Lincheck: of the kinds that [Kinds] names, with the operations of [#TABLE] by number.
abstract class LincheckOps {
    /// The kinds of the channels, on a subclass.
    @Retention(RetentionPolicy.RUNTIME)
    @interface Kinds {
        Kind[] value();

        /// Which operations of the table scenarios are made of.
        int from();

        /// Which operation is the first that is not used.
        int to();
    }

    /// Plain operations on one channel, then endings, then choice over two.
    static final List<Op> TABLE = List.of(
            new Op.Send(0, 10, Op.Patience.ENDLESS), new Op.Send(0, 11, Op.Patience.ENDLESS),
            new Op.Send(0, 12, Op.Patience.NONE),
            new Op.Receive(0, Op.Patience.ENDLESS), new Op.Receive(0, Op.Patience.ENDLESS),
            new Op.Receive(0, Op.Patience.NONE),
            new Op.Close(0), new Op.Poison(0), new Op.Close(0),
            new Op.Send(0, 20, Op.Patience.ENDLESS), new Op.Send(1, 21, Op.Patience.NONE),
            new Op.Receive(0, Op.Patience.NONE), new Op.Receive(1, Op.Patience.ENDLESS),
            choose(false, Op.Patience.ENDLESS, new Op.Offer(0, -1), new Op.Offer(1, -1)),
            choose(true, Op.Patience.ENDLESS, new Op.Offer(0, -1), new Op.Offer(1, 22)),
            choose(false, Op.Patience.ENDLESS, new Op.Offer(1, 23), new Op.Offer(0, 24)),
            choose(true, Op.Patience.NONE, new Op.Offer(1, -1), new Op.Offer(0, 25)),
            choose(false, Op.Patience.ENDLESS, new Op.Offer(0, 26), new Op.Offer(0, -1), new Op.Offer(1, -1)));

    /// Numbers in [#TABLE].
    static final int PLAIN = 0, ENDINGS = 6, CHOICE = 9, END = TABLE.size();

    /// Lincheck takes what no other thread can reach for local: so all can.
    static volatile List<Channel<Integer>> reachable = List.of();

    private final List<Channel<Integer>> channels;

    LincheckOps() {
        this(null);
    }

    /// With channels of another kind than the annotation says, if not null: to see the verifier object.
    LincheckOps(@Nullable Kind other) {
        var kinds = kinds(getClass());
        channels = IntStream.range(0, kinds.size())
                .mapToObj(i -> (other == null ? kinds.get(i) : other).channel("c" + i)).toList();
        reachable = channels;
    }

    /// How operations wait.
    Waiting waiting() {
        return new SemaphoreWaiting();
    }

    static List<Kind> kinds(Class<?> ops) {
        return List.of(ops.getAnnotation(Kinds.class).value());
    }

    private static Op choose(boolean priority, Op.Patience patience, Op.Offer... offers) {
        return new Op.Choose(List.of(offers), priority, patience);
    }

    /// Does one operation.
    @Operation public Object perform(int number) {
        var result = new Object[1];
        waiting().within(() -> result[0] = TABLE.get(number).perform(channels));
        return result[0];
    }
}
