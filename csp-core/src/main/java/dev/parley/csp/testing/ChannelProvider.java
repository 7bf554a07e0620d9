package dev.parley.csp.testing;

import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/// Makes the channels that a [ChannelSuite] is to verify: the one interface to implement.
///
/// ```java
/// class Queues implements ChannelProvider {
///     public List<Kind> kinds() { return List.of(Kind.buffered(2)); }
///     public Set<Verb> verbs() { return EnumSet.of(Verb.SEND, Verb.TRY_RECEIVE); }
///     public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
///         var queue = new ArrayBlockingQueue<Integer>(kind.capacity());
///         return new ChannelUnderTest() {
///             public void send(int value) throws InterruptedException { queue.put(value); }
///             public @Nullable Integer tryReceive() { return queue.poll(); }
///         };
///     }
/// }
/// ```
///
/// Channels of Parley's own types need no more than [ChannelUnderTest#of].
public interface ChannelProvider {
    /// The kinds of channels it makes. The first is used most, so let it be the one that waits most.
    List<Kind> kinds();

    /// What its channels can do.
    Set<Verb> verbs();

    /// A new channel.
    ///
    /// @param discarded to be called with each element that was accepted and will never be received
    ChannelUnderTest make(Kind kind, String name, IntConsumer discarded);

    /// Makes a choice among `guards`, and says what happened. Needed only by those who promise a verb of choice; as it is, it chooses by
    /// [dev.parley.csp.Alt] among channels from [ChannelUnderTest#of].
    ///
    /// @param order which of several that are ready is to be chosen
    /// @param limit how long to wait
    /// @return what was chosen; null if none, within the limit
    /// @throws dev.parley.csp.ChannelClosed if all channels of input guards are closed and empty, or one of an output guard is closed
    /// @throws dev.parley.csp.ChannelPoisoned if one of the channels is poisoned
    /// @throws dev.parley.csp.ReceiverFailed if an element was sent to an extended receiver that failed
    default @Nullable Chosen choose(List<Guarded> guards, Order order, Limit limit) throws Exception {
        return ParleyChannel.choose(guards, order, limit);
    }

    /// Which of several ready guards a choice chooses.
    ///
    /// - FAIR: any, but none is passed over for ever: [Verb#SELECT_INPUT], [Verb#SELECT_OUTPUT]
    /// - PRIORITY: the first: [Verb#PRI_SELECT_INPUT], [Verb#PRI_SELECT_OUTPUT]
    /// - RANDOM: any: [Verb#RANDOM_SELECT_INPUT], [Verb#RANDOM_SELECT_OUTPUT]
    enum Order { FAIR, PRIORITY, RANDOM }

    /// How long a choice waits.
    ///
    /// - NONE: not at all
    /// - SOME: for [#TIME]
    /// - ENDLESS: for ever
    enum Limit {
        NONE, SOME, ENDLESS;

        /// The time limit of all operations that have one.
        public static final java.time.Duration TIME = java.time.Duration.ofMillis(1);
    }

    /// One of the things to choose from.
    ///
    /// @param channel where
    /// @param value to be sent; null to receive
    /// @param special whether the value is to be made when it is chosen ([Verb#MADE_OUTPUT]), or the sender to wait while the element is handled
    ///        ([Verb#EXTENDED_INPUT])
    record Guarded(ChannelUnderTest channel, @Nullable Integer value, boolean special) {}

    /// What a choice did.
    ///
    /// @param guard its place in the list
    /// @param received what was received; null if it was a sending guard
    record Chosen(int guard, @Nullable Integer received) {}
}
