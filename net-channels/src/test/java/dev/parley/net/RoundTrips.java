package dev.parley.net;

import dev.parley.loop.EventLoop;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/// Measures a 64-byte rendezvous between two JVMs beside a raw blocking-socket round trip of 64 bytes between the same two, in rotated rounds of
/// one run: `java … dev.parley.net.RoundTrips [rounds]`. Not a benchmark to quote (that is jmh's), but one that runs in seconds.
final class RoundTrips {
    private static final int COUNT = 20_000, SIZE = 64;
    private static final String[] KINDS = {"raw socket", "platform thread", "virtual thread", "task of a loop"};

    private RoundTrips() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("far")) far();
        else near(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9);
    }

    /// The JVM that echoes, and receives.
    private static void far() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var node = Node.listen("127.0.0.1:0", Pair.SECRET)) {
            Thread.ofPlatform().daemon().start(() -> echo(server));
            var channel = node.receiver("c", byte[].class);
            System.out.println(server.getLocalPort());
            System.out.println(node.port());
            while (channel.receive().length > 0) {}
        }
    }

    private static void near(int rounds) throws Exception {
        try (var far = Child.running(RoundTrips.class, "far");
                var socket = new Socket(InetAddress.getLoopbackAddress(), far.nextNumber());
                var node = Node.connect("127.0.0.1:" + far.nextNumber(), Pair.SECRET);
                var loop = EventLoop.open()) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            var sender = node.sender("c", byte[].class);
            var times = new double[KINDS.length][rounds];
            for (int round = 0; round < rounds; round++) {
                times[0][round] = micros(() -> {
                    socket.getOutputStream().write(new byte[SIZE]);
                    in.readFully(new byte[SIZE]);
                });
                times[1][round] = micros(() -> sender.send(new byte[SIZE]));
                times[2][round] = Side.start(() -> micros(() -> sender.send(new byte[SIZE]))).result();
                times[3][round] = loop.call(() -> micros(() -> sender.send(new byte[SIZE])));
            }
            for (int kind = 0; kind < KINDS.length; kind++) {
                double[] ratios = new double[rounds];
                for (int round = 0; round < rounds; round++) ratios[round] = times[kind][round] / times[0][round];
                System.out.printf("%-16s %5.1f us, %.2fx raw (medians of %d rounds; ratios from %.2f to %.2f)%n",
                        KINDS[kind], median(times[kind]), median(ratios), rounds, Arrays.stream(ratios).min().orElse(0),
                        Arrays.stream(ratios).max().orElse(0));
            }
            sender.send(new byte[0]);
        }
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private interface Step {
        void run() throws Exception;
    }

    private static double micros(Step step) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < COUNT; i++) step.run();
        return (System.nanoTime() - start) / 1000.0 / COUNT;
    }

    private static void echo(ServerSocket server) {
        try (var socket = server.accept()) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            var bytes = new byte[SIZE];
            for (;;) {
                in.readFully(bytes);
                out.write(bytes);
            }
        } catch (IOException ended) {
            System.out.println("echo ended");
        }
    }
}
