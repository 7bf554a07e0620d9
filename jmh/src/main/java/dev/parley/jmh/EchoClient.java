package dev.parley.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The client of all echo servers: one thread that selects, so that it takes one processor at most and as little of it as it can. It reads while it still writes, so a server may send back a message in pieces, before it has all of it.
/// No two messages of a connection, and none of two connections, are the same; what comes back is compared with what was sent, byte by byte.
final class EchoClient implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final List<Connection> connections = new ArrayList<>();
    private int talking;

    /// Connects to the server on this port of the machine.
    ///
    /// @param bytes of a message
    EchoClient(int port, int bytes) throws IOException {
        var pattern = new byte[bytes];
        new Random(bytes).nextBytes(pattern);
        try {
            for (int i = 0; i < Echo.CONNECTIONS; i++) {
                var socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                connections.add(new Connection(socket, pattern, i));
            }
        } catch (IOException failure) {
            close();
            throw failure;
        }
    }

    /// Sends `n` messages, each connection its share, and waits for all of them to come back.
    ///
    /// @return the bytes that came back
    /// @throws IOException if others came than were sent, or a connection ended
    long talk(int n) throws IOException, InterruptedException {
        talking = 0;
        for (int i = 0; i < connections.size(); i++) {
            int share = n / connections.size() + (i < n % connections.size() ? 1 : 0);
            if (share == 0) continue;
            talking++;
            connections.get(i).begin(share);
        }
        while (talking > 0) {
            selector.select(key -> ((Connection) key.attachment()).go());
            if (Thread.interrupted()) throw new InterruptedException();
            for (var connection : connections) if (connection.failure != null) throw connection.failure;
        }
        long back = 0;
        for (var connection : connections) back += connection.back;
        return back;
    }

    @Override public void close() throws IOException {
        for (var connection : connections) connection.socket.close();
        selector.close();
    }

    /// One connection: `out` has the message that is under way, `in` what has come back of it.
    private final class Connection {
        final SocketChannel socket;
        final int number;
        final ByteBuffer out, in;
        private final SelectionKey key;
        int sent, left;
        long back;
        @Nullable IOException failure;

        Connection(SocketChannel socket, byte[] pattern, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            out = ByteBuffer.allocateDirect(pattern.length).put(pattern);
            in = ByteBuffer.allocateDirect(pattern.length);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.configureBlocking(false);
            key = socket.register(selector, SelectionKey.OP_READ, this);
        }

        void begin(int share) throws IOException {
            left = share;
            back = 0;
            next();
        }

        private void next() throws IOException {
            left--;
            out.clear().putInt(0, number).putInt(Integer.BYTES, sent++);
            in.clear();
            write();
        }

        private void write() throws IOException {
            socket.write(out);
            int wanted = out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != wanted) key.interestOps(wanted);
        }

        /// Goes on where the socket is ready.
        void go() {
            try {
                if (key.isWritable()) write();
                if (key.isReadable()) read();
            } catch (IOException thrown) {
                failure = thrown;
            }
        }

        private void read() throws IOException {
            if (!in.hasRemaining()) throw new IOException("the server sent more than it got on connection " + number);
            if (socket.read(in) < 0) throw new EOFException("the server ended connection " + number);
            if (in.hasRemaining()) return;
            int other = in.flip().mismatch(out.duplicate().clear());
            if (other >= 0)
                throw new IOException("the server sent back another byte " + other + " of message " + (sent - 1)
                        + " of connection " + number);
            back += in.limit();
            if (left > 0) next();
            else talking--;
        }
    }
}
