package dev.parley.net;

import dev.parley.csp.Held;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The near half of a remote receiving end: asks the home for an element whenever a process wants one.
///
/// **Idea.** A request is a receive that waits in the channel at home. So all that a receive promises is kept there: first come, first served; the end; what
/// a try may answer. An element comes only for a process that waits for it and cannot leave: whose time is up, or who is interrupted, asks to
/// withdraw, and waits for the home's word. If that is an element, the request to withdraw was too late, and the process has
/// the element. So none is ever here without an owner, and none is lost that came.
///
/// The sender goes on when DELIVERED is said: at once, or for an extended receive when its owner lets it go.
///
/// An element with ends in it reaches its owner when they are attached, and DELIVERED is said after that: see [IncomingEnds].
///
/// - S5 an extended receive's number is in `held` from when its element comes until its owner ends it
///
/// (S2 to S4 are [NearEnd]'s.) Confined to the loop but for [RemoteHeld].
final class ReceivingEnd<T> extends NearEnd {
    private final Codec<T> codec;
    private final Set<Long> held = new HashSet<>();
    private final Set<Long> coming = new HashSet<>(); // requests whose element comes in pieces
    private final Map<Long, IncomingElement<T>> arriving = new HashMap<>(); // elements with ends that are not here yet

    ReceivingEnd(Link link, String name, int id, Codec<T> codec) {
        super(link, name, id);
        this.codec = codec;
    }

    @Override String operation() {
        return "receive on Channel";
    }

    @Override void accept(Offer offer) {
        if (!link.waiters.mayRequest()) offer.decideQueued(tooMany());
        else if (offer.leave()) link.out.sayRequest(id, number(offer), offer);
        else link.waiters.requestOver();
    }

    @Override void choose(Offer attempt, Standing watch) {
        if (link.waiters.mayRequest()) super.choose(attempt, watch);
        else attempt.decideQueued(tooMany());
    }

    private Verdict.Refused tooMany() {
        return new Verdict.Refused("the link to " + peer() + " has " + Limits.STANDARD.ends()
                + " receives that wait, which is the limit; let fewer processes wait");
    }

    @Override void pump() {
        sayWatches();
        detachIfDone();
    }

    @Override void expire(Offer offer) {
        withdraw(offer);
    }

    @Override void forget(Offer offer) {} // it never left, so nobody knows it

    /// The home has an element for request `number`.
    void delivered(long number, byte[] bytes) {
        requireNone(number);
        arrives(number, bytes);
    }

    /// It has one that comes in pieces. Its process waits, so it is wanted at once.
    void delivered(Frame.LargeDeliver announced) {
        long number = announced.request();
        requireNone(number);
        coming.add(number);
        var element = link.inflow.announcedDelivery(announced.value(), announced.size());
        element.want(new Inflow.Taker() {
            @Override public void look() {}

            @Override public void waits(int ticks) {}

            @Override public void here(byte[] bytes) {
                coming.remove(number);
                element.over();
                arrives(number, bytes);
            }

            @Override public boolean giveBack() {
                return false; // it does not keep its room
            }
        });
    }

    private void requireNone(long number) {
        waiting(number);
        if (arriving.containsKey(number) || coming.contains(number))
            throw new ProtocolError("a second element for request " + number);
    }

    private void arrives(long number, byte[] bytes) {
        waiting(number);
        var element = new IncomingElement<>(link.names(), codec, bytes, name()); // if this fails, the link ends and says so
        if (element.isComplete()) arrived(number, element);
        else {
            arriving.put(number, element);
            element.onceComplete(() -> {
                if (arriving.remove(number) != null) arrived(number, element);
            });
        }
    }

    /// The element for request `number` is complete.
    private void arrived(long number, IncomingElement<T> element) {
        element.missing((which, why) -> link.out.sayUnreached(id, number, which, why));
        var value = element.value();
        if (waiting(number).extended) {
            held.add(number); // before the verdict, after which the owner may end it
            answered(number, new Verdict.Came(new RemoteHeld<>(this, number, value)));
        } else {
            link.out.sayDelivered(id, number);
            answered(number, new Verdict.Came(value));
        }
    }

    @Override void answered(long number, Verdict verdict) {
        if (!held.contains(number)) link.waiters.requestOver();
        super.answered(number, verdict);
    }

    private void letGo(long number) {
        if (!held.remove(number)) return;
        link.waiters.requestOver();
        link.out.sayDelivered(id, number);
        link.idle(this);
    }

    private void gaveUp(long number, String cause) {
        if (!held.remove(number)) return;
        link.waiters.requestOver();
        link.out.sayGaveUp(id, number, cause);
        link.idle(this);
    }

    @Override void lost(String why, long heard) {
        for (var element : arriving.values()) element.throwAway();
        arriving.clear();
        coming.clear();
        held.clear();
        if (isComplete()) end(Ended.CLOSED); // the loss of the link afterwards takes nothing away from a complete stream
        super.lost(why, heard);
    }

    @Override boolean isIdle() {
        return held.isEmpty() && super.isIdle();
    }

    /// An element whose sender, at home or at another node still, waits.
    record RemoteHeld<T>(ReceivingEnd<T> end, long number, T value) implements Held<T> {
        @Override public void close() {
            tell(() -> end.letGo(number));
        }

        @Override public void fail(Throwable cause) {
            var text = cause.toString();
            tell(() -> end.gaveUp(number, text));
        }

        private void tell(Runnable word) {
            end.submit(new Loop.Command() {
                @Override public void run() {
                    word.run();
                }

                @Override public void refused() {} // the home has learnt that this node is gone
            });
        }

        @Override public String toString() {
            return "element " + value + " of Channel \"" + end.name() + "\" at " + end.peer();
        }
    }
}
