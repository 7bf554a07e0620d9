package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// One operation that waits in one queue of one channel: a node of that queue and the way to tell whoever waits.
///
/// A waiter in a queue is undecided. Under the channel's lock, a partner takes it out and calls [#claim]; if that answers true, the
/// operation is the partner's to decide, once and for all: it sets or reads [#item], leaves the lock, and calls [#finish]. Only guards of an
/// Alt can answer false: then another of its guards was chosen elsewhere, and the partner goes on to the next waiter.
abstract class Waiter {
    /// What became of an operation that happened (DONE) or found its channel closed and empty (CLOSED, receivers only). One whose channel was
    /// poisoned has the [Ending] as its outcome.
    enum Outcome { DONE, CLOSED }

    // Links and membership, guarded by the channel's lock.
    @Nullable Waiter previous, next;
    @Nullable WaitQueue queue;

    /// The element: set by a waiting sender before it waits, by a partner of a waiting receiver before it finishes it.
    @Nullable Object item;

    /// Makes the operation the caller's. Under the channel's lock.
    abstract boolean claim();

    /// Tells the claimed operation its outcome. Outside the lock; the waiter must not be touched afterwards, since its owner may already
    /// use it again.
    abstract void finish(Object outcome);

    /// Tells a waiting receiver, claimed or not, that its channel closed. Outside the lock.
    abstract void sourceClosed();
}
