package dev.parley.csp;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// Those who wait on the two sides of a channel, each side in order of arrival; and the lock that guards both. Every operation but looking for one who
/// can be claimed is O(1) and leaves nothing behind.
///
/// A side is a ring of waiters, known by its first; what stands before the first is the last. A superclass rather than two objects, since there may be
/// a million channels.
@SuppressWarnings("NullAway") // the links of a waiter that is in a ring are not null
abstract class WaitQueues extends SpinLock {
    private @Nullable Waiter firstSender, firstReceiver;

    // Plain reads without the lock: a hint, to be confirmed under it.

    final boolean anySender() {
        return firstSender != null;
    }

    final boolean anyReceiver() {
        return firstReceiver != null;
    }

    final boolean firstSenderIsSole() {
        var first = firstSender;
        return first != null && first.sole;
    }

    final boolean firstReceiverIsSole() {
        var first = firstReceiver;
        return first != null && first.sole;
    }

    /// What this is and in which state, without counting who waits, for all of whom it may have to be said.
    abstract String inShort();

    /// Takes an undecided operation back.
    ///
    /// @return false if it is decided
    abstract boolean withdraw(Waiter self);

    // All that follows: under the lock.

    final void addSender(Waiter waiter) {
        firstSender = append(firstSender, waiter);
        waiter.place = Waiter.SENDING;
    }

    final void addReceiver(Waiter waiter) {
        firstReceiver = append(firstReceiver, waiter);
        waiter.place = Waiter.RECEIVING;
    }

    /// Puts a receiver that was held and let go back to where it was taken from: the front.
    final void returnReceiver(Waiter waiter) {
        append(firstReceiver, waiter);
        firstReceiver = waiter;
        waiter.place = Waiter.RECEIVING;
    }

    private static Waiter append(@Nullable Waiter first, Waiter waiter) {
        if (first == null) {
            waiter.previous = waiter.next = waiter;
            return waiter;
        }
        var last = first.previous;
        waiter.previous = last;
        waiter.next = first;
        last.next = waiter;
        first.previous = waiter;
        return first;
    }

    /// Takes `waiter` out.
    ///
    /// @return false if it was not there (any more): somebody claimed it
    final boolean remove(Waiter waiter) {
        switch (waiter.place) {
            case Waiter.SENDING -> firstSender = unlink(firstSender, waiter);
            case Waiter.RECEIVING -> firstReceiver = unlink(firstReceiver, waiter);
            default -> { return false; }
        }
        waiter.place = Waiter.NOWHERE;
        return true;
    }

    private static @Nullable Waiter unlink(@Nullable Waiter first, Waiter waiter) {
        var after = waiter.next;
        waiter.next = null;
        if (after == waiter) {
            waiter.previous = null;
            return null;
        }
        var before = waiter.previous;
        waiter.previous = null;
        before.next = after;
        after.previous = before;
        return first == waiter ? after : first;
    }

    /// Takes out and claims the first sender that can be claimed. Guards before it whose Alt chose elsewhere are taken out too: their owner does
    /// not mind. Guards whose Alt is reserved by somebody else stay.
    final @Nullable Waiter claimSender() {
        var first = firstSender;
        if (first == null) return null;
        return first.sole ? taken(first) : claimFrom(first, Waiter.SENDING);
    }

    /// As [#claimSender], for receivers.
    final @Nullable Waiter claimReceiver() {
        var first = firstReceiver;
        if (first == null) return null;
        return first.sole ? taken(first) : claimFrom(first, Waiter.RECEIVING);
    }

    private @Nullable Waiter claimFrom(Waiter first, byte side) {
        for (var waiter = first; waiter != null;) {
            var claim = waiter.sole ? Waiter.Claim.MINE : waiter.claim();
            var next = after(waiter, side);
            if (claim != Waiter.Claim.BUSY) remove(waiter);
            if (claim == Waiter.Claim.MINE && (side == Waiter.RECEIVING || waiter.fill())) return waiter;
            waiter = next;
        }
        return null;
    }

    /// The first receiver that can be held, taken out: it is then to be committed, or let go and returned.
    final @Nullable Waiter holdReceiver() {
        for (var waiter = firstReceiver; waiter != null;) {
            var claim = waiter.hold();
            if (claim == Waiter.Claim.MINE) return taken(waiter);
            var next = after(waiter, Waiter.RECEIVING);
            if (claim == Waiter.Claim.GONE) remove(waiter);
            waiter = next;
        }
        return null;
    }

    /// Whether a sender waits that is not a guard of an Alt that chose elsewhere. Such guards before it are taken out.
    final boolean anyUndecidedSender() {
        for (var waiter = firstSender; waiter != null;) {
            var claim = waiter.hold();
            if (claim == Waiter.Claim.MINE) waiter.letGo();
            if (claim != Waiter.Claim.GONE) return true;
            var next = after(waiter, Waiter.SENDING);
            remove(waiter);
            waiter = next;
        }
        return false;
    }

    /// Whether somebody waits on `side` who could be claimed now. Changes nothing.
    private boolean anyToClaim(@Nullable Waiter first, byte side) {
        for (var waiter = first; waiter != null; waiter = after(waiter, side)) {
            if (waiter instanceof Watcher || waiter.hold() != Waiter.Claim.MINE) continue;
            waiter.letGo();
            return true;
        }
        return false;
    }

    final boolean anySenderToClaim() {
        return anyToClaim(firstSender, Waiter.SENDING);
    }

    final boolean anyReceiverToClaim() {
        return anyToClaim(firstReceiver, Waiter.RECEIVING);
    }

    private @Nullable Waiter after(Waiter waiter, byte side) {
        var first = side == Waiter.SENDING ? firstSender : firstReceiver;
        return waiter.next == first ? null : waiter.next;
    }

    private Waiter taken(Waiter waiter) {
        remove(waiter);
        return waiter;
    }

    /// Takes out the first sender, claimed or not.
    final @Nullable Waiter pollSender() {
        return firstSender == null ? null : taken(firstSender);
    }

    /// Takes out the first receiver, claimed or not.
    final @Nullable Waiter pollReceiver() {
        return firstReceiver == null ? null : taken(firstReceiver);
    }

    final void forEachSender(Consumer<Waiter> action) {
        forEach(firstSender, action);
    }

    final void forEachReceiver(Consumer<Waiter> action) {
        forEach(firstReceiver, action);
    }

    private static void forEach(@Nullable Waiter first, Consumer<Waiter> action) {
        if (first == null) return;
        var waiter = first;
        do {
            action.accept(waiter);
            waiter = waiter.next;
        } while (waiter != first);
    }

    final int countSenders() {
        return count(firstSender);
    }

    final int countReceivers() {
        return count(firstReceiver);
    }

    private static int count(@Nullable Waiter first) {
        if (first == null) return 0;
        int count = 1;
        for (var waiter = first.next; waiter != first; waiter = waiter.next) count++;
        return count;
    }
}
