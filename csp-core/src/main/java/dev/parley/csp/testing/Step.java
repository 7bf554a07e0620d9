package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import java.util.List;

/// What an operation does to the [Spec] at one instant. Most operations are one step, a batch is several.
sealed interface Step {
    /// What became of a step that is over, other than a Boolean, an element or a [ChannelProvider.Chosen].
    enum Result {
        /// The element was sent.
        SENT,
        /// There was neither partner nor room nor element, or not in time.
        NOTHING,
        /// At the orderly end.
        CLOSED,
        /// After a failure.
        POISONED,
        /// Interrupted, without effect.
        INTERRUPTED,
        /// Over, with nothing to tell.
        DONE;

        private final String text = name().toLowerCase(java.util.Locale.ROOT);

        @Override public String toString() {
            return text;
        }
    }

    /// Gives an element.
    record Send(int channel, int value, Limit limit) implements Step {}

    /// Takes an element.
    record Receive(int channel, Limit limit) implements Step {}

    /// Ends in order.
    record Close(int channel) implements Step {}

    /// Ends as a failure.
    record Poison(int channel) implements Step {}

    /// Ends for want of receivers.
    record Retire(int channel) implements Step {}

    /// Asks whether a counted end is in service: [Result#DONE], or [Result#CLOSED].
    record Pass(int channel, int end, boolean sending) implements Step {}

    /// Takes a counted end out of service: whether it was the last.
    record Leave(int channel, int end, boolean sending) implements Step {}

    /// Chooses.
    record Choose(List<Op.Offer> offers, boolean byPriority, Limit limit) implements Step {
        @Override public boolean interruptible() {
            return true;
        }
    }

    /// Whether an interruption can be its end.
    default boolean interruptible() {
        return limit() != Limit.NONE;
    }

    /// How long it waits if it must.
    default Limit limit() {
        return Limit.NONE;
    }
}
