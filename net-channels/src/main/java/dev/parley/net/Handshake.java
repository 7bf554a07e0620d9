package dev.parley.net;

import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Hello;
import dev.parley.net.protocol.Frame.Proof;
import dev.parley.net.protocol.Frame.Ready;
import dev.parley.net.protocol.Frame.Refusal;
import dev.parley.net.protocol.Frame.Refuse;
import dev.parley.net.protocol.Frame.Self;
import dev.parley.net.protocol.Frame.Welcome;
import dev.parley.net.protocol.FrameCodec;
import dev.parley.net.protocol.Framing;
import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import dev.parley.net.protocol.ProtocolError;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// The first frames of a connection: who is there, which version, does the other know the secret, and which session is it about.
///
/// ```
/// connecting                          listening
///   HELLO    ----------------------->            magic, versions, identity, fresh number, session or none
///            <-----------------------  WELCOME   version, identity, fresh number, session
///   PROOF    ----------------------->            how much it heard, HMAC(secret, "connecting", HELLO, WELCOME, how much)
///            <-----------------------  READY     how much it heard, HMAC(secret, "listening", HELLO, WELCOME, how much)
/// ```
///
/// Both fresh numbers and both identities are in what is signed, and the role too, so that no proof serves twice or the other way round. The one
/// who connects proves first: a stranger gets nothing to guess secrets by, and cannot disturb the session that it names. At any step the listening
/// side may say REFUSE with the reason.
abstract class Handshake implements Wire.Frames {
    /// What the two sides are to each other when all is proven.
    ///
    /// @param subject of the other's certificate
    /// @param longest bytes of a frame that the other accepts
    /// @param session the one that begins, or goes on
    record Peer(String address, String subject, Identity identity, int longest, Id session) {}

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE = 32;

    final Loop loop;
    final Wire wire;
    private final Identity self;
    private final Security security;
    private final Limits limits;
    private final Ground.Timer deadline;
    private byte[] hello = new byte[0], welcome = new byte[0];
    private @Nullable Peer peer;
    private boolean done;

    Handshake(Loop loop, Identity self, Security security, Limits limits, Line line) {
        this.loop = loop;
        this.self = self;
        this.security = security;
        this.limits = limits;
        this.wire = new Wire(loop, line, this);
        this.deadline = loop.after(limits.hello(),
                () -> fail("the handshake took longer than " + limits.hello().toMillis() + " ms"));
    }

    /// The other is proven, and heard `heardThere` counted frames of the session. The frames that follow are the session's.
    abstract void proven(Peer peer, long heardThere);

    /// It came to nothing. Called at most once, and not after [#proven].
    abstract void failed(@Nullable Refusal refusal, String why);

    // The steps of the side that connects

    abstract static class Connecting extends Handshake {
        Connecting(Loop loop, Identity self, Security security, Limits limits, Line line) {
            super(loop, self, security, limits, line);
        }

        /// Whether the one who answers is the one to talk to.
        abstract boolean expects(Identity identity);

        /// @param session to go on with, or [Id#NONE]
        void begin(Id session) {
            say(new Hello(FrameCodec.VERSION, FrameCodec.VERSION, introduction(), session));
        }

        /// How much of the session was heard here.
        abstract long heard();

        @Override void take(Frame frame) {
            switch (frame) {
                case Welcome answer -> {
                    if (answer.version() != FrameCodec.VERSION)
                        throw new ProtocolError("version " + answer.version() + " was not offered");
                    if (!met(answer, answer.self(), answer.session())) return;
                    if (!expects(answer.self().identity()))
                        fail(Refusal.SESSION, "another node, or life of it, answered");
                    else
                        say(new Proof(heard(), proof("connecting", heard())));
                }
                case Ready ready -> {
                    if (proves("listening", ready.received(), ready.mac())) proven(ready.received());
                    else fail(Refusal.PROOF, "the shared secrets differ");
                }
                case Refuse refuse -> fail(refuse.code(), "it refused: " + refuse.why());
                default -> throw misplaced();
            }
        }
    }

    // The steps of the side that listens

    abstract static class Listening extends Handshake {
        private boolean greeted, resuming;

