package dev.parley.net;

import dev.parley.net.Handshake.Peer;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Counted;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Two lives of nodes that talk to each other over one connection after the other, and hear each counted frame once and in order.
///
/// **Idea.** Both sides count the counted frames, so a frame's position needs no bytes. What was said is kept until the peer has acknowledged it, as
/// frames, not as bytes: an offer refers to its caller's encoded element, so that the blocked sender is the buffer for sending again.
/// When a connection is lost, the side that connected connects anew and both name the session and how much of it they have heard; each says again
/// what the other has not. A new connection fences the one before: nothing that still arrives there is looked at, *before* it is said
/// how much was heard. A session whose peer is not back within the window is over for good, and its name is not known any more.
///
/// - R1 `log` holds the frames of the positions `acknowledged + 1` to `said`, in order
/// - R2 every frame of the log has been put on the current connection, in order, and nothing else that is counted
/// - R3 the frame of position `heard + 1` is looked at when it comes over the current connection; no other counted frame ever is
/// - R4 the owner is told [Owner#ended] once, and nothing after it
///
/// From R1 to R3: as long as both lives last, no counted frame is lost, repeated or overtaken, whatever happens to connections.
///
/// Where it comes from: implied positions and resuming by them are RSocket's; that everything uncertain is kept by who asked, AMQP 1.0's.
/// Confined to the loop.
final class Session {
    /// What the session is for.
    interface Owner {
        void heard(Counted frame);

        /// There is a connection, and it takes more.
        void writable();

        /// There is a connection again, or none.
        void connected(boolean connected);

        /// More of what was said has been heard.
        void acknowledged();

        /// All that was said has been heard.
        void allHeard();

        /// No more will be heard or said.
        ///
        /// @param heard how much the peer has heard at most; what was said later it never will
        void ended(String why, long heard);
    }

    /// Gets the session a new connection, if that is this node's part.
    interface Redial {
        void dial(Session session);
    }

    /// Frames heard after which the peer is told.
    private static final int ACK = 64;

    private final Loop loop;
    private final Limits limits;
    private final Peer peer;
    private final Redial redial;
    private final Owner owner;
    private final Ground.Timer tick;
    private final ArrayDeque<Counted> log = new ArrayDeque<>();
    private long said, acknowledged, heard, heardTold;
    private long replies; // the weight of those in the log
    private int silent;
    private @Nullable Connection current;
    private Ground.@Nullable Timer patience;
    private boolean leaving, over;

    Session(Loop loop, Limits limits, Peer peer, Redial redial, Owner owner) {
        this.loop = loop;
        this.limits = limits;
        this.peer = peer;
        this.redial = redial;
        this.owner = owner;
        this.tick = loop.every(limits.ping(), this::tick);
    }

    Peer peer() {
        return peer;
    }

    long heard() {
        return heard;
    }

    /// Whether counted frames go out at once and the peer takes them.
    boolean isWritable() {
        return current != null && current.wire.isWritable();
    }

    boolean isConnected() {
        return current != null;
    }

    boolean isOver() {
        return over;
    }

    boolean isAllHeard() {
        return log.isEmpty();
    }

    /// Says `frame`, now or when there is a connection.
    ///
    /// @return its position
    long say(Counted frame) {
        log.add(frame);
        if (frame instanceof Frame.Reply) replies += frame.weight();
        if (current != null) current.wire.put(frame);
        return ++said;
    }

    /// What was said leaves before the next frame is looked at.
    void hurry() {
        if (current != null) current.wire.hurry();
    }

    /// The peer has heard all up to `position`.
    void acknowledge(long position) {
        if (position <= acknowledged) return; // positions only grow, so an older word tells nothing
        forget(position);
        owner.acknowledged();
        if (log.isEmpty()) owner.allHeard();
    }

    /// How much the peer has heard, as far as is known here.
    long acknowledged() {
        return acknowledged;
    }

    /// The weight of the answers that the peer has not heard, as far as is known here.
    long unheard() {
        return replies;
    }

    private void forget(long position) {
        if (position > said)
            throw new ProtocolError("it heard " + position + " frames, but only " + said + " were said");
        for (; acknowledged < position; acknowledged++) {
            if (log.remove() instanceof Frame.Reply reply) replies -= reply.weight();
        }
    }

