package dev.parley.net;

import dev.parley.net.Verdict.Ended;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// The near half of a remote sending end: its offers in order, those that wait here and those that the home has.
///
/// **Idea.** The home allows a number of offers, as an absolute count that only grows; offers beyond it wait here. So a home never
/// holds more of an end than it allowed, whatever happens to messages. An eager offer (a try, or one whose time is up) needs no
/// allowance, since it is answered on arrival and keeps no place. But it must not overtake those before it: if it is not first in line it sends a POLL
/// instead, to which the home answers FULL if it still holds an offer of this end (then at that instant there was no room, and the eager
/// offer fails rightly) or AGAIN (then room came meanwhile, the answers that made it are here already, and the line has moved).
///
/// - S1 `used` is at most `limit`, and offers leave in the order of `queue`
/// - S2 an offer is in `queue` until it leaves or is decided, in `sent` until it is answered; in neither afterwards
/// - S3 DETACH leaves after the last offer, and none leaves after it
/// - S4 `ended` is set once and means that no offer will ever be taken
///
/// Confined to the loop but for what says otherwise.
final class SendingEnd {
    private final Link link;
    private final String name;
    private final int id;
    private final LinkedHashSet<Offer> queue = new LinkedHashSet<>();
    private final LinkedHashMap<Long, Offer> sent = new LinkedHashMap<>();
    private final LinkedHashMap<Long, Offer> polls = new LinkedHashMap<>();
    private long limit, used, lastOffer, lastPoll;
    private boolean retiring, detached, left;
    private volatile @Nullable Ended ended;

    SendingEnd(Link link, String name, int id, long limit) {
        this.link = link;
        this.name = name;
        this.id = id;
        this.limit = limit;
    }

    // From any thread

    String name() {
        return name;
    }

    String peer() {
        return link.peer();
    }

    int longest() {
        return link.longestElement();
    }

    @Nullable Ended ended() {
        return ended;
    }

    void requireElsewhere(String operation) {
        link.loop().requireElsewhere(operation);
    }

    void offer(Offer offer) {
        link.loop().submit(offer);
    }

    void ask(Ask ask) {
        link.loop().submit(ask);
    }

    void retire() {
        link.loop().submit(new Loop.Command() {
            @Override public void run() {
                retiring = true;
                pump();
            }

            @Override public void refused() {} // the home learnt the end of this end with the node's
        });
    }

    boolean poison(int strength, Throwable cause) {
        if (ended != null) return false;
        var answer = new Answer<Boolean>();
        link.loop().submit(new Loop.Command() {
            @Override public void run() {
                link.poison(name, strength, cause, answer);
            }

            @Override public void refused() {
                answer.give(false);
            }
        });
        return answer.await();
    }

    Ended nodeClosed() {
        var before = ended;
        return before != null
                ? before
                : Ended.lostBy(link.loss("this node was closed", LinkLost.Outcome.NOT_TAKEN));
    }

    // On the loop

    void offered(Offer offer) {
        if (!offer.isQueued()) return;
        var ended = this.ended;
        if (ended != null) offer.decideQueued(ended);
        else if (retiring) offer.decideQueued(Ended.CLOSED);
        else {
            queue.add(offer);
            pump();
            if (offer.eager && queue.contains(offer)) poll(offer);
        }
    }

    /// Lets leave what may (S1).
    void pump() {
        while (!queue.isEmpty()) {
            var first = queue.getFirst();
            if (first.isQueued()) {
                boolean counted = !first.eager;
                if (!link.mayWrite(this) || (counted && used >= limit)) {
                    link.credit.needsNoBytes(this);
                    return;
                }
                if (counted && !link.credit.reserve(this, first.payload.length)) return;
                if (first.leave()) {
                    if (counted) used++;
                    first.id = ++lastOffer;
                    sent.put(first.id, first);
                    link.sayOffer(id, first);
                } else if (counted) link.credit.giveBack(first.payload.length);
            }
            queue.removeFirst();
        }
        link.credit.needsNoBytes(this);
        if (retiring && !detached && !left) {
            detached = true;
            link.sayDetach(id);
        }
        link.idle(this);
    }

    void expire(Offer offer) {
        if (offer.isSent()) withdraw(offer);
        else if (queue.contains(offer)) {
            offer.eager = true;
            pump();
            if (queue.contains(offer)) poll(offer);
        }
    }

    void withdraw(Offer offer) {
        if (!offer.isSent() || offer.eager || offer.withdrawing) return;
        offer.withdrawing = true;
        link.sayWithdraw(id, offer);
    }

    void forget(Offer offer) {
        if (queue.remove(offer)) pump();
    }

    private void poll(Offer offer) {
        if (link.credit.lacksBytes(this)) {
            // The link's own room is part of the room, and there is none now.
            queue.remove(offer);
            offer.decideQueued(Verdict.Plain.NOT_TAKEN);
            return;
        }
        polls.put(++lastPoll, offer);
        link.sayPoll(id, lastPoll);
    }

    void polled(long number, boolean full) {
        var offer = polls.remove(number);
        if (offer == null) throw new ProtocolError("an answer to poll " + number + ", which waits for none");
        if (full && queue.remove(offer)) offer.decideQueued(Verdict.Plain.NOT_TAKEN);
        pump();
        if (queue.contains(offer)) poll(offer);
    }

    void answered(long offerId, long newLimit, Verdict verdict) {
        var offer = sent.remove(offerId);
        if (offer == null) throw new ProtocolError("an answer to offer " + offerId + ", which waits for none");
        limit = Math.max(limit, newLimit);
        if (verdict instanceof Ended end && end.poisoned()) endQueued(end);
        offer.decideSent(verdict);
        pump();
        link.answered(offer); // last, since it may say goodbye when nothing is left to be said
    }

    /// The link is over.
    ///
    /// @param heard what was said later than this the peer never heard
    void lost(String why, long heard) {
        left = true;
        endQueued(Ended.lostBy(link.loss(why, LinkLost.Outcome.NOT_TAKEN)));
        var unanswered = new ArrayList<>(sent.values());
        sent.clear();
        for (var offer : unanswered)
            offer.decideSent(Ended.lostBy(link.loss(why,
                    offer.position > heard ? LinkLost.Outcome.NOT_TAKEN : LinkLost.Outcome.UNKNOWN)));
    }

    private void endQueued(Ended end) {
        if (ended == null) ended = end;
        var waiting = new ArrayList<>(queue);
        queue.clear();
        for (var offer : waiting) offer.decideQueued(end);
    }

    /// Takes back what can be taken back, since the node closes. Elements of a closed end are left their time to be received.
    void leave(boolean patient) {
        if (patient && retiring) return;
        left = true;
        var end = Ended.lostBy(link.loss("this node was closed", LinkLost.Outcome.NOT_TAKEN));
        endQueued(end);
        for (var offer : sent.values()) {
            offer.instead = end;
            withdraw(offer);
        }
        pump();
    }

    int id() {
        return id;
    }

    boolean isIdle() {
        return queue.isEmpty() && sent.isEmpty();
    }

    boolean isOver() {
        return detached && isIdle();
    }
}
