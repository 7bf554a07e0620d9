package dev.parley.net;

import dev.parley.net.protocol.FrameCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A peer that is not a node: writes what a test wants, byte by byte, over a blocking socket. Written from DESIGN.md.
final class RawPeer implements AutoCloseable {
    static final int HELLO = 0x01, WELCOME = 0x02, PROOF = 0x03, READY = 0x04, REFUSE = 0x05;
    static final int PUBLISH = 0x10, ATTACH = 0x11, ATTACHED = 0x12, REJECT = 0x13, DETACH = 0x14,
            BYTES = 0x15, ATTACH_RECEIVER = 0x16, OFFERS = 0x17, TAKEN_MANY = 0x18;
    static final int OFFER_LARGE = 0x19, TRY_LARGE = 0x1A, CHOOSE_LARGE = 0x1B, DELIVER_LARGE = 0x1C, PULL = 0x1D,
            PIECE = 0x1E, PIECES = 0x1F;
    static final int OFFER = 0x20, TRY = 0x21, TAKEN = 0x22, WITHDRAW = 0x23, WITHDRAWN = 0x24, FAILED = 0x25,
            POLL = 0x26, POLLED = 0x27,
            REQUEST = 0x28, DELIVER = 0x2A, DELIVERED = 0x2B;
    static final int POISON = 0x30, POISONED = 0x31, PING = 0x40, PONG = 0x41, GOAWAY = 0x42;

    final Socket socket;
    /// Named by the node.
    byte[] session = new byte[16];
    int epoch;
    private long frames;
    private final DataInputStream in;
    private final DataOutputStream out;

    RawPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /// A peer that has proven itself.
    static RawPeer proven(int port, Security security) throws IOException {
        var peer = new RawPeer(port);
        peer.open(security, new byte[16], 0);
        peer.read(READY);
        return peer;
    }

    /// A proven peer with end 1 attached to "bytes".
    static RawPeer attached(int port, Security security) throws IOException {
        var peer = proven(port, security);
        peer.frame(ATTACH, body(1, "bytes", "raw:bytes"));
        peer.read(ATTACHED);
        return peer;
    }

    /// Says HELLO and PROOF for `session`, of which it has heard `heard` frames.
    void open(Security security, byte[] session, int heard) throws IOException {
        var hello = hello();
        System.arraycopy(session, 0, hello, hello.length - 16, 16);
        frame(HELLO, hello);
        var welcome = read(WELCOME);
        this.session = Arrays.copyOfRange(welcome, welcome.length - 16, welcome.length);
        frame(PROOF, proof(security, "connecting", hello, welcome, heard));
    }

    /// What PROOF says: that nothing of the session was heard so far, and the signature.
    static byte[] proof(Security security, String role, byte[] hello, byte[] welcome) throws IOException {
        return proof(security, role, hello, welcome, 0);
    }

    /// What PROOF says when `heard` frames of the session were heard.
    static byte[] proof(Security security, String role, byte[] hello, byte[] welcome, int heard) throws IOException {
        return bytes(out -> {
            out.writeByte(heard);
            out.write(security.proof(role, hello, welcome, ByteBuffer.allocate(8).putLong(heard).array()));
        });
    }

    byte[] hello() throws IOException {
        return bytes(out -> {
            out.writeInt(0x50524C59);
            out.writeByte(FrameCodec.VERSION);
            out.writeByte(FrameCodec.VERSION);
            out.writeByte(1);
            out.write(new byte[16]);
            out.writeLong(epoch);
            out.writeInt(1 << 20);
            out.write(new byte[32]);
            out.write(new byte[16]); // a new session
        });
    }

    interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    static byte[] bytes(Writing writing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    /// The next frame of this connection.
    byte[] framed(int type, byte[] body) throws IOException {
        var content = bytes(out -> {
            out.writeByte(type);
            out.write(body);
        });
        var sum = new CRC32C();
        sum.update(ByteBuffer.allocate(8).putLong(frames++).array());
        sum.update(content);
        return bytes(out -> {
            out.writeInt(content.length + 4);
            out.write(content);
            out.writeInt((int) sum.getValue());
        });
    }

    /// Body of numbers below 128 and texts.
    static byte[] body(Object... parts) throws IOException {
        return bytes(out -> {
            for (var part : parts) {
                switch (part) {
                    case Integer number -> out.writeByte(number);
                    case String text -> {
                        out.writeByte(text.length());
                        out.writeBytes(text);
                    }
                    default -> out.write((byte[]) part);
                }
            }
        });
    }

    void frame(int type, byte[] body) throws IOException {
        raw(framed(type, body));
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// The next frame: its type and its body.
    private byte[] next() throws IOException {
        var content = new byte[in.readInt() - 4];
        in.readFully(content);
        in.readInt();
        return content;
    }

    /// The body of the next frame of `type`; others are passed over.
    byte[] read(int type) throws IOException {
        for (;;) {
            var frame = next();
            if (frame[0] == type) return Arrays.copyOfRange(frame, 1, frame.length);
        }
    }

    /// The body of the next frame of `wanted`, before which none of `never` comes; others are passed over.
    byte[] readNext(int never, int wanted) throws IOException {
        for (;;) {
            var frame = next();
            if (frame[0] == never) throw new IOException("frame " + never + " came before frame " + wanted);
            if (frame[0] == wanted) return Arrays.copyOfRange(frame, 1, frame.length);
        }
    }

    /// Reads until the node closes the connection.
    ///
    /// @return what the last frame, if it was a REFUSE or GOAWAY, said
    String readToEnd() throws IOException {
        var last = toLast();
        boolean reason = last.length > 0 && (last[0] == REFUSE || last[0] == GOAWAY);
        return reason ? new String(last, 1, last.length - 1, StandardCharsets.UTF_8) : "";
    }

    /// Reads until the node closes the connection.
    ///
    /// @return the type of the last frame
    int readLast() throws IOException {
        return toLast()[0];
    }

    private byte[] toLast() throws IOException {
        var last = new byte[0];
        try {
            for (;;) last = next();
        } catch (EOFException | SocketException closed) {
            return last;
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
