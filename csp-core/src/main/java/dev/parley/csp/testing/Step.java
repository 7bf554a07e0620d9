package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
import java.util.List;

/// What an operation does to the [Spec] at one instant. Most operations are one step, a batch is several.
sealed interface Step {
    /// What became of a step that is over, other than a Boolean, an element or a [ChannelProvider.Chosen].
    ///
    /// - SENT: the element was sent
    /// - NOTHING: there was neither partner nor room nor element, or not in time
    /// - CLOSED: at the orderly end
    /// - POISONED: after a failure
    /// - POISONED_STRONGLY: after a failure whose poison was of strength 2
    /// - FAILED: an extended receiver took the element and failed
    /// - INTERRUPTED: interrupted, without effect
    /// - DONE: over, with nothing to tell
    enum Result {
        SENT, NOTHING, CLOSED, POISONED, POISONED_STRONGLY, FAILED, INTERRUPTED, DONE;

        private final String text = name().toLowerCase(java.util.Locale.ROOT);

        @Override public String toString() {
            return text;
        }
    }

    /// Gives an element.
    record Send(int channel, int value, Limit limit) implements Step {}

    /// Takes an element.
    record Receive(int channel, boolean extended, Limit limit) implements Step {}

    /// Lets a sender go whose element was received.
    record Release(boolean failed) implements Step {}

    /// Ends in order.
    record Close(int channel) implements Step {}

    /// Ends as a failure.
    record Poison(int channel, int strength) implements Step {}

    /// Ends for want of receivers.
    record Retire(int channel) implements Step {}

    /// Asks whether a counted end is in service: [Result#DONE], or [Result#CLOSED].
    record Pass(int channel, int end, boolean sending) implements Step {}

    /// Takes a counted end out of service, and, if it was the last, ends the channel.
    record Leave(int channel, int end, boolean sending) implements Step {}

    /// Chooses.
    record Choose(List<Op.Offer> offers, Order order, Limit limit) implements Step {
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
