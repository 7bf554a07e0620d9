package dev.parley.jmh;

import dev.parley.jmh.Parley.Place;
import dev.parley.loop.Offload;
import dev.parley.loop.TaskGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/// The echo servers of the JVM: `EchoServer CONTENDER` prints its port, sends back whatever comes, and ends when its input does. But for Netty, all run the same plain code, a process for each connection; what differs is who runs
/// the processes. On the baton engine each call that may block is in [Offload], as its documentation says.
final class EchoServer {
    private EchoServer() {}

    public static void main(String[] arguments) throws Exception {
        var name = arguments[0];
        if (name.equals("raw-netty")) {
            System.out.println(RawNetty.echoes());
        } else {
            var server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofPlatform().daemon().start(() -> serve(name, server));
            System.out.println(server.socket().getLocalPort());
        }
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0); // whatever threads there are
    }

    private static void serve(String name, ServerSocketChannel server) {
        try {
            switch (name) {
                case "raw-socket" -> {
                    while (true) {
                        var socket = server.accept();
                        Thread.ofPlatform().daemon().start(() -> orExit(() -> echo(socket)));
                    }
                }
                case "threads" -> Thread.startVirtualThread(() -> orExit(() -> {
                    while (true) {
                        var socket = server.accept();
                        Thread.startVirtualThread(() -> orExit(() -> echo(socket)));
                    }
                }));
                default -> inLoop(Place.valueOf(name.replace("parley@", "").toUpperCase(Locale.ROOT)), server);
            }
        } catch (Throwable failure) {
            exit(failure);
        }
    }

    private static void inLoop(Place place, ServerSocketChannel server) throws Exception {
        try (var parley = new Parley(place)) {
            parley.inside(() -> {
                TaskGroup.run(group -> {
                    while (true) {
                        if (place == Place.BATON) {
                            var socket = Offload.blocking().call(server::accept);
                            group.fork(() -> echoOffloaded(socket));
                        } else {
                            var socket = server.accept();
                            group.fork(() -> echo(socket));
                        }
                    }
                });
                return 0;
            });
        }
    }

    private static void echo(SocketChannel socket) throws IOException {
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var buffer = ByteBuffer.allocateDirect(Echo.BUFFER);
            while (socket.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) socket.write(buffer);
            }
        }
    }

    private static void echoOffloaded(SocketChannel socket) throws Exception {
        var elsewhere = Offload.blocking();
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var buffer = ByteBuffer.allocateDirect(Echo.BUFFER);
            while (elsewhere.call(() -> socket.read(buffer.clear())) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) elsewhere.call(() -> socket.write(buffer));
            }
        }
    }

    private static void orExit(Peer.Body body) {
        try {
            body.run();
        } catch (Throwable failure) {
            exit(failure);
        }
    }

    /// A connection that fails ends the run.
    private static void exit(Throwable failure) {
        failure.printStackTrace();
        System.exit(1);
    }
}
