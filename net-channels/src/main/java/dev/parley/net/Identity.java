package dev.parley.net;

import java.security.SecureRandom;

/// Which node this is, and which of its lives: the epoch tells a node that was started again from the one before.
///
/// @param high the upper half of a random 128-bit number
/// @param low its lower half
/// @param epoch larger in a later life
record Identity(long high, long low, long epoch) {
    static Identity fresh() {
        var random = new SecureRandom();
        return new Identity(random.nextLong(), random.nextLong(), System.currentTimeMillis());
    }
}
