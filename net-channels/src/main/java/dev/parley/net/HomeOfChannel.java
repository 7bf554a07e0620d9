package dev.parley.net;

import dev.parley.net.Choices.Stays;
import dev.parley.net.Choices.Waits;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.LinkedHashMap;
import java.util.Map;

/// The home's half of a remote end of a channel: what its choices wait for and try, for [Choices] to decide. Confined to the loop.
abstract class HomeOfChannel extends HomeEnd {
    private final Choices choices;
    private final Map<Long, Waits> waiting = new LinkedHashMap<>();
    private final Map<Long, Stays> staying = new LinkedHashMap<>();
    private long lastWatch;

    HomeOfChannel(Link link, int id, Choices choices) {
        super(link, id);
        this.choices = choices;
    }

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

    @Override final void forgetChoices() {
        for (var waits : waiting.values()) forget(waits);
        waiting.clear();
        choices.recheck();
    }

    @Override final void leaveChoices() {
        for (var waits : waiting.values()) choices.remove(waits);
        choices.recheck();
    }
}
