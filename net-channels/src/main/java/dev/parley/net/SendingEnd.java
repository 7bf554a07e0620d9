package dev.parley.net;

import dev.parley.net.Verdict.Ended;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;

/// The near half of a remote sending end: its offers in order, those that wait here and those that the home has.
///
/// **Idea.** The home allows a number of offers, as an absolute count that only grows; offers beyond it wait here. So a home never
/// holds more of an end than it allowed, whatever happens to messages. An eager offer (a try, or one whose time is up) needs no
/// allowance, since it is answered on arrival and keeps no place. But it must not overtake those before it: if it is not first in line it sends a POLL
/// instead, to which the home answers FULL if it still holds an offer of this end (then at that instant there was no room, and the eager
/// offer fails rightly) or AGAIN (then room came meanwhile, the answers that made it are here already, and the line has moved).
///
/// **A batch** does not leave in crumbs. Answers that come one by one would have a frame follow each, until there is one on the way for each element, and each costs both sides the same as one of a hundred
/// elements. So what is left of a batch waits until half the window is free or it fits; meanwhile more than half a window is under way, whose answers are to come (Clark, RFC 813, for the bytes of TCP).
///
/// - S1 `used` is at most `limit`, and offers leave in the order of `queue`; a [Batch] leaves in parts, and is in `queue` until its last has
///   left
///
/// (S2 to S4 are [NearEnd]'s; an offer that waits here is in `queue`, and in `sent` only afterwards.) Confined to the loop.
final class SendingEnd extends NearEnd {
    private final LinkedHashSet<Offer> queue = new LinkedHashSet<>();
    private final LinkedHashMap<Long, Offer> polls = new LinkedHashMap<>();
    private final LinkedHashSet<Watching<?>> turns = new LinkedHashSet<>(); // choices whose turn it is when the queue is empty
    private final long window;
    private long limit, used, lastPoll;

    SendingEnd(Link link, String name, int id, long limit) {
        super(link, name, id);
        this.window = this.limit = limit;
    }

    @Override String operation() {
        return "send to Channel";
    }

    @Override void accept(Offer offer) {
        queue.add(offer);
        pump();
        if (offer.eager && queue.contains(offer)) poll(offer);
    }

    /// Lets leave what may (S1).
    @Override void pump() {
        while (!queue.isEmpty()) {
            var first = queue.getFirst();
            if (first instanceof Batch batch) {
                if (!leave(batch)) return;
            } else if (first.isQueued()) {
                boolean counted = !first.eager;
                if (!link.mayWrite(this) || (counted && used >= limit)) {
                    link.credit.needsNoBytes(this);
                    return;
                }
                int bytes = link.eagerBytes(first.payload.length);
                if (counted && !link.credit.reserve(this, bytes)) return;
                if (first.leave()) {
                    if (counted) used++;
                    link.out.sayOffer(id, number(first), first);
                } else if (counted) link.credit.giveBack(bytes);
            }
            queue.removeFirst();
        }
        link.credit.needsNoBytes(this);
        sayWatches();
        while (!turns.isEmpty()) turns.removeFirst().turn();
        detachIfDone();
    }

    /// Lets leave what may of `batch`.
    ///
    /// @return whether no more is to wait here
    private boolean leave(Batch batch) {
        while (batch.hasMore()) {
            long free = limit - used;
            boolean crumb = free < batch.waiting() && free < window - free;
            if (!link.mayWrite(this) || free == 0 || crumb) {
                link.credit.needsNoBytes(this);
                return false;
            }
            int count = 0;
            for (int most = batch.mostInFrame(link); count < most && used < limit; count++) {
                if (!link.credit.reserve(this, link.eagerBytes(batch.length(count)))) break;
                used++;
            }
            if (count == 0) return false;
            var part = batch.next(count);
            link.out.sayOffers(id, number(part), part);
        }
        batch.finish();
        return true;
    }

    /// Takes back what is undecided of `batch`, the last first.
    void takeBack(Batch batch) {
        if (queue.remove(batch)) batch.decideQueued(Verdict.Plain.NOT_TAKEN);
        for (var offer : unanswered()) if (offer instanceof Batch.Part part && part.whole() == batch) withdraw(part);
        pump();
    }

    @Override boolean nothingWaits() {
        return queue.isEmpty();
    }

    /// What a choice sends must not overtake what was sent before.
    @Override boolean isFree(Watching<?> choice) {
        if (nothingWaits()) return true;
        turns.add(choice);
        return false;
    }

    @Override void expire(Offer offer) {
        if (offer.isSent()) withdraw(offer);
        else if (queue.contains(offer)) {
            offer.eager = true;
            pump();
            if (queue.contains(offer)) poll(offer);
        }
    }

    @Override void forget(Offer offer) {
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
        link.out.sayPoll(id, lastPoll);
    }

    void polled(long number, boolean full) {
        var offer = polls.remove(number);
        if (offer == null) throw new ProtocolError("an answer to poll " + number + ", which waits for none");
        if (full && queue.remove(offer)) offer.decideQueued(Verdict.Plain.NOT_TAKEN);
        pump();
        if (queue.contains(offer)) poll(offer);
    }

    void answered(long first, int count, long newLimit, Verdict verdict) {
        limit = Math.max(limit, newLimit);
        answered(first, count, verdict);
    }

    @Override void end(Ended end) {
        super.end(end);
        var waiting = new ArrayList<>(queue);
        queue.clear();
        for (var offer : waiting) offer.decideQueued(end);
    }

    @Override void leave(boolean patient) {
        if (!patient || !retiring) super.leave(patient);
    }

    @Override boolean isIdle() {
        return queue.isEmpty() && super.isIdle();
    }
}
