package dev.parley.net;

import dev.parley.net.Faults.Fate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// A line of real sockets between nodes, with [Faults]; their delays are left out.
final class Relay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final int target;
    private final Consumer<byte[]> ear;
    private final Faults faults; // of the accepting thread
    private volatile boolean cut, deaf, silent;
    private volatile int connections;

    /// A line that is good until it is [#cut].
    Relay(int target, long seed) throws IOException {
        this(target, new Faults(Faults.Rates.NONE, seed));
    }

    Relay(int target, Faults faults) throws IOException {
        this(target, faults, bytes -> {});
    }

    /// @param ear hears what arrives
    Relay(int target, Faults faults, Consumer<byte[]> ear) throws IOException {
        this.target = target;
        this.faults = faults;
        this.ear = ear;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Connections made so far.
    int connections() {
        return connections;
    }

    private void accept() {
        try {
            while (!cut) {
                var near = server.accept();
                if (deaf) { // it was in the queue already
                    near.close();
                    return;
                }
                var far = new Socket(InetAddress.getLoopbackAddress(), target);
                for (var socket : new Socket[]{near, far}) {
                    socket.setTcpNoDelay(true);
                    sockets.add(socket);
                    if (cut) close(socket); // which did not see it
                }
                connections = connections + 1; // of this thread only
                var there = faults.another();
                var back = faults.another();
                Thread.ofVirtual().start(() -> pass(near, far, there));
                Thread.ofVirtual().start(() -> pass(far, near, back));
            }
        } catch (IOException closed) {
            if (!deaf) cut();
        }
    }

    private void pass(Socket from, Socket to, Faults faults) {
        var bytes = new byte[4096];
        boolean silent = false;
        try {
            for (int count = 0; count >= 0; count = from.getInputStream().read(bytes)) {
                for (var fate : faults.of(bytes, count)) {
                    switch (fate) {
                        case Fate.Arrive arrive -> {
                            ear.accept(arrive.bytes());
                            if (!silent && !this.silent) to.getOutputStream().write(arrive.bytes());
                        }
                        case Fate.Reset reset -> throw new IOException("reset");
                        case Fate.HalfClose end -> to.shutdownOutput();
                        case Fate.Silence silence -> silent = true;
                    }
                }
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    /// Resets all connections: what is under way is lost. New ones may be made.
    void reset() {
        // not those that come while this goes on: the first to be closed may be replaced by then
        for (var socket : List.copyOf(sockets)) close(socket);
        sockets.removeIf(Socket::isClosed);
    }

    /// From here on nothing arrives, and nobody is told, as long as this is true.
    void partition(boolean silent) {
        this.silent = silent;
    }

    /// Resets all connections, and makes no more.
    void cut() {
        cut = true;
        reset();
        closeServer();
    }

    /// Makes no more connections.
    void deafen() {
        deaf = true;
        closeServer();
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException closedAlready) {
            assert server.isClosed() : closedAlready;
        }
    }

    private static void close(Socket socket) {
        try {
            if (!socket.isClosed()) socket.setSoLinger(true, 0); // a reset, not an orderly end
            socket.close();
        } catch (IOException closedMeanwhile) {
            assert socket.isClosed() : closedMeanwhile;
        }
    }

    @Override public void close() {
        cut();
    }
}
