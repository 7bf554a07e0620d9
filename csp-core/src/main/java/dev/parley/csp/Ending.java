package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// How a channel ended: once set in a channel it is replaced only by a stronger one, poison over close.
///
/// @param poisoned whether by poison
/// @param cause why, for poison
record Ending(boolean poisoned, @Nullable Throwable cause) {
    static final Ending CLOSED = new Ending(false, null);

    static Ending poisonedBy(Throwable cause) {
        return new Ending(true, cause);
    }

    String describe() {
        return poisoned ? "poisoned by " + cause : "closed";
    }

    /// What `operation` throws on a channel that ended so.
    ChannelException failure(String operation, String channel, String kind) {
        var message = operation + " Channel \"" + channel + "\" [" + kind + ", " + describe() + "]";
        return poisoned ? new ChannelPoisoned(channel, message, cause) : new ChannelClosed(channel, message);
    }
}
