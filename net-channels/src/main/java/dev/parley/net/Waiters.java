package dev.parley.net;

import dev.parley.net.protocol.ProtocolError;

/// How many processes wait over one link, or are waited for.
///
/// - K5 each side has at most [Limits#ends] receives, and as many guards, that are not over at the other, and as many enrolled there
///
/// Confined to the loop.
final class Waiters {
    private final Limits limits;
    private int requests, ownRequests; // receives that are not over, the peer's and ours
    private int stayingBytes; // of the peer's choices that wait for another
    private int enrolled, ownEnrolled; // at barriers of the other side
    private int watches, ownWatches; // guards of choices that wait, the peer's and ours

    Waiters(Limits limits) {
        this.limits = limits;
    }

    /// Counts a receive of ours that begins.
    boolean mayRequest() {
        if (ownRequests == limits.ends()) return false;
        ownRequests++;
        return true;
    }

    void requestOver() {
        ownRequests--;
    }

    /// Counts a guard of ours that begins to wait; so the three that follow.
    boolean mayWatch() {
        if (ownWatches == limits.ends()) return false;
        ownWatches++;
        return true;
    }

    void watchOver() {
        ownWatches--;
    }

    /// Counts one of this side that is to be enrolled.
    boolean mayEnroll() {
        if (ownEnrolled == limits.ends()) return false;
        ownEnrolled++;
        return true;
    }

    void ownResigned() {
        ownEnrolled--;
    }

    void enrolled() {
        if (++enrolled > limits.ends()) throw new ProtocolError("more than " + limits.ends() + " enrolled");
    }

    void resigned() {
        enrolled--;
    }

    void watchCame() {
        if (++watches > limits.ends()) throw new ProtocolError("more than " + limits.ends() + " guards");
    }

    void watchGone() {
        watches--;
    }

    /// Whether an element of a choice may stay here until it is decided; that is within the bytes of the link, and else it is taken back and comes again.
    boolean mayStay(int bytes) {
        return stayingBytes + Credit.cost(bytes) <= limits.sessionBytes();
    }

    void stays(int bytes) {
        stayingBytes += Credit.cost(bytes);
    }

    void stayedEnough(int bytes) {
        stayingBytes -= Credit.cost(bytes);
    }

    void requestCame() {
        if (++requests > limits.ends()) throw new ProtocolError("more than " + limits.ends() + " receives");
    }

    void requestSettled() {
        requests--;
    }
}
