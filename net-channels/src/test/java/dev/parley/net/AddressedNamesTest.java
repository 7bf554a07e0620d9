package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.net.Pair.assertCarries;
import static dev.parley.net.Pair.freePort;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Names that say where they are: `host:port/name`.
@Timeout(60) class AddressedNamesTest {
    private static Node listening() throws IOException {
        return listening(0);
    }

    private static Node listening(int port) throws IOException {
        return Opening.listen("127.0.0.1:" + port, Pair.SECRET, Pair.AT_ONCE);
    }

    private static Node open() {
        return Opening.open(Pair.SECRET, Pair.AT_ONCE);
    }

    private static String at(Node node, String name) {
        return "127.0.0.1:" + node.port() + "/" + name;
    }

    private static Sender<Integer> sender(Node node, String name) throws InterruptedException {
        return node.sender(name, Integer.class);
    }

    // One string

    @Test void oneStringIsEnough() throws Exception {
        try (var shop = listening(); var node = open()) {
            var orders = shop.receiver("orders", Integer.class);
            assertCarries(sender(node, at(shop, "orders")), orders, 1);
            var answers = shop.publish(Channel.<Integer>buffered("answers/of the shop", 1), Codec.of(Integer.class));
            answers.send(2);
            assertEquals(2, node.receiverEnd(at(shop, "answers/of the shop"), Integer.class).receive());
            assertThrows(IllegalStateException.class, node::port);
        }
    }

    @Test void neitherTheNodeNorTheNameHasToBeFirst() throws Exception {
        int port = freePort();
        try (var node = open()) {
            var sending = Side.run(() -> {
                try (var orders = sender(node, "127.0.0.1:" + port + "/orders")) {
                    orders.send(7);
                }
            });
            try (var shop = listening(port)) {
                shop.receiver("others", Integer.class);
                sender(node, at(shop, "others")); // so there is a link by now
                assertEquals(List.of(7), shop.receiver("orders", Integer.class).stream().toList());
                sending.result();
            }
        }
    }

    @Test void howeverManyNamesThereIsOneLink() throws Exception {
        try (var shop = listening();
                var relay = new Relay(shop.port(), 1);
                var node = open()) {
            var channels = new ArrayList<Channel<Integer>>();
            var asking = new ArrayList<Side<Sender<Integer>>>();
            for (int i = 0; i < 20; i++) {
                channels.add(shop.receiver("c" + i, Integer.class));
                var name = "127.0.0.1:" + relay.port() + "/c" + i;
                asking.add(Side.start(() -> sender(node, name)));
            }
            for (int i = 0; i < 20; i++) assertCarries(asking.get(i).result(), channels.get(i), i);
            assertEquals(1, relay.connections());
            sender(node, "localhost:" + relay.port() + "/c0");
            assertEquals(1, relay.connections());
        }
    }

    @Test void anotherAddressOfTheSameNodeIsTheSameLink() throws Exception {
        try (var shop = listening();
                var first = new Relay(shop.port(), 1);
                var second = new Relay(shop.port(), 2);
                var node = open()) {
            var channel = shop.receiver("c", Integer.class);
            sender(node, "127.0.0.1:" + first.port() + "/c");
            var end = sender(node, "127.0.0.1:" + second.port() + "/c");
            assertEquals(1, second.connections()); // to find out
            second.cut();
            assertCarries(end, channel, 1);
            first.cut();
            var lost = assertThrows(ChannelPoisoned.class, () -> {
                for (;;) end.send(2);
            });
            assertInstanceOf(LinkLost.class, lost.getCause());
        }
    }

    @Test void aNodesOwnAddressLeadsToTheChannelItself() throws Exception {
        try (var node = listening()) {
            var channel = node.receiver("c", byte[].class);
            var element = new byte[3];
            var receiving = channel.receiveAsync();
            var end = node.sender(at(node, "c"), byte[].class);
            end.send(element);
            assertEquals(new Received<>(element), receiving.join()); // the very same array
            end.close();
            assertEquals(new Closed<>(), channel.receiveOrClosed());
            var late = Side.start(() -> sender(node, at(node, "late")));
            var lately = published(node, "late");
            assertCarries(late.result(), lately, 1);
        }
    }

    @Test void theLinkANodeBeganWithServesItsAddress() throws Exception {
        try (var shop = listening();
                var other = listening();
                var relay = new Relay(shop.port(), 1);
                var node = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var c = published(shop, "c");
            assertCarries(sender(node, "127.0.0.1:" + relay.port() + "/c"), c, 1);
            assertEquals(1, relay.connections());
            var d = published(other, "d");
            assertCarries(sender(node, at(other, "d")), d, 2);
        }
    }

    private static Channel<Integer> published(Node node, String name) {
        return node.receiver(name, Integer.class);
    }

    @Test void nodesThatNameEachOtherAreStillOneNodeEach() throws Exception {
        try (var a = listening(); var b = listening()) {
            var atA = a.receiver("a", Integer.class);
            var atB = b.receiver("b", Integer.class);
            var fromA = Side.start(() -> sender(a, at(b, "b")));
            var fromB = Side.start(() -> sender(b, at(a, "a")));
            assertCarries(fromA.result(), atB, 1);
            assertCarries(fromB.result(), atA, 2);
            assertCarries(sender(a, "b"), atB, 3); // found by its name alone, over either link
            assertCarries(sender(b, "a"), atA, 4);
        }
    }

