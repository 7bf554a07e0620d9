package dev.parley.net;

import dev.parley.net.Handshake.Peer;
import dev.parley.net.Permissions.Use;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.Verdict.Plain;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Counted;
import dev.parley.net.protocol.Identity;
import dev.parley.net.protocol.ProtocolError;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What goes on between this node and one other: both kinds of ends, and what they say to each other over a [Session].
///
/// - K4 [#ended] happens once, and after it every offer, attachment and poisoning of this link has its answer
///
/// - K6 a side is sent no more elements for its receives while [Limits#sessionBytes] of what it was answered are unheard
///
/// (K1 and K2 are [Credit]'s, V1 to V8 those of [Outflow] and [Inflow], K3 is that of [FrameWriter], K5 that of [Waiters].)
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
    final Waiters waiters;
    final FrameWriter out;
    final Outflow outflow;
    final Inflow inflow;
    final Barriers barriers = new Barriers(this);

    private final Map<Integer, NearEnd> near = new LinkedHashMap<>();
    private final Map<Integer, HomeEnd> homes = new LinkedHashMap<>();
    private final Map<Integer, Want> attaching = new LinkedHashMap<>();
    private final Map<Long, Answer<Boolean>> poisonings = new LinkedHashMap<>();
    private final Set<String> announced = new HashSet<>();
    private final Set<HomeOfReceiver<?>> full = new LinkedHashSet<>(); // with elements that wait until the peer has heard more
    private int lastNearEnd, lastHomeEnd;
    private long lastPoisoning;

    // How often the peer may ask us to take something back
    private final Budget withdrawals, detachments;
    private final int eager; // bytes of an element that travels with its offer
    private int strays;
    private boolean mutual, closing, over;
    private volatile int longestElement; // that the peer accepts
    private volatile @Nullable InetSocketAddress address;

    Link(Names names, Loop loop, Limits limits, Peer peer, Session.Redial redial) {
        this.names = names;
        this.loop = loop;
        this.limits = limits;
        this.credit = new Credit(limits.sessionBytes());
        this.waiters = new Waiters(limits);
        // ten seconds' worth at once: as long as frames can pile up on the way before the peer counts as gone
        this.withdrawals = new Budget(10 * limits.calm(), limits.calm());
        this.detachments = new Budget(Math.max(limits.ends(), 10 * limits.calm()), limits.calm());
        this.session = new Session(loop, limits, peer, redial, this);
        this.eager = Math.min(Frame.EAGER, longestFrame());
        this.longestElement = eager;
        this.out = new FrameWriter(this, loop, session, withdrawals.half(), detachments.half());
        this.tick = loop.every(limits.ping(), this::tick);
        this.outflow = new Outflow(this, limits.sessionBytes(), longestFrame());
        this.inflow = new Inflow(this, limits.largest());
        out.sayPieces(inflow.toTell(), limits.largest());
        session.say(new Frame.Bytes(credit.toTell()));
    }

    Loop loop() {
        return loop;
    }

    /// Whether the peer has shown that it knows this link; the first thing that it says does.
    boolean isMutual() {
        return mutual;
    }

    boolean isTo(Identity node) {
        return session.peer().identity().equals(node);
    }

    Names names() {
        return names;
    }

    /// Where others can reach the peer, as far as is known. From any thread.
    @Nullable InetSocketAddress address() {
        return address;
    }

    /// `told` is where the peer says that it listens; any address of its host is the one that it is connected from.
    InetSocketAddress here(InetSocketAddress told) {
        return told.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(Address.ofNumbers(peer()).getAddress(), told.getPort())
                : told;
    }

    /// Others were told so.
    void learn(@Nullable InetSocketAddress told) {
        if (address == null) address = told;
    }

    Session session() {
        return session;
    }

    String peer() {
        return session.peer().address();
    }

    /// Bytes of elements or of a piece in a frame.
    int longestFrame() {
        return session.peer().longest() - Limits.OFFER_HEADER;
    }

    /// Whether an element of `bytes` is announced, and travels in pieces.
    boolean isLarge(int bytes) {
        return bytes > eager;
    }

    /// Bytes that leave with an offer of an element of `bytes`.
    int eagerBytes(int bytes) {
        return isLarge(bytes) ? 0 : bytes;
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
                        "cannot " + want.purpose() + " \"" + want.name() + "\" at " + peer() + ": " + f.why()));
                checkGoodbye();
            }
            case Frame.Detach f -> {
                beCalm(detachments);
                var end = home(f.end(), HomeEnd.class);
                if (end != null) end.detach(null);
            }
            case Frame.Lost f -> {
                beCalm(detachments);
                var end = home(f.end(), HomeEnd.class);
                if (end != null) end.detach(loss(f.cause(), LinkLost.Outcome.NOT_TAKEN));
            }
            case Frame.Bytes f -> {
                credit.allow(f.limit());
                boolean first = !mutual;
                mutual = true;
                if (first) names.mutual(this);
            }
            case Frame.Offer f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) end.offered(f);
            }
            case Frame.Offers f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) end.offered(f);
            }
            case Frame.LargeOffer f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) end.offered(f);
            }
            case Frame.ChooseLargeOffer f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) end.chosen(f);
            }
            case Frame.LargeDeliver f -> {
                var end = near(f.end(), ReceivingEnd.class);
                if (end != null) end.delivered(f);
            }
            case Frame.Pull f -> outflow.pull(f.value());
            case Frame.Piece f -> inflow.came(f.value(), f.whole());
            case Frame.Pieces f -> {
                longestElement = Math.max(eager, f.largest());
                outflow.allow(f.limit());
            }
            case Frame.Taken f -> answered(f.end(), f.offer(), f.limit(), Plain.TAKEN);
            case Frame.TakenMany f -> {
                var end = near(f.end(), SendingEnd.class);
                if (end != null) end.answered(f.first(), f.count(), f.limit(), Plain.TAKEN);
            }
            case Frame.Withdrawn f -> answered(f.end(), f.offer(), f.limit(), Plain.NOT_TAKEN);
            case Frame.Failed f -> answered(f.end(), f.offer(), f.limit(), switch (f.why()) {
                case UNREACHED -> new Verdict.Refused(
                        "nothing was sent: an end in the element could not be attached at "
                                + peer() + ": " + f.cause());
                case CLOSED -> Ended.CLOSED;
                case HOME_LEFT -> Ended.lostBy(loss("the node was closed", LinkLost.Outcome.NOT_TAKEN));
                case POISONED -> Ended.poisonedBy(f.strength(), new RemoteFailure(peer(), f.cause()));
                case RECEIVER -> new Verdict.ReceiverGaveUp(new RemoteFailure(peer(), f.cause()));
                case LOST -> new Verdict.ReceiverGaveUp(loss(f.cause(), LinkLost.Outcome.UNKNOWN));
                case UNDELIVERED -> new Verdict.ReceiverGaveUp(loss(f.cause(), LinkLost.Outcome.NOT_TAKEN));
            });
            case Frame.Withdraw f -> {
                beCalm(withdrawals);
                var end = homes.get(f.end());
                if (end != null) end.withdraw(f.offer());
                else if (f.end() > lastHomeEnd) stray(f.end()); // else its last answer met this on the way
            }
            case Frame.Request f -> {
                var end = home(f.end(), HomeOfReceiver.class);
                if (end != null) end.requested(f);
            }
            case Frame.Deliver f -> {
                var end = near(f.end(), ReceivingEnd.class);
                if (end != null) end.delivered(f.request(), f.element());
            }
            case Frame.Unreached f -> {
                var end = home(f.end(), HomeOfReceiver.class);
                if (end != null) end.unreached(f);
            }
            case Frame.Delivered f -> {
                var end = home(f.end(), HomeOfReceiver.class);
                if (end != null) end.delivered(f.request());
            }
            case Frame.GaveUp f -> {
                var end = home(f.end(), HomeOfReceiver.class);
                if (end != null) end.gaveUp(f.request(), new RemoteFailure(peer(), f.cause()));
            }
            case Frame.Watch f -> {
                var end = home(f.end(), HomeOfChannel.class);
                if (end != null) end.watch(f, end instanceof HomeOfSender);
            }
            case Frame.Unwatch f -> {
                if (homes.containsKey(f.end()) || f.end() > lastHomeEnd) {
                    var end = home(f.end(), HomeOfChannel.class);
                    if (end != null) end.unwatch(f.watch());
                }
            }
            case Frame.Turn f -> {
                var end = near.get(f.end());
                if (end != null) end.turn(f.watch());
                else if (f.end() > lastNearEnd) stray(f.end()); // else it was closed meanwhile
            }
            case Frame.ChooseOffer f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) end.chosen(f);
            }
            case Frame.ChooseRequest f -> {
                var end = home(f.end(), HomeOfReceiver.class);
                if (end != null) end.chosen(f);
            }
            case Frame.Poll f -> {
                var end = home(f.end(), HomeOfSender.class);
                if (end != null) out.say(new Frame.Polled(f.end(), f.number(), end.isFull()));
            }
            case Frame.Polled f -> {
                var end = near(f.end(), SendingEnd.class);
                if (end != null) end.polled(f.number(), f.full());
            }
            case Frame.OfBarrier f -> barriers.heard(f);
            case Frame.OfDirectory f -> names.heard(this, f);
            case Frame.Poison f -> poisoned(f);
            case Frame.Poisoned f -> {
                var answer = poisonings.remove(f.number());
                if (answer == null) throw new ProtocolError("an answer to a poison that nobody sent");
                answer.give(f.first());
                checkGoodbye();
            }
        }
    }

    <E extends HomeEnd> @Nullable E home(int id, Class<E> kind) {
        return ofKind(homes.get(id), id, kind);
    }

    <E extends NearEnd> @Nullable E near(int id, Class<E> kind) {
        return ofKind(near.get(id), id, kind);
    }

    private <E> @Nullable E ofKind(@Nullable Object end, int id, Class<E> kind) {
        if (end == null) {
            stray(id);
            return null;
        }
        if (!kind.isInstance(end)) throw new ProtocolError("a frame that has no meaning for end " + id);
        return kind.cast(end);
    }

    private void stray(int end) {
        if (++strays > 1) throw new ProtocolError("a second frame for an end that is not there: " + end);
    }

    private void beCalm(Budget budget) {
        if (!budget.take())
            throw new ProtocolError("more than " + limits.calm() + " requests to take back per second; calm down");
    }

    private void answered(int id, long offer, long limit, Verdict verdict) {
        var end = near(id, NearEnd.class);
        if (end instanceof SendingEnd sending) sending.answered(offer, 1, limit, verdict);
        else if (end != null) end.answered(offer, verdict);
    }

    private void published(String name) {
        if (announced.size() >= limits.ends()) throw new ProtocolError("more than " + limits.ends() + " names");
        if (!announced.add(name)) throw new ProtocolError("\"" + name + "\" was published twice");
        if (allows(Use.PUBLISH, name)) names.announced(this, name);
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

    /// Whether the peer may know of what is published here.
    private boolean mayKnow(Publication home) {
        for (var use : home.uses()) if (allows(use, home.name())) return true;
        return false;
    }

    /// The names that the peer publishes.
    Set<String> announced() {
        return announced;
    }

    /// Whether the peer may know of a third node's name.
    boolean mayFind(String name) {
        return allows(Use.SEND, name) || allows(Use.RECEIVE, name) || allows(Use.SYNC, name);
    }

    /// What the peer may use so, if anything: it asks for it as end `id`.
    @Nullable Publication asked(int id, Use use, String name) {
        if (id != lastHomeEnd + 1) throw new ProtocolError("end " + id + " came after end " + lastHomeEnd);
        lastHomeEnd = id;
        return allows(use, name) ? names.published(name) : null;
    }

    private void attach(Frame.Attach asked) {
        int id = asked.end();
        var home = asked(id, asked.receives() ? Use.RECEIVE : Use.SEND, asked.name());
        if (home == null) reject(id, "it publishes no Channel \"" + asked.name() + "\"");
        else
            if (!(home instanceof Published<?> channel)) reject(id, "it is a Barrier");
            else
                if (!channel.fingerprint.equals(asked.fingerprint()))
                    reject(id,
                            "it carries " + channel.fingerprint + ", but this " + (asked.receives()
                                    ? "receiver's codec reads "
                                    : "sender's codec writes ") + asked.fingerprint());
                else
                    if (hasRoom(id))
                        attached(asked.receives()
                                ? new HomeOfReceiver<>(this, id, channel)
                                : new HomeOfSender<>(this, id, channel));
    }

    /// Whether one end more may be attached; if not, the peer is told.
    boolean hasRoom(int id) {
        if (homes.size() < limits.ends()) return true;
        reject(id, "it has " + limits.ends() + " ends from here already");
        return false;
    }

    void attached(HomeEnd end) {
        homes.put(end.id, end);
        out.say(new Frame.Attached(end.id, end.limit()));
        if (closing) end.leave();
    }

    void reject(int id, String why) {
        beCalm(withdrawals);
        out.say(new Frame.Reject(id, why));
    }

    private void attached(Frame.Attached answer) {
        var want = wanted(answer.end());
        var end = want.end(this, answer.end(), answer.limit());
        near.put(answer.end(), end);
        if (closing) end.leave(false);
    }

    private Want wanted(int id) {
        var want = attaching.remove(id);
        if (want == null) throw new ProtocolError("end " + id + " did not ask to be attached");
        return want;
    }

    private void poisoned(Frame.Poison asked) {
        var home = names.published(asked.name());
        if (home == null || !mayKnow(home))
            throw new ProtocolError("a poison for \"" + asked.name() + "\", which is not published");
        boolean first = home.poison(asked.strength(), new RemoteFailure(peer(), asked.cause()));
        out.say(new Frame.Poisoned(asked.number(), first));
    }

    @Override public void writable() {
        outflow.sayNext(); // or offers could keep pieces waiting for ever
        credit.writable();
        outflow.pump();
    }

    // For the ends

    boolean mayWrite(NearEnd end) {
        if (over || session.isLeaving()) return false;
        if (session.isWritable()) return true;
        credit.awaitWritable(end);
        return false;
    }

    boolean mayWritePiece() {
        return !over && !session.isLeaving() && session.isWritable();
    }

    void received(int bytes) {
        if (!credit.received(bytes)) throw new ProtocolError(credit.breach());
    }

    void released(int bytes) {
        if (credit.released(bytes)) out.say(new Frame.Bytes(credit.toTell()));
    }

    /// The peer has heard an offer, since it has answered it.
    void answered(Offer offer, Verdict verdict) {
        session.acknowledge(Verdict.happened(verdict) ? offer.decisive() : offer.position);
    }

    /// An end may have nothing more to do.
    void idle(NearEnd end) {
        if (!end.isIdle()) return;
        if (end.isOver()) near.remove(end.id);
        checkGoodbye();
    }

    void idle(HomeEnd end) {
        if (end.isOver()) homes.remove(end.id);
        if (end.isIdle()) checkGoodbye();
    }

    /// Whether the peer has heard enough to be sent one more element; if not, `end` is pumped when it has.
    boolean mayDeliver(HomeOfReceiver<?> end) {
        if (over || session.isLeaving()) return false;
        if (session.unheard() < limits.sessionBytes()) return true;
        if (full.add(end)) session.ask();
        return false;
    }

    /// The peer has heard what was said at `position`, and an element of `end` is over.
    void confirmed(HomeEnd end, long position) {
        session.acknowledge(position);
        idle(end);
    }

    @Override public void connected(boolean connected) {
        names.directory().changed(this);
    }

    @Override public void acknowledged() {
        outflow.heard(session.acknowledged());
        if (full.isEmpty()) return;
        var waiting = new ArrayList<>(full);
        full.clear();
        for (var end : waiting) end.pump();
    }

    /// `value` as it travels, which the peer must accept. From any thread.
    <T> OutgoingEnds.Packed packed(Codec<T> codec, T value, String name) {
        var packed = OutgoingEnds.Packed.of(names, codec, value);
        int length = packed.bytes().length;
        if (length > longestElement)
            throw new IllegalArgumentException("an element for Channel \"" + name + "\" has " + length
                    + " bytes, the most that " + peer() + " accepts is " + longestElement
                    + "; send it in parts, or let that node accept more (Node.Config.withLargestElement)");
        return packed;
    }

    // What we ask for

    void announce(Publication home) {
        if (mayKnow(home)) out.say(new Frame.Publish(home.name()));
    }

    boolean publishes(String name) {
        return announced.contains(name) && allows(Use.PUBLISH, name);
    }

    /// As [#attach], for a channel that a reference names, without the peer's having said that it is published.
    void attachReferred(Want want) {
        if (allows(Use.PUBLISH, want.name())) attach(want);
        else
            want.fail(new IllegalArgumentException(
                    peer() + " may not publish Channel \"" + want.name() + "\" here; see Node.Config.withPermissions"));
    }

    void attach(Want want) {
        if (want instanceof Want.ToMeet barrier && barriers.give(barrier)) return;
        if (near.size() + attaching.size() >= limits.ends()) {
            want.fail(new IllegalStateException("the link to " + peer() + " has " + limits.ends()
                    + " ends, which is the limit; close some"));
            return;
        }
        int id = ++lastNearEnd;
        attaching.put(id, want);
        out.say(want.question(id));
    }

    void poison(String name, int strength, Throwable cause, Answer<Boolean> answer) {
        if (over || session.isLeaving()) {
            answer.give(false);
            return;
        }
        poisonings.put(++lastPoisoning, answer);
        out.say(new Frame.Poison(lastPoisoning, strength, name, String.valueOf(cause)));
    }

    private void tick() {
        withdrawals.tick();
        detachments.tick();
        out.tick();
        inflow.tick();
        for (var end : near.values()) end.tick();
        checkGoodbye();
    }

    /// Counts a guard of ours that the home is told of. Those that stand there for choices to come make room for one that waits.
    boolean mayWatch() {
        if (waiters.mayWatch()) return true;
        for (var end : near.values()) end.forgetIdle();
        return waiters.mayWatch();
    }

    // The end

    void close() {
        if (closing || over) return;
        closing = true;
        for (var end : new ArrayList<>(homes.values())) end.leave();
        for (var end : new ArrayList<>(near.values())) end.leave(true);
        loop.after(limits.drain(), this::closeImpatiently);
        checkGoodbye();
    }

    private void closeImpatiently() {
        if (over) return;
        for (var end : new ArrayList<>(near.values())) end.leave(false);
        checkGoodbye();
        if (session.isConnected())
            loop.after(limits.drain(), () -> session.end("the node was closed and the peer did not answer in time"));
        else
            session.end("the node was closed while the connection was lost");
    }

    private void checkGoodbye() {
        if (!closing || over || session.isLeaving() || !attaching.isEmpty() || !poisonings.isEmpty()) return;
        out.sayTaken(); // it is to be heard, too
        if (!out.isIdle()) return;
        for (var end : near.values()) if (!end.isIdle()) return;
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
        inflow.end();
        for (var want : attaching.values())
            want.fail(want.lost(loss(why, LinkLost.Outcome.NOT_TAKEN)));
        attaching.clear();
        for (var answer : poisonings.values()) answer.give(false);
        poisonings.clear();
        for (var end : near.values()) end.lost(why, heard);
        for (var end : homes.values()) end.lost(why, heard);
        homes.clear();
        names.gone(this, why);
    }
}
