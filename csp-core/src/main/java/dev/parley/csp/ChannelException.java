package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// A channel operation that failed, because of what became of the channel or of the partner.
public abstract sealed class ChannelException extends RuntimeException
        permits ChannelClosed, ChannelPoisoned, ReceiverFailed {
    private static final long serialVersionUID = 1;

    private final String channel;

    ChannelException(String channel, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.channel = channel;
    }

    /// The name of the channel.
    public String channel() {
        return channel;
    }
}
