package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import org.jspecify.annotations.Nullable;

/// The home's half of a remote end, of any kind: makes what the remote end offers operations of the local channel or barrier, and answers each when it is
/// decided there.
///
/// - H1 each offer is answered exactly once
/// - H3 an offer that was withdrawn never happened and never will: the local operation's own `cancel` decided
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

    /// Choices that wait for this are out of it.
    void forgetChoices() {}

    /// The node closes, and choices that wait get no turn any more.
    void leaveChoices() {}

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

    /// @param loss why nobody has the remote end any more, if it was not closed in order
    final void detach(@Nullable LinkLost loss) {
        if (detached) throw new ProtocolError("end " + id + " was closed twice");
        detached = true;
        forgetChoices();
        closed(loss);
        link.idle(this);
    }

    /// The remote end was closed in order, or lost by those who had it.
    abstract void closed(@Nullable LinkLost loss);

    /// The link is over.
    ///
    /// @param heard what was said later than this the peer never heard
    void lost(String why, long heard) {
        abandoned = true;
        forgetChoices();
    }

    /// The node closes: answers all that is undecided.
    final void leave() {
        leaving = true;
        leaveChoices();
        takeAllBack();
    }

    /// The absolute number of offers allowed; 0 where none need to be.
    long limit() {
        return 0;
    }

    final void sayFailed(long offer, ChannelException ended) {
        if (ended instanceof ChannelPoisoned poisoned)
            link.out.sayFailed(id, offer, limit(), Frame.Failure.POISONED, poisoned.strength(), ended.getCause());
        else
            link.out.sayFailed(id, offer, limit(), Frame.Failure.CLOSED, 0, null);
    }

    final void sayLeft(long offer) {
        link.out.sayFailed(id, offer, limit(), Frame.Failure.HOME_LEFT, 0, null);
    }

    abstract boolean isIdle();

    final boolean isOver() {
        return detached && isIdle();
    }
}
