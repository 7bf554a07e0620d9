package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.Handshake.Peer;
import dev.parley.net.Permissions.Use;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.Verdict.Plain;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Counted;
import dev.parley.net.protocol.Frame.Failure;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What goes on between this node and one other: both kinds of ends, and what they say to each other over a [Session].
///
/// - K3 nothing is said after goodbye
/// - K4 [#ended] happens once, and after it every offer, attachment and poisoning of this link has its answer
///
/// (K1 and K2 are [Credit]'s.)
///
/// **Orderly end.** Who closes first takes back its offers, answers the peer's, waits until the peer has heard all that, and says GOAWAY as its last
/// word; the other then answers nothing more and closes. What the other sent meanwhile was not looked at, so it knows that none of
/// it was taken.
///
/// Confined to the loop.
final class Link implements Session.Owner {
    private final Names names;
    private final Loop loop;
    private final Limits limits;
    private final Session session;
    private final Ground.Timer tick;
    final Credit credit;

    private final Map<Integer, SendingEnd> sending = new LinkedHashMap<>();
    private final Map<Integer, HomeEnd<?>> homes = new LinkedHashMap<>();
    private final Map<Integer, Want<?>> attaching = new LinkedHashMap<>();
    private final Map<Long, Answer<Boolean>> poisonings = new LinkedHashMap<>();
    private final Set<String> announced = new HashSet<>();
    private int lastSendingEnd, lastHomeEnd;
    private long lastPoisoning;

    // What the peer may ask us to take back, and we it
    private final Budget withdrawals, detachments, ownWithdrawals, ownDetachments;
    private int strays;
    private boolean closing, over;

    Link(Names names, Loop loop, Limits limits, Peer peer, Session.Redial redial) {
        this.names = names;
        this.loop = loop;
        this.limits = limits;
        this.credit = new Credit(limits.sessionBytes());
        // ten seconds' worth at once: as long as frames can pile up on the way before the peer counts as gone
        this.withdrawals = new Budget(10 * limits.calm(), limits.calm());
        this.detachments = new Budget(Math.max(limits.ends(), 10 * limits.calm()), limits.calm());
        this.ownWithdrawals = withdrawals.half();
        this.ownDetachments = detachments.half();
        this.session = new Session(loop, limits, peer, redial, this);
        this.tick = loop.every(limits.ping(), this::tick);
        session.say(new Frame.Bytes(credit.toTell()));
    }

    Loop loop() {
        return loop;
    }

    Session session() {
        return session;
    }

    String peer() {
        return session.peer().address();
    }

    int longestElement() {
        return session.peer().longest() - Limits.OFFER_HEADER;
    }

    LinkLost loss(String why, LinkLost.Outcome outcome) {
        return new LinkLost(peer(), why, outcome);
    }

    // What the peer says

    @Override public void heard(Counted frame) {
        switch (frame) {
            case Frame.Publish f -> published(f.name());
            case Frame.Attach f -> attach(f);
            case Frame.Attached f -> attached(f);
            case Frame.Reject f -> {
                var want = wanted(f.end());
                want.fail(new IllegalArgumentException(
                        "cannot send to Channel \"" + want.name() + "\" at " + peer() + ": " + f.why()));
                checkGoodbye();
            }
            case Frame.Detach f -> {
                beCalm(detachments);
                var end = home(f.end());
                if (end != null) end.detach();
            }
            case Frame.Bytes f -> credit.allow(f.limit());
            case Frame.Offer f -> {
                var end = home(f.end());
                if (end != null) end.offered(f);
            }
            case Frame.Taken f -> answered(f.end(), f.offer(), f.limit(), Plain.TAKEN);
            case Frame.Withdrawn f -> answered(f.end(), f.offer(), f.limit(), Plain.NOT_TAKEN);
            case Frame.Failed f -> answered(f.end(), f.offer(), f.limit(), switch (f.why()) {
                case CLOSED -> Ended.CLOSED;
                case HOME_LEFT -> Ended.lostBy(loss("the node was closed", LinkLost.Outcome.NOT_TAKEN));
                case POISONED -> Ended.poisonedBy(f.strength(), new RemoteFailure(peer(), f.cause()));
                case RECEIVER -> new Verdict.ReceiverGaveUp(new RemoteFailure(peer(), f.cause()));
            });
            case Frame.Withdraw f -> {
                beCalm(withdrawals);
                var end = home(f.end());
                if (end != null) end.withdraw(f.offer());
            }
            case Frame.Poll f -> {
                var end = home(f.end());
                if (end != null) say(new Frame.Polled(f.end(), f.number(), end.isFull()));
            }
            case Frame.Polled f -> {
                var end = sender(f.end());
                if (end != null) end.polled(f.number(), f.full());
            }
            case Frame.Poison f -> poisoned(f);
            case Frame.Poisoned f -> {
                var answer = poisonings.remove(f.number());
                if (answer == null) throw new ProtocolError("an answer to a poison that nobody sent");
                answer.give(f.first());
                checkGoodbye();
            }
        }
    }

