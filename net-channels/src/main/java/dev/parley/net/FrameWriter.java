package dev.parley.net;

import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Counted;
import dev.parley.net.protocol.Frame.Failure;
import org.jspecify.annotations.Nullable;

/// What one side of a link says about its ends: a method for each frame.
///
/// - K3 nothing is said after goodbye
///
/// Confined to the loop.
final class FrameWriter {
    /// Answers for which the connection is written to although the round goes on.
    private static final int WORTH_A_WRITE = 64;

    private final Loop loop;
    private final Session session;
    private final Link link;
    private final Budget withdrawals, detachments; // what the peer allows
    private final TakenRun taken = new TakenRun(); // yet to be said in this round

    FrameWriter(Link link, Loop loop, Session session, Budget withdrawals, Budget detachments) {
        this.link = link;
        this.loop = loop;
        this.session = session;
        this.withdrawals = withdrawals;
        this.detachments = detachments;
    }

    void tick() {
        // what waits for a connection must not come all at once, faster than the peer allows
        if (!session.isConnected()) return;
        withdrawals.tick();
        detachments.tick();
    }

    boolean isIdle() {
        return withdrawals.isIdle() && detachments.isIdle();
    }

    void say(Counted frame) {
        sayTaken();
        if (!session.isOver() && !session.isLeaving()) session.say(frame);
    }

    void sayOffer(int end, long number, Offer offer) {
        var large = announced(offer, offer.payload);
        offer.position = session.say(large == null
                ? new Frame.Offer(end, number, !offer.eager, offer.payload)
                : new Frame.LargeOffer(end, number, !offer.eager, large.number(), large.size()));
    }

    /// Takes note that the element of `offer` is to come in pieces, if it is a large one.
    private Outflow.@Nullable Value announced(Offer offer, byte[] element) {
        if (link.isLarge(element.length)) offer.large = link.outflow.announce(element);
        return offer.large;
    }

    void sayOffers(int end, long first, Batch.Part part) {
        var elements = part.elements();
        var large = announced(part, elements.getFirst());
        part.position = session.say(large == null
                ? new Frame.Offers(end, first, elements)
                : new Frame.LargeOffer(end, first, true, large.number(), large.size()));
    }

    void sayRequest(int end, long number, Offer offer) {
        offer.position = session.say(new Frame.Request(end, number, !offer.eager));
    }

    /// Says it, and tells where it stands in what was said.
    long sayDeliver(int end, long request, byte[] element) {
        return session.say(new Frame.Deliver(end, request, element));
    }

    /// As [#sayDeliver], of an element that is announced.
    long sayDeliver(int end, long request, Outflow.Value large) {
        return session.say(new Frame.LargeDeliver(end, request, large.number(), large.size()));
    }

    void sayPull(long value) {
        say(new Frame.Pull(value));
    }

    /// Says it, and tells where it stands in what was said.
    long sayPiece(long value, byte[] whole, int from, int length) {
        return session.say(new Frame.Piece(value, whole, from, length));
    }

    void sayPieces(long limit, int largest) {
        say(new Frame.Pieces(limit, largest));
    }

    void saySync(int end, long number, long meeting, Offer arrival) {
        arrival.position = session.say(new Frame.Sync(end, number, meeting, !arrival.eager));
    }

    void sayEnroll(int end, long number, BarrierEnd.Question question) {
        question.position = session.say(new Frame.Enroll(end, number, question.change));
    }

    void sayWatch(int end, long watch, long choice) {
        say(new Frame.Watch(end, watch, choice));
    }

    void sayUnwatch(int end, long watch) {
        say(new Frame.Unwatch(end, watch));
    }

    void sayTurn(int end, long watch) {
        say(new Frame.Turn(end, watch));
    }

    /// @param sends whether the choice would send, else it would receive
    void sayChoose(boolean sends, int end, long watch, long number, Offer attempt) {
        var large = announced(attempt, attempt.payload);
        attempt.position = session.say(!sends
                ? new Frame.ChooseRequest(end, watch, number)
                : large == null
                        ? new Frame.ChooseOffer(end, watch, number, attempt.payload)
                        : new Frame.ChooseLargeOffer(end, watch, number, large.number(), large.size()));
    }

    void sayDelivered(int end, long request) {
        say(new Frame.Delivered(end, request));
    }

    void sayGaveUp(int end, long request, String cause) {
        say(new Frame.GaveUp(end, request, cause));
    }

    /// @param loss why nobody has the end any more, if it was not closed in order
    void sayDetach(int end, @Nullable String loss) {
        detachments.send(() -> say(loss == null ? new Frame.Detach(end) : new Frame.Lost(end, loss)));
    }

    void sayUnreached(int end, long request, int which, Throwable why) {
        say(new Frame.Unreached(end, request, which, String.valueOf(why.getMessage())));
    }

    void sayWithdraw(int end, Offer offer) {
        // the last first, so that of offers that belong together a first part is taken, whenever that happens
        for (long last = offer.id + offer.count() - 1; last >= offer.id; last--) {
            long number = last;
            if (offer.awaits(number)) withdrawals.send(() -> {
                if (offer.awaits(number)) say(new Frame.Withdraw(end, number));
            });
        }
    }

    void sayPoll(int end, long number) {
        say(new Frame.Poll(end, number));
    }

    /// Says it in this round, together with those that follow and are of the same end. Half a window of a stream goes before what else there is to do, so that its sender sends while the rest is received.
    void sayTaken(int end, long offer, long limit, int window) {
        if (taken.isEmpty()) loop.beforeFlush(this::sayTaken);
        if (!taken.add(end, offer, limit)) {
            sayTaken();
            taken.add(end, offer, limit);
        }
        if (taken.count() < Math.max(window / 2, WORTH_A_WRITE)) return;
        sayTaken();
        session.hurry();
    }

    /// Says what was yet to be said.
    void sayTaken() {
        if (!taken.isEmpty()) say(taken.take());
    }

    void sayWithdrawn(int end, long offer, long limit) {
        say(new Frame.Withdrawn(end, offer, limit));
    }

    void sayFailed(int end, long offer, long limit, Failure why, int strength, @Nullable Throwable cause) {
        say(new Frame.Failed(end, offer, limit, why, strength, cause == null ? "" : cause.toString()));
    }
}