    /// A proven connection, the first or one more.
    ///
    /// @param heardThere how much the peer has heard
    void connect(Wire wire, long heardThere) {
        if (heardThere < acknowledged)
            throw new ProtocolError("it heard " + heardThere + " frames, after it had heard " + acknowledged);
        forget(heardThere);
        fence("another connection came");
        if (patience != null) patience.stop();
        patience = null;
        silent = 0;
        current = new Connection(wire);
        wire.handOver(current, limits.frame());
        for (var frame : log) wire.put(frame); // R2
        heardTold = heard;
        owner.connected(true);
        owner.acknowledged();
        owner.writable();
        if (log.isEmpty()) owner.allHeard();
    }

    /// Nothing more is heard over the connection there is.
    void fence(String why) {
        if (current == null) return;
        current.wire.cut();
        lost(why);
    }

    /// Asks the peer to acknowledge what it has heard.
    void ask() {
        if (current != null) current.wire.put(new Frame.Ping(heard));
    }

    /// Says an orderly goodbye, over the connection there is; the peer then closes it.
    void leave() {
        var last = current;
        if (last == null || leaving) return;
        leaving = true;
        last.wire.put(new Frame.GoAway(0, heard, ""));
        last.wire.finishOutput();
    }

    boolean isLeaving() {
        return leaving;
    }

    /// Ends it without goodbye.
    void end(String why) {
        var last = current;
        current = null;
        if (last != null) last.wire.cut();
        ended(why, said);
    }

    private void ended(String why, long heardThere) {
        if (over) return;
        over = true;
        tick.stop();
        if (patience != null) patience.stop();
        owner.ended(why, heardThere);
    }

    private void lost(String why) {
        current = null;
        if (over) return;
        if (!leaving) owner.connected(false);
        if (leaving) ended("this node was closed", said);
        else if (limits.window().isZero()) ended(why, said);
        else {
            patience = loop.after(limits.window(),
                    () -> ended(why + "; it was not back within " + limits.window().toMillis() + " ms", said));
            redial.dial(this);
        }
    }

    private void tick() {
        var connection = current;
        if (connection == null) return;
        silent = connection.wire.showedLife() ? 0 : silent + 1;
        if (silent >= limits.silentPings()) {
            fence("no sign of life for " + limits.ping().multipliedBy(silent).toMillis() + " ms");
        } else if (silent > 0 && connection.wire.isWritable() && !leaving) ask();
    }

    /// The current connection's frames: a wire that was cut tells nothing any more (W1).
    private final class Connection implements Wire.Frames {
        final Wire wire;

        Connection(Wire wire) {
            this.wire = wire;
        }

        @Override public void frame(Frame frame) {
            if (leaving && !(frame instanceof Frame.GoAway)) return;
            switch (frame) {
                case Counted counted -> {
                    heard++;
                    owner.heard(counted);
                    if (heard - heardTold >= ACK && current == this) {
                        heardTold = heard;
                        wire.put(new Frame.Ack(heard));
                    }
                }
                case Frame.Ack ack -> acknowledge(ack.received());
                case Frame.Pong pong -> acknowledge(pong.received());
                case Frame.Ping ping -> {
                    acknowledge(ping.received());
                    heardTold = heard;
                    if (wire.isWritable()) wire.put(new Frame.Pong(heard));
                }
                case Frame.GoAway goAway -> {
                    current = null;
                    wire.finish();
                    ended(goAway.code() == 0 ? "the node was closed" : "it ended the link: " + goAway.why(),
                            goAway.received());
                }
                case Frame.Unknown passedOver -> {}
                default -> throw new ProtocolError("a handshake's frame after the handshake");
            }
            if (replies > limits.unanswered() || wire.line().untaken() > limits.unanswered())
                throw new ProtocolError("it asked much and heard nothing: " + Math.max(replies, wire.line().untaken())
                        + " bytes wait for it");
        }

        @Override public void writable() {
            if (current == this) owner.writable();
        }

        @Override public void over(String why) {
            if (current == this) lost(why);
        }

        @Override public void breached(String rule) {
            if (current == this) {
                current = null;
                if (!leaving) wire.put(new Frame.GoAway(1, heard, rule));
                ended(rule, said);
            }
            wire.finish();
        }
    }
}
