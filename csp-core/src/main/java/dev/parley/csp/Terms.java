package dev.parley.csp;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// What a channel was told beyond its kind. Most channels have none, and so do not pay for it.
final class Terms {
    volatile @Nullable Consumer<Object> discard; // volatile: called outside the lock

    // Guarded by the channel's lock.
    int immunity;
    int senderEnds, receiverEnds; // counted and not yet retired
    @Nullable Account account; // of what has passed, if that is kept
}
