package dev.parley.net;

import dev.parley.net.Verdict.Came;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.Verdict.Plain;
import dev.parley.net.Verdict.Refused;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Change;
import dev.parley.net.protocol.ProtocolError;

/// The near half of a barrier that is at home at another node.
///
/// **Idea.** An arrival is an offer that the home makes an arrival at the barrier itself. Who is out of time, or interrupted, asks to be taken back and waits for the home's word: either that, or
/// that all have met. To enroll, to resign and to ask for the number of the enrolled are offers, too, so that the home hears everything in its order.
///
/// - S6 here fewer processes count as enrolled than at the home, or as many, and more as arrived, or as many; so while `arriving` is at most `places` here, the home finds the same
/// - S7 `meeting` is the one after the last that the home has said to have been; a process that is enrolled and has not arrived finds there the number of the next, since
/// that cannot be without it
///
/// (S2 and S4 are [NearEnd]'s; an end that is used has no end but the link's.) Confined to the loop but for what says otherwise.
final class BarrierEnd extends NearEnd {
    /// What every process of this node uses.
    final RemoteBarrier barrier = new RemoteBarrier(this);
    private int places, arriving;
    private volatile long meeting;

    BarrierEnd(Link link, String name, int id) {
        super(link, name, id);
    }

    /// About the number of the enrolled; its owner waits for the answer, whatever comes.
    static final class Question extends Offer {
        final Change change;
        private final Answer<Verdict> answer = new Answer<>();

        Question(BarrierEnd end, Change change) {
            super(end, false, false);
            this.change = change;
        }

        @Override void told(Verdict verdict) {
            answer.give(verdict);
        }

        Verdict await() {
            return answer.await();
        }
    }

    @Override String operation() {
        return "sync Barrier";
    }

    /// From any thread (S7).
    long meeting() {
        return meeting;
    }

    @Override void accept(Offer offer) {
        if (offer instanceof Question question) ask(question);
        else
            if (arriving >= places)
                offer.decideQueued(new Refused("sync Barrier \"" + name() + "\" at " + peer() + ": " + (places == 0
                        ? "nobody is enrolled from this node; enroll() first, once for each process"
                        : "all " + places
                                + " that are enrolled from this node are there already; enroll() once for each process")));
            else
                if (offer.leave()) {
                    arriving++;
                    link.out.saySync(id, number(offer), meeting, offer);
                }
    }

    private void ask(Question question) {
        if (question.change == Change.RESIGN && arriving >= places)
            question.decideQueued(new Refused("resign from Barrier \"" + name() + "\" at " + peer() + ": "
                    + (places == 0
                            ? "nobody is enrolled from this node"
                            : "all " + places
                                    + " that are enrolled from this node wait for the meeting, and who waits cannot resign")));
        else
            if (question.change == Change.ENROLL && !link.waiters.mayEnroll())
                question.decideQueued(new Refused("the link to " + peer() + " has " + Limits.STANDARD.ends()
                        + " processes enrolled at barriers, which is the limit; let one process stand for several"));
            else
                if (question.leave()) {
                    if (question.change == Change.RESIGN) {
                        places--;
                        link.waiters.ownResigned();
                    }
                    link.out.sayEnroll(id, number(question), question);
                }
    }

    void enrolled(Frame.Enrolled answer) {
        if (!(waiting(answer.offer()) instanceof Question)) throw meaningless();
        meeting = Math.max(meeting, answer.meeting());
        answered(answer.offer(), new Came(answer));
    }

    void released(Frame.Release answer) {
        if (waiting(answer.offer()) instanceof Question) throw meaningless();
        meeting = Math.max(meeting, answer.meeting() + 1);
        answered(answer.offer(), new Came(answer.meeting()));
    }

    void broken(Frame.Broken answer) {
        waiting(answer.offer());
        meeting = answer.meeting();
        answered(answer.offer(), Ended.poisonedBy(1, new RemoteFailure(peer(), answer.cause())));
    }

    @Override void answered(long number, Verdict verdict) {
        var offer = waiting(number);
        boolean fits = switch (verdict) {
            case Came came -> true;
            case Ended ended -> ended.poisoned();
            case Plain plain -> plain == Plain.NOT_TAKEN && (offer.eager || offer.withdrawing);
            case Refused refused -> false;
            case Verdict.ReceiverGaveUp gaveUp -> false;
        };
        if (!fits) throw meaningless();
        if (!(offer instanceof Question question)) arriving--;
        else if (question.change == Change.ENROLL) {
            if (verdict instanceof Came) places++;
            else link.waiters.ownResigned();
        }
        super.answered(number, verdict);
    }

    private ProtocolError meaningless() {
        return new ProtocolError("an answer that has no meaning for Barrier \"" + name() + "\"");
    }

    @Override void pump() {
        detachIfDone();
    }

    @Override void expire(Offer offer) {
        withdraw(offer);
    }

    @Override void forget(Offer offer) {} // it never left, so nobody knows it
}
