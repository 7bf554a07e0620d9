package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// One operation that waits in one queue of one channel: a node of that queue and the way to tell whoever waits.
///
/// A waiter in a queue is undecided. Under the channel's lock, a partner claims it and takes it out; the operation is then the
/// partner's to decide, once and for all: it sets or reads [#item], leaves the lock, and calls [#finish]. Only guards of an Alt can refuse a claim.
abstract class Waiter {
    /// What became of an operation that happened (DONE) or found its channel closed and empty (CLOSED, receivers only). One whose channel was
    /// poisoned has the [Ending] as its outcome, one that failed otherwise a [Thrown].
    enum Outcome { DONE, CLOSED }

    /// Something was thrown where this operation cannot catch it.
    ///
    /// @param failure what it throws for that
    record Thrown(Throwable failure) {}

    /// What a claim finds.
    ///
    /// - MINE: it succeeded
    /// - GONE: the Alt is decided elsewhere; its guard may be taken out
    /// - BUSY: somebody has reserved the Alt and may release it again; its guard stays
    enum Claim { MINE, GONE, BUSY }

    static final byte NOWHERE = 0, SENDING = 1, RECEIVING = 2;

    // Links and membership, guarded by the channel's lock. Out of the queue, the links are the claimant's.
    @Nullable Waiter previous, next;
    byte place = NOWHERE;

    /// Whether this waits nowhere else, so that taking it out of the queue is all there is to a claim.
    final boolean sole;

    /// Whether the receiver acts on the element while the sender stays: then the sender is put into [#held] and finished by the receiver.
    boolean extended;

    /// The element: set by a waiting sender before it waits, by a partner of a waiting receiver before it finishes it.
    @Nullable Object item;

    /// The sender that stays while an extended receiver acts; set by that sender before it finishes this.
    @Nullable Waiter held;

    Waiter(boolean sole) {
        this.sole = sole;
    }

    /// The thread whose operation this is, if it waits; null if nobody knows.
    abstract @Nullable Thread owner();

    /// Makes the operation the caller's. Under the channel's lock.
    abstract Claim claim();

    /// Sets [#item] of a claimed sender that makes its element only now.
    ///
    /// @return false if that failed; then this is finished
    boolean fill() {
        return true;
    }

    /// As [#claim], but to be followed, still under the lock, by [#commit] or [#letGo]. Others who want the operation meanwhile spin. Who holds several
    /// takes them in order of the ids of their Alts.
    Claim hold() {
        return claim();
    }

    /// Makes what is held claimed.
    void commit() {}

    /// Gives up what is held, as if it had not been.
    void letGo() {}

    /// Tells the claimed operation its outcome. Outside the lock; the waiter must not be touched afterwards, since its owner may already
    /// use it again.
    abstract void finish(Object outcome);

    /// Tells a waiting receiver, claimed or not, that its channel closed. Outside the lock.
    abstract void sourceClosed();
}
