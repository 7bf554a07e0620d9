package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// How a channel ended: once set in a channel it is replaced only by a stronger one, poison over close.
///
/// @param strength of the poison; 0 for a close
/// @param cause why, for poison
record Ending(int strength, @Nullable Throwable cause) {
    static final Ending CLOSED = new Ending(0, null);

    boolean poisoned() {
        return strength > 0;
    }

    String describe() {
        return poisoned() ? "poisoned by " + cause : "closed";
    }

    /// What `operation` throws on a channel that ended so.
    ChannelException failure(String operation, String channel, String kind) {
        var message = operation + " Channel \"" + channel + "\" [" + kind + ", " + describe() + "]";
        return poisoned()
                ? new ChannelPoisoned(channel, message, strength, cause)
                : new ChannelClosed(channel, message);
    }
}
