package dev.parley.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A bad line between nodes: passes bytes on in slices of random length until it is cut.
final class Relay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final int target;
    private final long seed;
    private volatile boolean cut;

    Relay(int target, long seed) throws IOException {
        this.target = target;
        this.seed = seed;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (!cut) {
                var near = server.accept();
                var far = new Socket(InetAddress.getLoopbackAddress(), target);
                for (var socket : new Socket[]{near, far}) {
                    socket.setTcpNoDelay(true);
                    sockets.add(socket);
                }
                Thread.ofVirtual().start(() -> pass(near, far, seed));
                Thread.ofVirtual().start(() -> pass(far, near, ~seed));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void pass(Socket from, Socket to, long seed) {
        var random = new Random(seed);
        var bytes = new byte[4096];
        try {
            for (int count = 0; count >= 0; count = from.getInputStream().read(bytes, 0,
                    1 + random.nextInt(bytes.length))) {
                int at = 0;
                while (at < count) {
                    int slice = Math.min(count - at, random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(count));
                    to.getOutputStream().write(bytes, at, slice);
                    at += slice;
                }
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    /// Resets all connections: what is under way is lost.
    void cut() {
        cut = true;
        for (var socket : sockets) close(socket);
    }

    private static void close(Socket socket) {
        try {
            if (!socket.isClosed()) socket.setSoLinger(true, 0); // a reset, not an orderly end
            socket.close();
        } catch (IOException closedMeanwhile) {
            assert socket.isClosed() : closedMeanwhile;
        }
    }

    @Override public void close() throws IOException {
        server.close();
        cut();
    }
}
