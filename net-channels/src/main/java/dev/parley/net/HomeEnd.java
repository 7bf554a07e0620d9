package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;

/// The home's half of a remote end, of either kind: makes what the remote end offers operations of the local channel, and answers each when it is decided
/// there.
///
/// - H1 each offer is answered exactly once
/// - H3 an offer that was withdrawn never happened and never will: the channel's own `cancel` decided
///
/// Confined to the loop.
abstract class HomeEnd {
    final Link link;
    final int id;
    private long lastOffer;
    boolean detached, leaving, abandoned;

    HomeEnd(Link link, int id) {
        this.link = link;
        this.id = id;
    }

    /// Checks the number of an offer that came.
    final void came(long offer) {
        if (detached) throw new ProtocolError("an offer from end " + id + ", which is closed");
        if (offer != lastOffer + 1) throw new ProtocolError("offer " + offer + " came after offer " + lastOffer);
        lastOffer = offer;
    }

    final void withdraw(long offer) {
        if (offer > lastOffer || offer < 1) throw new ProtocolError("offer " + offer + " was withdrawn but never made");
        takeBack(offer);
    }

    /// Takes `offer` back if it is undecided. Whatever comes of it, its answer is told elsewhere.
    abstract void takeBack(long offer);

    abstract void takeAllBack();

    final void detach() {
        if (detached) throw new ProtocolError("end " + id + " was closed twice");
        detached = true;
        closed();
        link.idle(this);
    }

    /// The remote end was closed in order.
    abstract void closed();

    /// The link is over.
    ///
    /// @param heard what was said later than this the peer never heard
    abstract void lost(String why, long heard);

    /// The node closes: answers all that is undecided.
    final void leave() {
        leaving = true;
        takeAllBack();
    }

    /// The absolute number of offers allowed; 0 where none need to be.
    long limit() {
        return 0;
    }

    final void sayFailed(long offer, ChannelException ended) {
        if (ended instanceof ChannelPoisoned poisoned)
            link.sayFailed(id, offer, limit(), Frame.Failure.POISONED, poisoned.strength(), ended.getCause());
        else
            link.sayFailed(id, offer, limit(), Frame.Failure.CLOSED, 0, null);
    }

    final void sayLeft(long offer) {
        link.sayFailed(id, offer, limit(), Frame.Failure.HOME_LEFT, 0, null);
    }

    abstract boolean isIdle();

    final boolean isOver() {
        return detached && isIdle();
    }
}
