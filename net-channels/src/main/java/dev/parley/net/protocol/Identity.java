package dev.parley.net.protocol;

import java.security.SecureRandom;

/// Which node this is, and which of its lives: the epoch tells a node that was started again from the one before.
///
/// @param node the node
/// @param epoch larger in a later life
public record Identity(Id node, long epoch) {
    public static Identity fresh(SecureRandom random) {
        return new Identity(Id.random(random), System.currentTimeMillis());
    }
}
