package dev.parley.net;

import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import org.jspecify.annotations.Nullable;

/// What became of an offer.
sealed interface Verdict {
    /// It happened, or it was taken back.
    enum Plain implements Verdict { TAKEN, NOT_TAKEN }

    /// It was taken by a receiver, which then failed, or was lost before it had the element for certain.
    ///
    /// @param cause how
    record ReceiverGaveUp(Exception cause) implements Verdict {}

    /// An element came.
    ///
    /// @param item it, or a [dev.parley.csp.Held] of it
    record Came(Object item) implements Verdict {}

    /// Nothing happened, because this side will not bear more.
    ///
    /// @param why says the limit
    record Refused(String why) implements Verdict {}

    /// Whether a receiver had the element, or was to have it.
    static boolean happened(Verdict verdict) {
        return verdict == Plain.TAKEN || verdict instanceof ReceiverGaveUp;
    }

    /// The channel had ended.
    ///
    /// @param poisoned by poison, else by a close
    /// @param strength of the poison
    /// @param cause why, for poison
    record Ended(boolean poisoned, int strength, @Nullable Throwable cause) implements Verdict {
        static final Ended CLOSED = new Ended(false, 0, null);

        /// By the loss of a link, against which no channel is immune.
        static Ended lostBy(LinkLost cause) {
            return new Ended(true, LinkLost.STRENGTH, cause);
        }

        static Ended poisonedBy(int strength, Throwable cause) {
            return new Ended(true, strength, cause);
        }

        /// The exception of an operation, to be thrown where the operation was called.
        ChannelException failure(String operation, String channel, String peer) {
            var message = operation + " Channel \"" + channel + "\" at " + peer + " ["
                    + (poisoned ? "poisoned by " + cause : "closed") + "]";
            return poisoned
                    ? new ChannelPoisoned(channel, message, strength, cause)
                    : new ChannelClosed(channel, message);
        }
    }
}