    @Test void anAddressTellsNodesApartThatPublishOneName() throws Exception {
        try (var a = listening(); var b = listening(); var node = open()) {
            var atA = a.receiver("c", Integer.class);
            var atB = b.receiver("c", Integer.class);
            assertCarries(sender(node, at(a, "c")), atA, 1);
            assertCarries(sender(node, at(b, "c")), atB, 2);
            var two = assertThrows(IllegalStateException.class, () -> sender(node, "c"));
            assertTrue(String.valueOf(two.getMessage()).contains("host:port/c"), two.getMessage());
        }
    }

    // What goes wrong

    @Test void aLostConnectionComesBackAsForOtherLinks() throws Exception {
        try (var shop = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.window(ofSeconds(30)));
                var relay = new Relay(shop.port(), 1);
                var node = Opening.open(Pair.SECRET, Pair.window(ofSeconds(30)))) {
            var channel = shop.receiver("c", Integer.class);
            var end = sender(node, "127.0.0.1:" + relay.port() + "/c");
            var waiting = end.sendAsync(1);
            Side.until(() -> channel.statistics().waitingSenders() == 1);
            relay.reset();
            assertEquals(1, channel.receive());
            waiting.join();
            assertCarries(end, channel, 2);
        }
    }

    @Test void aNodeThatIsGoneEndsTheWaitAndItsSuccessorIsFound() throws Exception {
        int port;
        try (var node = open()) {
            Side<Sender<Integer>> waiting;
            try (var shop = listening()) {
                port = shop.port();
                shop.receiver("there", Integer.class);
                sender(node, at(shop, "there"));
                waiting = Side.start(() -> sender(node, "127.0.0.1:" + port + "/never"));
                Thread.yield();
            }
            // it was asked before or after the end: the one ends it, the other waits for the successor
            try (var shop = listening(port)) {
                var channel = shop.receiver("never", Integer.class);
                try {
                    assertCarries(waiting.result(), channel, 1);
                } catch (ChannelPoisoned gone) {
                    assertInstanceOf(LinkLost.class, gone.getCause());
                }
                assertCarries(sender(node, at(shop, "never")), channel, 2);
            }
        }
    }

    @Test void anInterruptionEndsTheWaitAndSaysWhatIsMissing() throws Exception {
        int port = freePort();
        try (var node = open()) {
            var nobody = Side.start(() -> sender(node, "127.0.0.1:" + port + "/c"));
            try (var shop = listening()) { // the failure of one address does not hold up another
                shop.receiver("c", Integer.class);
                for (int i = 0; i < 3; i++) sender(node, at(shop, "c"));
                var never = Side.start(() -> sender(node, at(shop, "never")));
                var missing = assertThrows(InterruptedException.class, () -> never.interrupt().result());
                assertTrue(String.valueOf(missing.getMessage()).contains("\"never\" at 127.0.0.1:" + shop.port()),
                        missing.getMessage());
            }
            // by then its first attempt has failed, since attempts fail in order
            var interrupted = assertThrows(InterruptedException.class, () -> nobody.interrupt().result());
            assertTrue(String.valueOf(interrupted.getMessage()).contains("does a node listen there?"),
                    interrupted.getMessage());
        }
    }

    @Test void anotherSecretFailsAtOnceAndSaysSo() throws Exception {
        var other = Security.sharedSecret("another secret of the same kind".getBytes(StandardCharsets.UTF_8));
        try (var shop = listening(); var node = Node.open(other)) {
            var refused = assertThrows(IllegalStateException.class, () -> sender(node, at(shop, "c")));
            var message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("127.0.0.1:" + shop.port()) && message.contains("secrets differ")
                    && message.contains("same kind of Security"), message);
        }
    }

    @Test void theRulesOfSecurityHoldForAddressesInNames() {
        try (var node = Node.open(Security.loopbackOnly())) {
            var refused = assertThrows(IllegalArgumentException.class, () -> sender(node, "192.0.2.1:7000/c"));
            assertTrue(String.valueOf(refused.getMessage()).contains("Security.sharedSecret"), refused.getMessage());
        }
    }

    @Test void addressesAndNamesAreChecked() throws Exception {
        try (var node = Node.open(Pair.SECRET)) {
            for (var wrong : List.of("127.0.0.1:70000/c", "127.0.0.1:7000/", "no-such-host.invalid:7000/c"))
                assertThrows(IllegalArgumentException.class, () -> sender(node, wrong), wrong);
            for (var addressed : List.of("127.0.0.1:7000/c", "[::1]:7000/c", "shop:1/a/b")) {
                var refused = assertThrows(IllegalArgumentException.class, () -> published(node, addressed));
                assertTrue(String.valueOf(refused.getMessage()).contains("publish it as"), refused.getMessage());
            }
            for (var name : List.of("a/b", "a:b", "a:b/c", ":1/c", "a:1", "/a:1/b")) {
                var channel = published(node, name);
                assertCarries(sender(node, name), channel, 1);
            }
        }
    }

    @Test void closeEndsTheWait() throws Exception {
        var node = open();
        var waiting = Side.start(() -> sender(node, "127.0.0.1:" + freePort() + "/c"));
        var here = published(node, "here");
        assertCarries(sender(node, "here"), here, 1);
        node.close();
        assertThrows(IllegalStateException.class, waiting::result);
    }
}
