package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ReceiverFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A peer in another language, written from PROTOCOL.md: sends, receives as a home and from one, and is poisoned.
@Timeout(60) class PythonPeerTest {
    @BeforeAll static void pythonIsThere() throws Exception {
        try {
            assumeTrue(new ProcessBuilder("python3", "--version").start().waitFor() == 0, "python3 does not run");
        } catch (IOException missing) {
            assumeTrue(false, "there is no python3 on this machine: " + missing.getMessage());
        }
    }

    private static Process peer(Node node, String... arguments) throws IOException {
        var script = Path.of("src", "test", "python", "peer.py");
        if (!Files.exists(script)) script = Path.of("net-channels").resolve(script);
        var command = new ArrayList<>(List.of("python3", script.toString(), "" + node.port(), "sixteen bytes or more"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static List<String> numbers(int count, String... rest) {
        var lines = new ArrayList<>(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        lines.addAll(List.of(rest));
        return lines;
    }

    @Test void itSends() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = node.receiver("numbers", Integer.class);
            var peer = peer(node, "send", "numbers", "200");
            for (int i = 0; i < 200; i++) assertEquals(i, channel.receive());
            assertEquals("Closed[]", channel.receiveOrClosed().toString());
            assertEquals(numbers(200), peer.inputReader().lines().toList());
            assertEquals(0, peer.waitFor());
        }
    }

    @Test void itReceives() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var peer = peer(node, "receive", "sink");
            try (var sink = node.sender("sink", Integer.class)) {
                for (int i = 0; i < 200; i++) sink.send(i);
            }
            assertEquals(numbers(200, "closed"), peer.inputReader().lines().toList());
            assertEquals(0, peer.waitFor());
        }
    }

    @Test void itSendsManyAtOnce() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = node.publish(Channel.<Integer>buffered("numbers", 20), Codec.of(Integer.class));
            var peer = peer(node, "send", "numbers", "200");
            for (int i = 0; i < 200; i++) assertEquals(i, channel.receive());
            assertEquals(numbers(200), peer.inputReader().lines().toList());
            assertEquals(0, peer.waitFor());
        }
    }

    @Test void itReceivesManyAtOnce() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var peer = peer(node, "receive", "sink");
            try (var sink = node.sender("sink", Integer.class)) {
                sink.sendAll(IntStream.range(0, 200).boxed().toList());
            }
            assertEquals(numbers(200, "closed"), peer.inputReader().lines().toList());
            assertEquals(0, peer.waitFor());
        }
    }

    @Test void itReceivesFromAChannelOfTheNode() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = node.publish(Channel.<Integer>rendezvous("numbers"), Codec.of(Integer.class));
            var peer = peer(node, "take", "numbers");
            for (int i = 0; i < 200; i++) {
                if (i % 10 < 9) {
                    channel.send(i);
                } else {
                    int nine = i;
                    var failed = assertThrows(ReceiverFailed.class, () -> channel.send(nine));
                    assertTrue(String.valueOf(failed.getMessage()).contains("no nines"), failed.toString());
                }
            }
            channel.close();
            assertEquals(numbers(200, "closed 0 "), peer.inputReader().lines().toList());
            assertEquals(0, peer.waitFor());
        }
    }

    @Test void itIsPoisonedWhileItReceives() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = node.publish(Channel.<Integer>rendezvous("numbers"), Codec.of(Integer.class));
            var peer = peer(node, "take", "numbers");
            channel.send(0);
            Side.until(() -> channel.statistics().waitingReceivers() == 1);
            channel.poison(5, new IllegalStateException("enough"));
            assertEquals(List.of("0", "poisoned 5 java.lang.IllegalStateException: enough"),
                    peer.inputReader().lines().toList());
        }
    }

    @Test void itIsPoisoned() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = node.receiver("numbers", Integer.class);
            var peer = peer(node, "send", "numbers", "200");
            for (int i = 0; i < 10; i++) assertEquals(i, channel.receive());
            Side.until(() -> channel.statistics().waitingSenders() == 1);
            channel.poison(5, new IllegalStateException("enough"));
            assertEquals(numbers(10, "failed 10 poisoned 5 java.lang.IllegalStateException: enough"),
                    peer.inputReader().lines().toList());
        }
    }

    @Test void itsTypeIsCheckedWhenTheEndsMeet() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            node.receiver("texts", String.class);
            var peer = peer(node, "send", "texts", "1");
            assertEquals(List.of("rejected it carries raw:utf-8, but this sender's codec writes raw:int32"),
                    peer.inputReader().lines().toList());
            peer(node, "receive", "sink");
            assertThrows(IllegalArgumentException.class, () -> node.sender("sink", String.class));
        }
    }
}