    private @Nullable HomeEnd<?> home(int id) {
        var end = homes.get(id);
        if (end == null) stray(id);
        return end;
    }

    private @Nullable SendingEnd sender(int id) {
        var end = sending.get(id);
        if (end == null) stray(id);
        return end;
    }

    private void stray(int end) {
        if (++strays > 1) throw new ProtocolError("a second frame for an end that is not there: " + end);
    }

    private void beCalm(Budget budget) {
        if (!budget.take())
            throw new ProtocolError("more than " + limits.calm() + " requests to take back per second; calm down");
    }

    private void answered(int id, long offer, long limit, Verdict verdict) {
        var end = sender(id);
        if (end != null) end.answered(offer, limit, verdict);
    }

    private void published(String name) {
        if (announced.size() >= limits.ends()) throw new ProtocolError("more than " + limits.ends() + " names");
        if (!announced.add(name)) throw new ProtocolError("\"" + name + "\" was published twice");
        if (allows(Use.PUBLISH, name)) names.announced(name);
    }

    private boolean allows(Use use, String channel) {
        try {
            return limits.permissions().allows(session.peer().subject(), use, channel);
        } catch (RuntimeException thrownByUser) {
            var thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrownByUser);
            return false;
        }
    }

    /// The channel of this name, if the peer may know of it.
    private @Nullable Published<?> home(String name) {
        return allows(Use.SEND, name) ? names.published(name) : null;
    }

    private void attach(Frame.Attach asked) {
        int id = asked.end();
        if (id != lastHomeEnd + 1) throw new ProtocolError("end " + id + " came after end " + lastHomeEnd);
        lastHomeEnd = id;
        var home = home(asked.name());
        if (home == null) reject(id, "it publishes no Channel \"" + asked.name() + "\"");
        else
            if (!home.fingerprint.equals(asked.fingerprint()))
                reject(id,
                        "it carries " + home.fingerprint + ", but this sender's codec writes " + asked.fingerprint());
            else
                if (homes.size() >= limits.ends()) reject(id, "it has " + limits.ends() + " ends from here already");
                else {
                    var end = new HomeEnd<>(this, id, home);
                    homes.put(id, end);
                    say(new Frame.Attached(id, end.limit()));
                    if (closing) end.leave();
                }
    }

    private void reject(int id, String why) {
        beCalm(withdrawals);
        say(new Frame.Reject(id, why));
    }

    private void attached(Frame.Attached answer) {
        var want = wanted(answer.end());
        var end = new SendingEnd(this, want.name(), answer.end(), answer.limit());
        sending.put(answer.end(), end);
        if (closing) end.leave(false);
        want.attached(end);
    }

    private Want<?> wanted(int id) {
        var want = attaching.remove(id);
        if (want == null) throw new ProtocolError("end " + id + " did not ask to be attached");
        return want;
    }

    private void poisoned(Frame.Poison asked) {
        var home = home(asked.name());
        if (home == null)
            throw new ProtocolError("a poison for Channel \"" + asked.name() + "\", which is not published");
        boolean first = home.poison(asked.strength(), new RemoteFailure(peer(), asked.cause()));
        say(new Frame.Poisoned(asked.number(), first));
    }

    @Override public void writable() {
        credit.writable();
    }

    // For the ends

    boolean mayWrite(SendingEnd end) {
        if (over || session.isLeaving()) return false;
        if (session.isWritable()) return true;
        credit.awaitWritable(end);
        return false;
    }

    void received(int bytes) {
        if (!credit.received(bytes)) throw new ProtocolError(credit.breach());
    }

    void released(int bytes) {
        if (credit.released(bytes)) say(new Frame.Bytes(credit.toTell()));
    }

    /// The peer has heard an offer, since it has answered it.
    void answered(Offer offer) {
        session.acknowledge(offer.position);
    }

    /// An end may have nothing more to do.
    void idle(SendingEnd end) {
        if (!end.isIdle()) return;
        if (end.isOver()) sending.remove(end.id());
        checkGoodbye();
    }

    void idle(HomeEnd<?> end) {
        if (end.isOver()) homes.remove(end.id());
        if (end.isIdle()) checkGoodbye();
    }

    // What we say

    private void say(Counted frame) {
        if (!over && !session.isLeaving()) session.say(frame);
    }

    void announce(String name) {
        if (allows(Use.SEND, name)) say(new Frame.Publish(name));
    }

    boolean publishes(String name) {
        return announced.contains(name) && allows(Use.PUBLISH, name);
    }

    void attach(Want<?> want) {
        if (sending.size() + attaching.size() >= limits.ends()) {
            want.fail(new IllegalStateException("the link to " + peer() + " has " + limits.ends()
                    + " sending ends, which is the limit; close some"));
            return;
        }
        int id = ++lastSendingEnd;
        attaching.put(id, want);
        say(new Frame.Attach(id, want.name(), want.fingerprint()));
    }

    void poison(String name, int strength, Throwable cause, Answer<Boolean> answer) {
        if (over || session.isLeaving()) {
            answer.give(false);
            return;
        }
        poisonings.put(++lastPoisoning, answer);
        say(new Frame.Poison(lastPoisoning, strength, name, String.valueOf(cause)));
    }

    void sayOffer(int end, Offer offer) {
        offer.position = session.say(new Frame.Offer(end, offer.id, !offer.eager, offer.payload));
    }

    void sayDetach(int end) {
        ownDetachments.send(() -> say(new Frame.Detach(end)));
    }

    void sayWithdraw(int end, Offer offer) {
        ownWithdrawals.send(() -> {
            if (offer.isSent()) say(new Frame.Withdraw(end, offer.id));
        });
    }

    void sayPoll(int end, long number) {
        say(new Frame.Poll(end, number));
    }

    void sayTaken(int end, long offer, long limit) {
        say(new Frame.Taken(end, offer, limit));
    }

    void sayWithdrawn(int end, long offer, long limit) {
        say(new Frame.Withdrawn(end, offer, limit));
    }

    void sayFailed(int end, long offer, long limit, Failure why, int strength, @Nullable Throwable cause) {
        say(new Frame.Failed(end, offer, limit, why, strength, cause == null ? "" : cause.toString()));
    }

    private void tick() {
        withdrawals.tick();
        detachments.tick();
        // what waits for a connection must not come all at once, faster than the peer allows
        if (session.isConnected()) {
            ownWithdrawals.tick();
            ownDetachments.tick();
        }
        checkGoodbye();
    }

    // The end

    void close() {
        if (closing || over) return;
        closing = true;
        for (var end : new ArrayList<>(homes.values())) end.leave();
        for (var end : new ArrayList<>(sending.values())) end.leave(true);
        loop.after(limits.drain(), this::closeImpatiently);
        checkGoodbye();
    }

    private void closeImpatiently() {
        if (over) return;
        for (var end : new ArrayList<>(sending.values())) end.leave(false);
        checkGoodbye();
        if (session.isConnected())
            loop.after(limits.drain(), () -> session.end("the node was closed and the peer did not answer in time"));
        else
            session.end("the node was closed while the connection was lost");
    }

    private void checkGoodbye() {
        if (!closing || over || session.isLeaving() || !attaching.isEmpty() || !poisonings.isEmpty()) return;
        if (!ownWithdrawals.isIdle() || !ownDetachments.isIdle()) return;
        for (var end : sending.values()) if (!end.isIdle()) return;
        for (var end : homes.values()) if (!end.isIdle()) return;
        if (session.isAllHeard()) session.leave();
        else session.ask();
    }

    @Override public void allHeard() {
        checkGoodbye();
    }

    @Override public void ended(String why, long heard) {
        over = true;
        tick.stop();
        for (var want : attaching.values())
            want.fail(new ChannelPoisoned(want.name(), "connect to Channel \"" + want.name() + "\" at " + peer(),
                    LinkLost.STRENGTH,
                    loss(why, LinkLost.Outcome.NOT_TAKEN)));
        attaching.clear();
        for (var answer : poisonings.values()) answer.give(false);
        poisonings.clear();
        for (var end : sending.values()) end.lost(why, heard);
        for (var end : homes.values()) end.lost(loss(why, LinkLost.Outcome.NOT_TAKEN));
        homes.clear();
        names.gone(this, why);
    }
}
