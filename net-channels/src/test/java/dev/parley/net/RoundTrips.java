package dev.parley.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Measures a 64-byte rendezvous over loopback beside a raw blocking-socket round trip of 64 bytes, in rotated rounds of one run:
/// `java … dev.parley.net.RoundTrips [rounds]`. Not a benchmark to quote (that is jmh's), but one that runs in seconds.
final class RoundTrips {
    private static final int COUNT = 20_000;

    private RoundTrips() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                var nodes = Pair.open()) {
            socket.setTcpNoDelay(true);
            Thread.ofPlatform().daemon().start(() -> echo(server));
            var in = new DataInputStream(socket.getInputStream());
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            var receiver = Side.run(() -> {
                while (channel.receive().length > 0) {}
            });
            for (int round = 0; round < rounds; round++) {
                double raw = micros(() -> {
                    socket.getOutputStream().write(new byte[64]);
                    in.readFully(new byte[64]);
                });
                double platform = micros(() -> sender.send(new byte[64]));
                double virtual = Side.start(() -> micros(() -> sender.send(new byte[64]))).result();
                System.out.printf(
                        "round %d: raw socket %.1f us, send on a platform thread %.1f us (%.2fx), on a virtual one %.1f us (%.2fx)%n",
                        round, raw, platform, platform / raw, virtual, virtual / raw);
            }
            sender.send(new byte[0]);
            receiver.result();
        }
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
            var bytes = new byte[64];
            for (;;) {
                in.readFully(bytes);
                out.write(bytes);
            }
        } catch (IOException ended) {
            System.out.println("echo ended");
        }
    }
}
