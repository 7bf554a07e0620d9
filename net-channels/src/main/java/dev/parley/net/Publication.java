package dev.parley.net;

import dev.parley.net.Permissions.Use;
import java.util.Set;

/// What this node publishes under a name.
sealed interface Publication permits Published, PublishedBarrier {
    String name();

    /// `Channel` or `Barrier`, for messages.
    String kind();

    /// What a peer may want of it. Who may do any of that may know of it, and poison it.
    Set<Use> uses();

    /// Ends it for all who use it.
    ///
    /// @return whether it was the first
    boolean poison(int strength, Throwable cause);

    /// The node closes, or has lost the only link that it can have.
    void abandoned(LinkLost why);
}
