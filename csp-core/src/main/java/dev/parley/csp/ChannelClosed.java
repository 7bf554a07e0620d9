package dev.parley.csp;

/// No element will come (to a receiver), or none is accepted any more (from a sender), because the channel was closed.
/// This is the orderly end of a stream.
public final class ChannelClosed extends ChannelException {
    private static final long serialVersionUID = 1;

    /// @param channel the channel's name
    /// @param message what was tried, and in which state the channel was
    public ChannelClosed(String channel, String message) {
        super(channel, message, null);
    }
}
