package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// The channel was poisoned: one side failed or left, so the other side ends too. The cause says why.
public final class ChannelPoisoned extends ChannelException {
    private static final long serialVersionUID = 1;

    /// @param channel the channel's name
    /// @param message what was tried, and in which state the channel was
    /// @param cause why the channel was poisoned, as given by the one who did
    public ChannelPoisoned(String channel, String message, @Nullable Throwable cause) {
        super(channel, message, cause);
    }

    /// Whether nobody failed: the last receiver retired, since it needs no more. A sender that has nothing else to do may then end in order.
    public boolean receiverGone() {
        return getCause() instanceof ReceiverGone;
    }
}
