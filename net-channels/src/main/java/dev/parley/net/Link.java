package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.Handshake.Peer;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.Verdict.Plain;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A proven connection to another node: reads its frames, writes ours, and holds both kinds of ends.
///
/// - K1 bytes of elements that we sent and that are not answered are at most what the peer allowed, an absolute count that only grows
/// - K2 the same towards us; the peer that goes over it loses the link
/// - K3 nothing is handed to the connection after GOAWAY
/// - K4 [#over] happens once, and after it every offer, attachment and poisoning of this link has its answer
///
/// **Orderly end.** Who closes first takes back its offers, answers the peer's, says GOAWAY as its last word and ends its direction; the
/// other has then read all there is, answers nothing more and closes. What the other sent meanwhile was not looked at, so it knows
/// that none of it was taken.
///
/// Confined to the loop.
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class Link implements Wire.Frames {
    private final Names names;
    private final Loop loop;
    private final Limits limits;
    private final Wire wire;
    private final Peer peer;
    private final Future<?> tick;

    private final Map<Integer, SendingEnd> sending = new HashMap<>();
    private final Map<Integer, HomeEnd<?>> homes = new HashMap<>();
    private final Map<Integer, Want<?>> attaching = new HashMap<>();
    private final Map<Long, Answer<Boolean>> poisonings = new HashMap<>();
    private final Set<String> announced = new HashSet<>();
    private int lastSendingEnd, lastHomeEnd;
    private long lastPoisoning;

    // K1: ours, and those who wait for a connection that takes more or for bytes, first come, first served
    private long bytesSent, bytesAllowed;
    private final LinkedHashSet<SendingEnd> unwritable = new LinkedHashSet<>(), needBytes = new LinkedHashSet<>();
    // K2: the peer's
    private long bytesReceived, bytesReleased, bytesTold;

    // What the peer may ask us to take back, and we it
    private final Budget withdrawals, detachments, ownWithdrawals, ownDetachments;
    private int strays, silent;
    private long inputsBefore;
    private boolean pumping, closing, saidGoodbye, over;

    Link(Names names, Loop loop, Limits limits, Wire wire, Peer peer) {
        this.names = names;
        this.loop = loop;
        this.limits = limits;
        this.wire = wire;
        this.peer = peer;
        // ten seconds' worth at once: as long as frames can pile up on the way before the peer counts as gone
        this.withdrawals = new Budget(10 * limits.calm(), limits.calm());
        this.detachments = new Budget(Math.max(limits.ends(), 10 * limits.calm()), limits.calm());
        this.ownWithdrawals = withdrawals.half();
        this.ownDetachments = detachments.half();
        wire.handOver(this, limits.frame());
        tellBytes();
        this.tick = loop.every(limits.ping(), this::tick);
    }

    Loop loop() {
        return loop;
    }

    String peer() {
        return peer.address();
    }

    int longestElement() {
        return peer.longest() - Limits.OFFER_HEADER;
    }

    LinkLost loss(String why, LinkLost.Outcome outcome) {
        return new LinkLost(peer(), why, outcome);
    }

    // Input

    @Override public void frame(int type, ByteBuf in) {
        if (over || (saidGoodbye && type != Frame.GOAWAY)) return;
        switch (type) {
            case Frame.PUBLISH -> published(name(in));
            case Frame.ATTACH -> attach(in);
            case Frame.ATTACHED -> attached(in);
            case Frame.REJECT -> rejected(in);
            case Frame.DETACH -> {
                beCalm(detachments);
                var end = home(in);
                if (end != null) end.detach();
            }
            case Frame.BYTES -> {
                bytesAllowed = Math.max(bytesAllowed, Frame.number(in));
                pumpThoseWithoutBytes();
            }
            case Frame.OFFER, Frame.TRY -> {
                var end = home(in);
                long offer = Frame.number(in);
                if (end != null) end.offered(offer, type == Frame.TRY, in);
                in.skipBytes(in.readableBytes());
            }
            case Frame.TAKEN -> answered(in, Plain.TAKEN);
            case Frame.WITHDRAWN -> answered(in, Plain.NOT_TAKEN);
            case Frame.FAILED -> failed(in);
            case Frame.WITHDRAW -> {
                beCalm(withdrawals);
                var end = home(in);
                long offer = Frame.number(in);
                if (end != null) end.withdraw(offer);
            }
            case Frame.POLL -> {
                int id = endNumber(in);
                var end = homes.get(id);
                long number = Frame.number(in);
                if (end == null) stray(id);
                else putEnd(Frame.POLLED, id, number, end.isFull() ? 1 : 0);
            }
            case Frame.POLLED -> {
                var end = sender(in);
                long number = Frame.number(in);
                if (end != null) end.polled(number, Frame.number(in) == 1);
            }
            case Frame.POISON -> poisoned(in);
            case Frame.POISONED -> {
                var answer = poisonings.remove(Frame.number(in));
                boolean first = Frame.number(in) == 1;
                if (answer == null) throw new ProtocolError("an answer to a poison that nobody sent");
                answer.give(first);
                checkGoodbye();
            }
            case Frame.PING -> {
                if (wire.isWritable()) putEmpty(Frame.PONG);
            }
            case Frame.PONG -> {} // that it came is all it says
            case Frame.GOAWAY -> goneAway(in);
            default -> {
                if (type < Frame.FIRST_IGNORABLE) throw new ProtocolError("unknown frame " + type);
                in.skipBytes(in.readableBytes());
            }
        }
        Frame.requireEmpty(in);
        if (wire.unanswered() > limits.unanswered())
            throw new ProtocolError(
                    "it asked much and read nothing: " + wire.unanswered() + " bytes wait to be read");
    }

    private static String name(ByteBuf in) {
        var name = Frame.text(in, Limits.NAME, "name");
        if (name.isEmpty()) throw new ProtocolError("a channel's name must not be empty");
        return name;
    }

    private static int endNumber(ByteBuf in) {
        return Frame.smallNumber(in, Integer.MAX_VALUE, "number of an end");
    }

    private @Nullable HomeEnd<?> home(ByteBuf in) {
        int id = endNumber(in);
        var end = homes.get(id);
        if (end == null) stray(id);
        return end;
    }

    private @Nullable SendingEnd sender(ByteBuf in) {
        int id = endNumber(in);
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

    private void answered(ByteBuf in, Plain verdict) {
        var end = sender(in);
        long offer = Frame.number(in), limit = Frame.number(in);
        if (end != null) end.answered(offer, limit, verdict);
    }

    private void failed(ByteBuf in) {
        var end = sender(in);
        long offer = Frame.number(in), limit = Frame.number(in);
        int why = Frame.smallNumber(in, 255, "reason");
        var text = Frame.text(in, Limits.CAUSE, "cause");
        if (end == null) return;
        end.answered(offer, limit, switch (why) {
            case Frame.CLOSED -> Ended.CLOSED;
            case Frame.HOME_LEFT -> Ended.poisonedBy(loss("the node was closed", LinkLost.Outcome.NOT_TAKEN));
            default -> Ended.poisonedBy(new RemoteFailure(peer(), text));
        });
    }

    private void published(String name) {
        if (announced.size() >= limits.ends()) throw new ProtocolError("more than " + limits.ends() + " names");
        if (!announced.add(name)) throw new ProtocolError("\"" + name + "\" was published twice");
        names.announced(name);
    }

    private void attach(ByteBuf in) {
        int id = endNumber(in);
        var name = name(in);
        var fingerprint = Frame.text(in, Limits.FINGERPRINT, "fingerprint");
        if (id != lastHomeEnd + 1) throw new ProtocolError("end " + id + " came after end " + lastHomeEnd);
        lastHomeEnd = id;
        var home = names.published(name);
        if (home == null) reject(id, "it publishes no Channel \"" + name + "\"");
        else
            if (!home.fingerprint.equals(fingerprint))
                reject(id,
                        "it carries " + home.fingerprint + ", but this sender's codec writes " + fingerprint);
            else
                if (homes.size() >= limits.ends()) reject(id, "it has " + limits.ends() + " ends from here already");
                else {
                    var end = new HomeEnd<>(this, id, home);
                    homes.put(id, end);
                    putEnd(Frame.ATTACHED, id, end.limit());
                    if (closing) end.leave();
                }
    }

    private void reject(int id, String why) {
        beCalm(withdrawals);
        var out = wire.begin(Frame.REJECT);
        Frame.putNumber(out, id);
        Frame.putText(out, Frame.cut(why, 4 * Limits.CAUSE));
        wire.end();
    }

    private void attached(ByteBuf in) {
        int id = endNumber(in);
        long limit = Frame.number(in);
        var want = attaching.remove(id);
        if (want == null) throw new ProtocolError("end " + id + " did not ask to be attached");
        var end = new SendingEnd(this, want.name(), id, limit);
        sending.put(id, end);
        if (closing) end.leave(false);
        want.attached(end);
    }

    private void rejected(ByteBuf in) {
        int id = endNumber(in);
        var why = Frame.text(in, 4 * Limits.CAUSE, "reason");
        var want = attaching.remove(id);
        if (want == null) throw new ProtocolError("end " + id + " did not ask to be attached");
        want.fail(new IllegalArgumentException(
                "cannot send to Channel \"" + want.name() + "\" at " + peer() + ": " + why));
        checkGoodbye();
    }

    private void poisoned(ByteBuf in) {
        long number = Frame.number(in);
        var name = name(in);
        var text = Frame.text(in, Limits.CAUSE, "cause");
        var home = names.published(name);
        if (home == null) throw new ProtocolError("a poison for Channel \"" + name + "\", which is not published");
        boolean first = home.poison(new RemoteFailure(peer(), text));
        var out = wire.begin(Frame.POISONED);
        Frame.putNumber(out, number);
        Frame.putNumber(out, first ? 1 : 0);
        wire.end();
    }

    private void goneAway(ByteBuf in) {
        int code = Frame.smallNumber(in, 255, "code");
        var why = Frame.text(in, Limits.CAUSE, "reason");
        boolean orderly = code == 0;
        end(orderly ? "the node was closed" : "it ended the link: " + why,
                orderly ? LinkLost.Outcome.NOT_TAKEN : LinkLost.Outcome.UNKNOWN);
        wire.finish();
    }

    // For the ends

    boolean mayWrite(SendingEnd end) {
        if (over || saidGoodbye) return false;
        if (wire.isWritable()) return true;
        unwritable.add(end);
        return false;
    }

    /// Whether `bytes` more may be under way; if not, `end` is pumped when they may (K1).
    boolean reserve(SendingEnd end, int bytes) {
        boolean ours = needBytes.isEmpty() || needBytes.getFirst() == end;
        if (!ours || bytesSent + bytes > bytesAllowed) {
            needBytes.add(end);
            return false;
        }
        needBytes.remove(end);
        bytesSent += bytes;
        return true;
    }

    void giveBack(int bytes) {
        bytesSent -= bytes;
    }

    boolean lacksBytes(SendingEnd end) {
        return needBytes.contains(end);
    }

    /// `end` waits for something else, or for nothing; those behind it must not wait for it.
    void needsNoBytes(SendingEnd end) {
        if (needBytes.remove(end)) pumpThoseWithoutBytes();
    }

    private void pumpThoseWithoutBytes() {
        if (pumping) return; // the loop below goes on with those that come first then
        pumping = true;
        while (!needBytes.isEmpty()) {
            var first = needBytes.getFirst();
            first.pump();
            if (!needBytes.isEmpty() && needBytes.getFirst() == first) break;
        }
        pumping = false;
    }

    @Override public void writable() {
        var waiting = new ArrayList<>(unwritable);
        unwritable.clear();
        for (var end : waiting) end.pump();
    }

    void received(int bytes) {
        bytesReceived += bytes;
        if (bytesReceived > bytesTold)
            throw new ProtocolError("its offers have " + bytesReceived + " bytes, allowed were " + bytesTold);
    }

    void released(int bytes) {
        bytesReleased += bytes;
        if (bytesReleased + limits.sessionBytes() - bytesTold >= limits.sessionBytes() / 4) tellBytes();
    }

    private void tellBytes() {
        if (over || saidGoodbye) return;
        bytesTold = bytesReleased + limits.sessionBytes();
        Frame.putNumber(wire.begin(Frame.BYTES), bytesTold);
        wire.end();
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

    // Output

    void announce(String name) {
        Frame.putText(wire.begin(Frame.PUBLISH), name.getBytes(StandardCharsets.UTF_8));
        wire.end();
    }

    boolean publishes(String name) {
        return announced.contains(name);
    }

    void attach(Want<?> want) {
        if (sending.size() + attaching.size() >= limits.ends()) {
            want.fail(new IllegalStateException("the link to " + peer() + " has " + limits.ends()
                    + " sending ends, which is the limit; close some"));
            return;
        }
        int id = ++lastSendingEnd;
        attaching.put(id, want);
        var out = wire.begin(Frame.ATTACH);
        Frame.putNumber(out, id);
        Frame.putText(out, want.name().getBytes(StandardCharsets.UTF_8));
        Frame.putText(out, want.fingerprint().getBytes(StandardCharsets.UTF_8));
        wire.end();
    }

    void poison(String name, Throwable cause, Answer<Boolean> answer) {
        if (over || saidGoodbye) {
            answer.give(false);
            return;
        }
        poisonings.put(++lastPoisoning, answer);
        var out = wire.begin(Frame.POISON);
        Frame.putNumber(out, lastPoisoning);
        Frame.putText(out, name.getBytes(StandardCharsets.UTF_8));
        Frame.putText(out, Frame.cut(String.valueOf(cause), Limits.CAUSE));
        wire.end();
    }

    void putOffer(int end, Offer offer) {
        var out = wire.begin(offer.eager ? Frame.TRY : Frame.OFFER);
        Frame.putNumber(out, end);
        Frame.putNumber(out, offer.id);
        out.writeBytes(offer.payload);
        wire.end();
    }

    void putDetach(int end) {
        ownDetachments.send(() -> putEnd(Frame.DETACH, end));
    }

    void putWithdraw(int end, Offer offer) {
        ownWithdrawals.send(() -> {
            if (offer.isSent()) putEnd(Frame.WITHDRAW, end, offer.id);
        });
    }

    void putPoll(int end, long number) {
        putEnd(Frame.POLL, end, number);
    }

    void putTaken(int end, long offer, long limit) {
        putEnd(Frame.TAKEN, end, offer, limit);
    }

    void putWithdrawn(int end, long offer, long limit) {
        putEnd(Frame.WITHDRAWN, end, offer, limit);
    }

    void putFailed(int end, long offer, long limit, int why, @Nullable Throwable cause) {
        if (over || saidGoodbye) return;
        var out = wire.begin(Frame.FAILED);
        Frame.putNumber(out, end);
        Frame.putNumber(out, offer);
        Frame.putNumber(out, limit);
        Frame.putNumber(out, why);
        Frame.putText(out, Frame.cut(cause == null ? "" : cause.toString(), Limits.CAUSE));
        wire.end();
    }

    private void putEnd(int type, int end, long... numbers) {
        if (over || saidGoodbye) return;
        var out = wire.begin(type);
        Frame.putNumber(out, end);
        for (long number : numbers) Frame.putNumber(out, number);
        wire.end();
    }

    private void putEmpty(int type) {
        if (over || saidGoodbye) return;
        wire.begin(type);
        wire.end();
    }

    // Time

    private void tick() {
        withdrawals.tick();
        detachments.tick();
        ownWithdrawals.tick();
        ownDetachments.tick();
        checkGoodbye();
        boolean alive = wire.inputs() != inputsBefore;
        inputsBefore = wire.inputs();
        silent = alive ? 0 : silent + 1;
        if (silent >= limits.silentPings()) {
            wire.end("no sign of life for " + limits.ping().multipliedBy(silent).toMillis() + " ms");
            wire.cutOff();
        } else if (silent > 0 && wire.isWritable()) putEmpty(Frame.PING);
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
        loop.after(limits.drain(), () -> {
            wire.end("the node was closed and the peer did not answer in time");
            wire.cutOff();
        });
    }

    private void checkGoodbye() {
        if (!closing || saidGoodbye || over || !attaching.isEmpty() || !poisonings.isEmpty()) return;
        if (!ownWithdrawals.isIdle() || !ownDetachments.isIdle()) return;
        for (var end : sending.values()) if (!end.isIdle()) return;
        for (var end : homes.values()) if (!end.isIdle()) return;
        goodbye(0, "");
        saidGoodbye = true;
        wire.finishOutput();
    }

    private void goodbye(int code, String why) {
        var out = wire.begin(Frame.GOAWAY);
        Frame.putNumber(out, code);
        Frame.putText(out, Frame.cut(why, Limits.CAUSE));
        wire.end();
    }

    @Override public void over(String why) {
        if (!over && !saidGoodbye) goodbye(1, why);
        end(saidGoodbye ? "this node was closed" : why, LinkLost.Outcome.UNKNOWN);
    }

    private void end(String why, LinkLost.Outcome sentOutcome) {
        if (over) return;
        over = true;
        tick.cancel(false);
        for (var want : attaching.values())
            want.fail(new ChannelPoisoned(want.name(), "connect to Channel \"" + want.name() + "\" at " + peer(), 1,
                    loss(why, LinkLost.Outcome.NOT_TAKEN)));
        attaching.clear();
        for (var answer : poisonings.values()) answer.give(false);
        poisonings.clear();
        for (var end : sending.values()) end.lost(why, sentOutcome);
        for (var end : homes.values()) end.lost(loss(why, LinkLost.Outcome.NOT_TAKEN));
        homes.clear();
        names.gone(this, why);
    }
}
