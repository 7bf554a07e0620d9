package dev.parley.net;

import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import org.jspecify.annotations.Nullable;

/// What became of an offer.
sealed interface Verdict {
    /// It happened, or it was taken back.
    enum Plain implements Verdict { TAKEN, NOT_TAKEN }

    /// The channel had ended.
    ///
    /// @param poisoned by poison, else by a close
    /// @param cause why, for poison
    record Ended(boolean poisoned, @Nullable Throwable cause) implements Verdict {
        static final Ended CLOSED = new Ended(false, null);

        static Ended poisonedBy(Throwable cause) {
            return new Ended(true, cause);
        }

        /// The exception of an operation, to be thrown where the operation was called.
        ChannelException failure(String operation, String channel, String peer) {
            var message = operation + " Channel \"" + channel + "\" at " + peer + " ["
                    + (poisoned ? "poisoned by " + cause : "closed") + "]";
            return poisoned ? new ChannelPoisoned(channel, message, 1, cause) : new ChannelClosed(channel, message);
        }
    }
}
