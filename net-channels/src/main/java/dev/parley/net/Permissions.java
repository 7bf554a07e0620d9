package dev.parley.net;

/// Which peer may do what with which name: see [Node.Config#withPermissions]. Asked on the node's thread, so it must be quick and must not block; what it
/// throws counts as a no.
@FunctionalInterface public interface Permissions {
    /// What a peer wants. `SEND`: into a channel of this node. `RECEIVE`: from one. Either lets it poison the channel; a name that it may not use looks to it as if it were
    /// not published. `SYNC`: take part in a barrier of this node, and so let all others wait for it; or poison that. `PUBLISH`: a channel or barrier of its own, for this node to find; one that it may not publish is not found.
    enum Use { SEND, RECEIVE, SYNC, PUBLISH }

    /// Whether `peer` may.
    ///
    /// @param peer the subject of its certificate, as in RFC 2253; empty if it proved itself otherwise
    /// @param use what for
    /// @param name of the channel or barrier
    boolean allows(String peer, Use use, String name);
}
