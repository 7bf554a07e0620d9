package dev.parley.net;

import dev.parley.net.protocol.Frame;

/// Offers of one end that were taken one after the other in one round of the loop, so that their sender hears of them by one frame. Confined to the loop.
final class TakenRun {
    private int end, count;
    private long first, limit;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /// Takes up an offer that was taken, if it goes on the run or begins one.
    ///
    /// @param limit of the end, after this offer
    /// @return whether it did
    boolean add(int end, long offer, long limit) {
        if (count > 0 && (end != this.end || offer != first + count || count == Frame.MANY)) return false;
        if (count == 0) {
            this.end = end;
            first = offer;
        }
        count++;
        this.limit = limit;
        return true;
    }

    /// Says it, and is empty.
    Frame.Counted take() {
        int taken = count;
        count = 0;
        return taken == 1 ? new Frame.Taken(end, first, limit) : new Frame.TakenMany(end, first, taken, limit);
    }
}
