package dev.parley.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The client of the echo rows sees servers that do not send back what they got.
@Timeout(20) class EchoClientTest {
    private static final int BYTES = 1024;

    private ServerSocket server;

    @BeforeEach void listen() throws IOException {
        server = new ServerSocket(0, Echo.CONNECTIONS, InetAddress.getLoopbackAddress());
    }

    @AfterEach void stop() throws IOException {
        server.close();
    }

    private interface Answer {
        /// What is sent back for the k-th message of a connection.
        byte[] to(int k, byte[] message);
    }

    /// A server that answers each connection so.
    private EchoClient clientOf(Answer answer) throws IOException {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    var socket = server.accept();
                    Thread.ofPlatform().daemon().start(() -> {
                        try (socket) {
                            for (int k = 0;; k++) {
                                var message = socket.getInputStream().readNBytes(BYTES);
                                if (message.length < BYTES) return;
                                socket.getOutputStream().write(answer.to(k, message));
                            }
                        } catch (IOException | UncheckedIOException _) {
                            // the client has seen enough
                        }
                    });
                }
            } catch (IOException _) {
                // stopped
            }
        });
        return new EchoClient(server.getLocalPort(), BYTES);
    }

    @Test void countsTheBytesOfAllMessages() throws Exception {
        try (var client = clientOf((_, message) -> message)) {
            for (int n : List.of(1, 9, 10, 103)) assertEquals((long) n * BYTES, client.talk(n));
        }
    }

    @Test void seesAnotherByte() throws Exception {
        try (var client = clientOf((k, message) -> {
            if (k == 3) message[BYTES - 1]++;
            return message;
        })) {
            var failure = assertThrows(IOException.class, () -> client.talk(100));
            assertTrue(failure.getMessage().contains("another byte " + (BYTES - 1) + " of message 3"),
                    failure.getMessage());
        }
    }

    @Test void seesAMessageThatComesAgain() throws Exception {
        var first = new byte[1][];
        try (var client = clientOf((k, message) -> {
            if (k == 0) first[0] = message;
            return first[0];
        })) {
            assertThrows(IOException.class, () -> client.talk(100));
        }
    }

    @Test void seesAConnectionThatEnds() throws Exception {
        try (var client = clientOf((k, message) -> {
            if (k == 2) throw new UncheckedIOException(new IOException("over"));
            return message;
        })) {
            assertThrows(IOException.class, () -> client.talk(100));
        }
    }
}
