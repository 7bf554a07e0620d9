package dev.parley.net;

import dev.parley.net.Wire.Frames;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The first frames of a connection: who is there, which version, and does the other know the secret.
///
/// ```
/// connecting                          listening
///   HELLO    ----------------------->            magic, versions, identity, fresh number
///            <-----------------------  WELCOME   version, identity, fresh number
///   PROOF    ----------------------->            HMAC(secret, "connecting", HELLO, WELCOME)
///            <-----------------------  READY     HMAC(secret, "listening", HELLO, WELCOME)
/// ```
///
/// Both fresh numbers and both identities are in what is signed, and the role too, so that no proof serves twice or the other way round. The one
/// who connects proves first: a stranger gets nothing to guess secrets by. At any step the listening side may say REFUSE with the reason.
final class Handshake implements Frames {
    /// What the two sides are to each other when all is proven.
    ///
    /// @param longest bytes of a frame that the other accepts
    record Peer(String address, Identity identity, int longest) {}

    /// Told the end of the handshake, on the loop's thread.
    interface Outcome {
        /// The other is proven; the frames that follow are the link's.
        void proven(Wire wire, Peer peer);

        void failed(String why);
    }

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE = 32, OPEN = 0, SECRET = 1;

    private final boolean connecting;
    private final Identity self;
    private final Security security;
    private final Limits limits;
    private final String address;
    private final Outcome outcome;
    private final Wire wire;
    private final Future<?> deadline;
    private byte[] hello = new byte[0], welcome = new byte[0];
    private @Nullable Peer peer;
    private int expected;
    private boolean done;

    Handshake(boolean connecting, Loop loop, Identity self, Security security, Limits limits, String address,
            Outcome outcome) {
        this.connecting = connecting;
        this.self = self;
        this.security = security;
        this.limits = limits;
        this.address = address;
        this.outcome = outcome;
        this.wire = new Wire(loop, this);
        this.expected = connecting ? Frame.WELCOME : Frame.HELLO;
        this.deadline = loop.after(limits.hello(),
                () -> fail("the handshake took longer than " + limits.hello().toMillis() + " ms"));
    }

    Wire wire() {
        return wire;
    }

    /// Says HELLO, if we are the one to begin.
    void begin() {
        if (!connecting) return;
        var out = wire.begin(Frame.HELLO);
        int start = out.writerIndex();
        out.writeInt(Frame.MAGIC).writeByte(Frame.VERSION).writeByte(Frame.VERSION);
        introduce(out);
        hello = written(out, start);
        wire.end();
    }

    private void introduce(ByteBuf out) {
        out.writeByte(security.provesPeers() ? SECRET : OPEN);
        out.writeLong(self.high()).writeLong(self.low()).writeLong(self.epoch()).writeInt(limits.frame());
        var nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        out.writeBytes(nonce);
    }

    @Override public void frame(int type, ByteBuf in) {
        if (done) return;
        if (type != expected && !(connecting && type == Frame.REFUSE))
            throw new ProtocolError("frame " + type + " has no place here in a handshake");
        switch (type) {
            case Frame.HELLO -> greeted(in);
            case Frame.WELCOME -> welcomed(in);
            case Frame.PROOF -> {
                if (!proves("connecting", in)) return;
                put(Frame.READY, security.proof("listening", hello, welcome));
                proven();
            }
            case Frame.READY -> {
                if (proves("listening", in)) proven();
            }
            default -> { // REFUSE
                Frame.requireReadable(in, 1);
                in.skipBytes(1);
                fail("it refused: " + Frame.text(in, Limits.CAUSE, "reason"));
            }
        }
    }

    private void greeted(ByteBuf in) {
        hello = all(in);
        Frame.requireReadable(in, 6);
        if (in.readInt() != Frame.MAGIC) throw new ProtocolError("this is not a Parley node");
        int lowest = in.readUnsignedByte(), highest = in.readUnsignedByte();
        if (lowest > Frame.VERSION || highest < Frame.VERSION) {
            refuse(1, "this node speaks version " + Frame.VERSION + ", the other " + lowest + " to " + highest);
            return;
        }
        if (!met(in)) return;
        var out = wire.begin(Frame.WELCOME);
        int start = out.writerIndex();
        out.writeByte(Frame.VERSION);
        introduce(out);
        welcome = written(out, start);
        wire.end();
        expected = Frame.PROOF;
    }

    private void welcomed(ByteBuf in) {
        welcome = all(in);
        Frame.requireReadable(in, 1);
        int version = in.readUnsignedByte();
        if (version != Frame.VERSION) throw new ProtocolError("version " + version + " was not offered");
        if (!met(in)) return;
        put(Frame.PROOF, security.proof("connecting", hello, welcome));
        expected = Frame.READY;
    }

    /// Reads what the other says of itself.
    ///
    /// @return whether we go on
    private boolean met(ByteBuf in) {
        Frame.requireReadable(in, 1 + 16 + 8 + 4 + NONCE);
        boolean secret = in.readByte() == SECRET;
        if (secret != security.provesPeers()) {
            refuse(2, secret
                    ? "the other proves itself by a shared secret, this node has Security.loopbackOnly()"
                    : "this node demands the shared secret, the other has Security.loopbackOnly()");
            return false;
        }
        var identity = new Identity(in.readLong(), in.readLong(), in.readLong());
        int longest = in.readInt();
        if (longest < Limits.HELLO_FRAME)
            throw new ProtocolError("the longest frame must have at least " + Limits.HELLO_FRAME + " bytes");
        peer = new Peer(address, identity, longest);
        return true;
    }

    private boolean proves(String role, ByteBuf in) {
        // takes the same time wherever they differ
        if (MessageDigest.isEqual(security.proof(role, hello, welcome), all(in))) return true;
        refuse(3, "the shared secrets differ");
        return false;
    }

    private void proven() {
        done = true;
        deadline.cancel(false);
        var proven = peer;
        if (proven == null) throw new ProtocolError("a proof came before an introduction");
        outcome.proven(wire, proven);
    }

    private void refuse(int code, String why) {
        if (!connecting) {
            var out = wire.begin(Frame.REFUSE);
            out.writeByte(code);
            Frame.putText(out, Frame.cut(why, Limits.CAUSE));
            wire.end();
        }
        fail(why);
    }

    private void fail(String why) {
        if (done) return;
        done = true;
        deadline.cancel(false);
        outcome.failed(why);
        wire.finish();
    }

    @Override public void over(String why) {
        if (done) return;
        done = true;
        deadline.cancel(false);
        outcome.failed(why);
    }

    private void put(int type, byte[] body) {
        wire.begin(type).writeBytes(body);
        wire.end();
    }

    private static byte[] all(ByteBuf in) {
        var bytes = new byte[in.readableBytes()];
        in.getBytes(in.readerIndex(), bytes);
        return bytes;
    }

    private static byte[] written(ByteBuf out, int start) {
        var bytes = new byte[out.writerIndex() - start];
        out.getBytes(start, bytes);
        return bytes;
    }
}
