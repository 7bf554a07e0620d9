package dev.parley.csp;

/// An extended receiver took the element and failed while the sender waited for it: see [Receiver#receiveExtended()]. The cause says how. The
/// channel goes on.
public final class ReceiverFailed extends ChannelException {
    private static final long serialVersionUID = 1;

    /// @param channel the channel's name
    /// @param cause how the receiver failed
    public ReceiverFailed(String channel, Throwable cause) {
        super(channel, "the receiver of an element of Channel \"" + channel + "\" took it and then failed: " + cause,
                cause);
    }
}
