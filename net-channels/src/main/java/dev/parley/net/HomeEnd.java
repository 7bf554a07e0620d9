package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.Choices.Stays;
import dev.parley.net.Choices.Waits;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    private final Choices choices;
    private final Map<Long, Waits> waiting = new LinkedHashMap<>();
    private final Map<Long, Stays> staying = new LinkedHashMap<>();
    private long lastOffer, lastWatch;
    boolean detached, leaving, abandoned;

    HomeEnd(Link link, int id, Choices choices) {
        this.link = link;
        this.id = id;
        this.choices = choices;
    }

    // Choice

    final void watch(Frame.Watch choice, boolean sends) {
        if (detached) throw new ProtocolError("a choice of end " + id + ", which is closed");
        if (choice.watch() != ++lastWatch)
            throw new ProtocolError("choice " + choice.watch() + " came after choice " + (lastWatch - 1));
        link.waiters.watchCame();
        var waits = new Waits(this, link.session().peer().identity().node(), lastWatch, choice.choice(), sends);
        waiting.put(lastWatch, waits);
        if (!leaving) choices.add(waits);
    }

    final void unwatch(long number) {
        tries(waits(number));
        choices.recheck();
    }

    /// A choice came with a try that came to nothing before it was in the channel.
    final void neverTried(Waits waits) {
        tries(waits);
        choices.recheck();
    }

    private Waits waits(long number) {
        var waits = waiting.get(number);
        if (waits == null || waits.isComing()) throw new ProtocolError("choice " + number + " does not wait");
        return waits;
    }

    private void forget(Waits waits) {
        link.waiters.watchGone();
        choices.remove(waits);
    }

    /// A choice comes with its try, but what it sends may not be here yet: until it is, the choice counts among those that wait.
    final Waits comes(long number) {
        var waits = waits(number);
        waits.comes();
        return waits;
    }

    /// Whether it may meet another choice here, for which it would stay (C4).
    final boolean mayMeet(Waits waits) {
        return choices.stays(waits);
    }

    /// It tries, and so waits no more.
    final void tries(Waits waits) {
        if (waiting.remove(waits.number(), waits)) forget(waits);
    }

    /// Its try is in the channel.
    final void tried(Waits waits, long offer, int bytes, Runnable takeBack) {
        var stay = choices.tried(waits, link.waiters.mayStay(bytes), bytes, takeBack);
        if (stay != null) {
            staying.put(offer, stay);
            link.waiters.stays(bytes);
        }
        choices.recheck();
    }

    /// An offer is decided.
    final void settled(long offer) {
        var stay = staying.remove(offer);
        if (stay == null) return;
        link.waiters.stayedEnough(stay.bytes());
        choices.settled(stay);
    }

    private void forgetAll() {
        for (var waits : waiting.values()) forget(waits);
        waiting.clear();
        choices.recheck();
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

    /// @param loss why nobody has the remote end any more, if it was not closed in order
    final void detach(@Nullable LinkLost loss) {
        if (detached) throw new ProtocolError("end " + id + " was closed twice");
        detached = true;
        forgetAll();
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
        forgetAll();
    }

    /// The node closes: answers all that is undecided.
    final void leave() {
        leaving = true;
        for (var waits : waiting.values()) choices.remove(waits);
        choices.recheck();
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