        Listening(Loop loop, Identity self, Security security, Limits limits, Line line) {
            super(loop, self, security, limits, line);
        }

        /// Fences the connections of the session that `peer` named.
        ///
        /// @return how much of it was heard here; -1 if it is not known, or not with that peer
        abstract long resume(Peer peer);

        @Override void take(Frame frame) {
            switch (frame) {
                case Hello greeting when !greeted -> {
                    greeted = true;
                    greet(greeting);
                }
                case Proof proof when greeted -> {
                    if (!proves("connecting", proof.received(), proof.mac()))
                        refuse(Refusal.PROOF, "the shared secrets differ");
                    else
                        settle(proof.received());
                }
                default -> throw misplaced();
            }
        }

        private void greet(Hello hello) {
            if (hello.lowest() > FrameCodec.VERSION || hello.highest() < FrameCodec.VERSION) {
                refuse(Refusal.VERSION, "this node speaks version " + FrameCodec.VERSION + ", the other "
                        + hello.lowest() + " to " + hello.highest());
                return;
            }
            resuming = !hello.session().equals(Id.NONE);
            var session = resuming ? hello.session() : Id.random(RANDOM);
            if (met(hello, hello.self(), session)) say(new Welcome(FrameCodec.VERSION, introduction(), session));
        }

        private void settle(long heardThere) {
            long heard = resuming ? resume(peer()) : 0;
            if (heard < 0) {
                refuse(Refusal.SESSION, "the session is over");
                return;
            }
            say(new Ready(heard, proof("listening", heard)));
            proven(heardThere);
        }
    }

    // Both

    abstract void take(Frame frame);

    @Override public void frame(Frame frame) {
        if (!done) take(frame);
    }

    static ProtocolError misplaced() {
        return new ProtocolError("a frame that has no place here in a handshake");
    }

    void say(Frame frame) {
        if (frame instanceof Hello) hello = FrameCodec.body(frame);
        if (frame instanceof Welcome) welcome = FrameCodec.body(frame);
        wire.put(frame);
    }

    Self introduction() {
        var nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        return new Self(security.hasSecret(), self, limits.frame(), nonce);
    }

    /// Takes note of what the other says of itself.
    ///
    /// @return whether we go on
    boolean met(Frame introduction, Self other, Id session) {
        if (introduction instanceof Hello) hello = FrameCodec.body(introduction);
        else welcome = FrameCodec.body(introduction);
        if (other.secret() != security.hasSecret()) {
            refuse(Refusal.SECURITY, other.secret()
                    ? "the other proves itself by a shared secret, this node has " + security
                    : "this node demands the shared secret, the other has none");
            return false;
        }
        if (other.longest() < Framing.FIRST_LONGEST)
            throw new ProtocolError("the longest frame must have at least " + Framing.FIRST_LONGEST + " bytes");
        peer = new Peer(wire.line().peer(), wire.line().subject(), other.identity(), other.longest(), session);
        return true;
    }

    Peer peer() {
        var met = peer;
        if (met == null) throw new ProtocolError("a proof came before an introduction");
        return met;
    }

    byte[] proof(String role, long heard) {
        return security.proof(role, hello, welcome, ByteBuffer.allocate(8).putLong(heard).array());
    }

    boolean proves(String role, long heard, byte[] mac) {
        return MessageDigest.isEqual(proof(role, heard), mac); // takes the same time wherever they differ
    }

    void proven(long heardThere) {
        done = true;
        deadline.stop();
        proven(peer(), heardThere);
    }

    void refuse(Refusal code, String why) {
        if (this instanceof Listening) wire.put(new Refuse(code, why));
        fail(code, why);
    }

    void fail(@Nullable Refusal refusal, String why) {
        if (done) return;
        end(refusal, why);
        wire.finish();
    }

    private void fail(String why) {
        fail(null, why);
    }

    private void end(@Nullable Refusal refusal, String why) {
        if (done) return;
        done = true;
        deadline.stop();
        failed(refusal, why);
    }

    @Override public void over(String why) {
        end(null, why);
    }

    @Override public void untrusted(String why) {
        end(Refusal.SECURITY, why);
    }

    @Override public void breached(String rule) {
        end(null, rule);
        wire.finish();
    }
}
