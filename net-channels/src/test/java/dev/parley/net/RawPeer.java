package dev.parley.net;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A peer that is not a node: writes what a test wants, byte by byte, over a blocking socket. Written from DESIGN.md.
final class RawPeer implements AutoCloseable {
    final Socket socket;
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
        var hello = peer.hello();
        peer.frame(Frame.HELLO, hello);
        var welcome = peer.read(Frame.WELCOME);
        peer.frame(Frame.PROOF, security.proof("connecting", hello, welcome));
        peer.read(Frame.READY);
        return peer;
    }

    byte[] hello() throws IOException {
        return bytes(out -> {
            out.writeInt(Frame.MAGIC);
            out.writeByte(1);
            out.writeByte(1);
            out.writeByte(1);
            out.write(new byte[24]);
            out.writeInt(1 << 20);
            out.write(new byte[32]);
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

    static byte[] framed(int type, byte[] body) throws IOException {
        var content = bytes(out -> {
            out.writeByte(type);
            out.write(body);
        });
        var sum = new CRC32C();
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

    /// Reads until the node closes the connection.
    ///
    /// @return what the last frame, if it was a REFUSE or GOAWAY, said
    String readToEnd() throws IOException {
        var last = new byte[0];
        try {
            for (;;) last = next();
        } catch (EOFException | SocketException closed) {
            boolean reason = last.length > 0 && (last[0] == Frame.REFUSE || last[0] == Frame.GOAWAY);
            return reason ? new String(last, 1, last.length - 1, StandardCharsets.UTF_8) : "";
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
