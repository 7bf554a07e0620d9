package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// The channel was poisoned: one side failed or left, so the other side ends too. The cause says why.
public final class ChannelPoisoned extends ChannelException {
    private static final long serialVersionUID = 1;

    private final int strength;

    /// @param channel the channel's name
    /// @param message what was tried, and in which state the channel was
    /// @param strength of the poison, at least 1
    /// @param cause why the channel was poisoned, as given by the one who did
    public ChannelPoisoned(String channel, String message, int strength, @Nullable Throwable cause) {
        super(channel, message, cause);
        this.strength = strength;
    }

    /// How strong the poison was, for who passes it on: see [Sender#poison(int, Throwable)].
    public int strength() {
        return strength;
    }

    /// Whether nobody failed: the last receiver retired, since it needs no more. A sender that has nothing else to do may then end in order.
    public boolean receiverGone() {
        return getCause() instanceof ReceiverGone;
    }
}
