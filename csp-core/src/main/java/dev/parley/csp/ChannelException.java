package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// A channel operation that cannot happen, now or later, because of what became of the channel.
public abstract sealed class ChannelException extends RuntimeException permits ChannelClosed, ChannelPoisoned {
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
