package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// Those who wait on one side of a channel, in order of arrival. Guarded by the channel's lock; every operation but [#claimFirst] is
/// O(1) and leaves nothing behind.
final class WaitQueue {
    private @Nullable Waiter first, last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    void add(Waiter waiter) {
        var before = last;
        waiter.previous = before;
        if (before == null) first = waiter;
        else before.next = waiter;
        last = waiter;
        waiter.queue = this;
        size++;
    }

    /// Takes `waiter` out.
    ///
    /// @return false if it was not there (any more): somebody claimed it
    boolean remove(Waiter waiter) {
        if (waiter.queue != this) return false;
        var before = waiter.previous;
        var after = waiter.next;
        if (before == null) first = after;
        else before.next = after;
        if (after == null) last = before;
        else after.previous = before;
        waiter.previous = waiter.next = null;
        waiter.queue = null;
        size--;
        return true;
    }

    /// Takes out and claims the first who can be claimed. Guards before it whose Alt chose elsewhere are taken out too: their owner does not
    /// mind.
    @Nullable Waiter claimFirst() {
        for (var waiter = poll(); waiter != null; waiter = poll()) {
            if (waiter.claim()) return waiter;
        }
        return null;
    }

    /// Takes out the first, claimed or not.
    @Nullable Waiter poll() {
        var waiter = first;
        if (waiter != null) remove(waiter);
        return waiter;
    }
}
