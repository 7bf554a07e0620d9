package dev.parley.net;

/// Which peer may do what with which channel name: see [Node.Config#withPermissions]. Asked on the node's thread, so it must be quick and must not block; what it
/// throws counts as a no.
@FunctionalInterface public interface Permissions {
    /// What a peer wants. `SEND`: into a channel of this node. `RECEIVE`: from one. Either lets it poison the channel; a name that it may not use looks to it as if it were
    /// not published. `PUBLISH`: a channel of its own, for this node to find; one that it may not publish is not found.
    enum Use { SEND, RECEIVE, PUBLISH }

    /// Whether `peer` may.
    ///
    /// @param peer the subject of its certificate, as in RFC 2253; empty if it proved itself otherwise
    /// @param use what for
    /// @param channel the name of the channel
    boolean allows(String peer, Use use, String channel);
}
