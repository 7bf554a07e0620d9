package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.net.Pair.assertCarries;
import static dev.parley.net.Pair.freePort;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Plain names that are found through a directory, wherever they are published.
@SuppressWarnings("try") // a node that is only there
@Timeout(60) class DirectoryTest {
    private static final String FREE = "127.0.0.1:0";

    private static Node.Config config(int directory) {
        return Node.Config.with(Pair.SECRET).withWindow(Duration.ZERO).withDirectory("127.0.0.1:" + directory);
    }

    private static Node listening(int directory) throws IOException {
        return Node.listen(FREE, config(directory));
    }

    private static Sender<Integer> sender(Node node, String name) throws InterruptedException {
        return node.sender(name, Integer.class);
    }

    @Test void whatOneNodePublishesAllOthersFind() throws Exception {
        try (var hub = Node.listen(FREE, Pair.SECRET);
                var one = listening(hub.port());
                var two = listening(hub.port());
                var three = Node.open(config(hub.port()))) {
            var c = one.receiver("c", Integer.class);
            var holding = c.sender();
            two.publish(Barrier.of("b", 0));
            int element = 0;
            for (var node : List.of(two, three, one, hub)) assertCarries(sender(node, "c"), c, ++element);
            for (var node : List.of(one, three, hub)) node.barrier("b").enroll();
            assertEquals(3, two.barrier("b").enrolled());
            var d = Channel.<Integer>buffered("d", 1);
            two.publish(d, Codec.of(Integer.class));
            d.send(5);
            assertEquals(5, three.receiverEnd("d", Integer.class).receive());
            holding.close();
        }
    }

    @Test void neitherTheDirectoryNorTheNameNorTheSeekerHasToBeFirst() throws Exception {
        for (var order : List.of("dps", "dsp", "pds", "psd", "sdp", "spd")) {
            int port = freePort();
            var nodes = new ArrayList<Node>();
            Channel<Integer> channel = null;
            Side<Sender<Integer>> seeking = null;
            for (char who : order.toCharArray()) {
                switch (who) {
                    case 'd' -> nodes.add(Node.listen("127.0.0.1:" + port, Pair.SECRET));
                    case 'p' -> {
                        var node = listening(port);
                        nodes.add(node);
                        channel = node.receiver("c", Integer.class);
                    }
                    default -> {
                        var node = Node.open(config(port));
                        nodes.add(node);
                        seeking = Side.start(() -> sender(node, "c"));
                    }
                }
            }
            assertCarries(seeking.result(), channel, 1);
            for (var node : nodes) node.close();
        }
    }

    @Test void aNameOfAKilledProcessIsFreeAndWaitsAgain() throws Exception {
        try (var hub = Node.listen(FREE, Pair.SECRET); // with a window: a killed process might come back, for all it knows
                var node = Node.open(config(hub.port()));
                var later = Node.open(config(hub.port()))) {
            try (var child = Child.running(Program.class, "" + hub.port())) {
                var sink = sender(node, "sink");
                sink.send(1);
                assertEquals(1, child.nextNumber());
                var sending = Side.run(() -> {
                    for (;;) sink.send(2);
                });
                child.kill();
                assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, sending::result).getCause());
            }
            var seeking = List.of(Side.start(() -> sender(node, "sink")), Side.start(() -> sender(later, "sink")));
            try (var child = Child.running(Program.class, "" + hub.port())) {
                for (var side : seeking) {
                    side.result().send(3);
                    assertEquals(3, child.nextNumber());
                }
            }
        }
    }

    /// A JVM that publishes "sink", known to the directory at a port, and prints what it receives.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            var node = listening(Integer.parseInt(arguments[0]));
            for (int i : node.receiver("sink", Integer.class)) System.out.println(i);
        }
    }

    @Test void aNameThatTwoPublishIsAnErrorUntilItIsOnesAgain() throws Exception {
        try (var hub = Node.listen(FREE, Pair.SECRET); var one = listening(hub.port())) {
            var c = one.receiver("c", Integer.class);
            int port;
            try (var two = listening(hub.port()); var seeker = Node.open(config(hub.port()))) {
                port = two.port();
                two.receiver("c", Integer.class);
                two.receiver("d", Integer.class);
                one.receiver("e", Integer.class);
                sender(one, "d").close(); // so the directory knows all
                sender(two, "e").close();
                try (var another = Node.open(config(hub.port()))) {
                    var twice = assertThrows(IllegalStateException.class, () -> sender(another, "c"));
                    var message = twice.getMessage();
                    assertTrue(
                            message.startsWith("more than one node publishes a Channel \"c\", as the directory says: "),
                            message);
                    assertTrue(message.contains("127.0.0.1:" + one.port()) && message.contains("127.0.0.1:" + port),
                            message);
                    assertTrue(message.endsWith("; give each its own name, or ask for it as host:port/c"), message);
                    assertEquals("c", sender(another, "127.0.0.1:" + port + "/c").name());
                }
            }
            try (var seeker = Node.open(config(hub.port()))) {
                Sender<Integer> found = null;
                while (found == null) {
                    try {
                        found = sender(seeker, "c");
                    } catch (IllegalStateException stillTwo) { // the directory hears of the end a little later
                        assertTrue(stillTwo.getMessage().contains("more than one"), stillTwo.getMessage());
                    }
                }
                assertCarries(found, c, 1);
            }
        }
    }

    @Test void aDirectoryThatIsStartedAnewHearsOfAllAgain() throws Exception {
        int port = freePort();
        var hub = Node.listen("127.0.0.1:" + port, Pair.SECRET);
        try (var one = listening(port); var two = Node.open(config(port))) {
            var c = one.receiver("c", Integer.class);
            assertCarries(sender(two, "c"), c, 1);
            hub.close();
            var d = one.receiver("d", Integer.class);
            assertCarries(sender(two, "d"), d, 2); // they are linked, and need nobody
            var three = Node.open(config(port));
            var seeking = Side.start(() -> sender(three, "d"));
            var e = Side.start(() -> sender(two, "e"));
            hub = Node.listen("127.0.0.1:" + port, Pair.SECRET);
            assertCarries(seeking.result(), d, 3);
            try (var four = listening(port)) {
                var there = four.receiver("e", Integer.class);
                assertCarries(e.result(), there, 4);
            }
            three.close();
        } finally {
            hub.close();
        }
    }

    @Test void aDirectoryThatIsKilledAndStartedAnewHearsOfAllAgain() throws Exception {
        int port = freePort();
        var config = Node.Config.with(Pair.SECRET).withDirectory("127.0.0.1:" + port); // with a window
        try (var one = Node.listen(FREE, config); var two = Node.open(config)) {
            var c = one.receiver("c", Integer.class);
            Side<Sender<Integer>> e;
            try (var child = Child.running(Hub.class, "" + port)) {
                assertEquals(port, child.nextNumber());
                assertCarries(sender(two, "c"), c, 1);
                e = Side.start(() -> sender(two, "e"));
                child.kill();
            }
            try (var child = Child.running(Hub.class, "" + port);
                    var three = Node.open(config(port));
                    var four = listening(port)) {
                assertEquals(port, child.nextNumber());
                assertCarries(sender(three, "c"), c, 2);
                var there = four.receiver("e", Integer.class);
                assertCarries(e.result(), there, 3);
            }
        }
    }

    /// A JVM with a directory at a port.
    static final class Hub {
        private Hub() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(Node.listen("127.0.0.1:" + arguments[0], Pair.SECRET).port());
            System.in.read(); // until killed
        }
    }

    // The first on the machine

    @Test void theFirstThatJoinsIsTheDirectory() throws Exception {
        var config = config(freePort());
        var first = Node.join(config);
        try (var second = Node.join(config)) {
            assertNotEquals(first.port(), second.port());
            var c = second.receiver("c", Integer.class);
            try (var third = Node.join(config)) {
                assertCarries(sender(third, "c"), c, 1);
                var there = third.receiver("there", Integer.class);
                assertCarries(sender(first, "there"), there, 2);
                assertCarries(sender(second, "there"), there, 3);
            }
            int port = first.port();
            first.close();
            try (var next = Node.join(config); var another = Node.join(config)) {
                assertEquals(port, next.port());
                var e = another.receiver("e", Integer.class);
                assertCarries(sender(second, "e"), e, 4);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Node.join(Node.Config.with(Pair.SECRET)));
    }

    @Test void aPortOfItsOwnChoiceServesAsWell() throws Exception {
        try (var hub = Node.join(config(0)); var one = listening(hub.port()); var two = listening(hub.port())) {
            var c = one.receiver("c", Integer.class);
            var d = hub.receiver("d", Integer.class);
            var e = two.receiver("e", Integer.class);
            assertCarries(sender(two, "c"), c, 1);
            assertCarries(sender(two, "d"), d, 2);
            assertCarries(sender(hub, "e"), e, 3);
        }
    }

    // What goes wrong

    @Test void aDirectoryThatRefusesSaysSoAtOnce() throws Exception {
        var other = Security.sharedSecret("another secret of the same kind".getBytes(StandardCharsets.UTF_8));
        try (var hub = Node.listen(FREE, other); var node = Node.open(config(hub.port()))) {
            var refused = assertThrows(IllegalStateException.class, () -> sender(node, "c"));
            assertTrue(
                    refused.getMessage()
                            .startsWith("cannot send to Channel \"c\", for the directory: no link to 127.0.0.1:"
                                    + hub.port())
                            && refused.getMessage().contains("secrets differ"),
                    refused.getMessage());
        }
    }

    @Test void anInterruptionSaysThatThereIsNoDirectory() throws Exception {
        int port = freePort();
        try (var node = Node.open(config(port))) {
            var seeking = Side.start(() -> sender(node, "c"));
            var addressed = Side.start(() -> sender(node, "127.0.0.1:" + port + "/c"));
            for (int i = 0; i < 3; i++)
                assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + port, Pair.SECRET));
            assertThrows(InterruptedException.class, () -> addressed.interrupt().result());
            var interrupted = assertThrows(InterruptedException.class, () -> seeking.interrupt().result());
            assertTrue(
                    interrupted.getMessage()
                            .startsWith("interrupted while waiting for a Channel \"c\" to be published"),
                    interrupted.getMessage());
        }
    }

    @Test void aDirectoryTellsNobodyOfNamesThatItMayNotKnow() throws Exception {
        var closed = Node.Config.with(Pair.SECRET).withWindow(Duration.ZERO)
                .withPermissions((peer, use, name) -> use == Permissions.Use.PUBLISH || name.equals("open"));
        try (var hub = Node.listen(FREE, closed);
                var one = listening(hub.port());
                var two = Node.open(config(hub.port()))) {
            one.receiver("hidden", Integer.class);
            var open = one.receiver("open", Integer.class);
            var seeking = Side.start(() -> sender(two, "hidden"));
            try (var peer = RawPeer.proven(hub.port(), Pair.SECRET)) {
                peer.frame(0x5A, RawPeer.body("hidden"));
                assertEquals("\6hidden\0", new String(peer.read(0x5C), StandardCharsets.UTF_8));
            }
            seeking.interrupt();
            assertThrows(InterruptedException.class, seeking::result);
            assertCarries(sender(two, "open"), open, 1);
        }
    }

    @Test void whatADirectoryDoesNotSayOrHearEndsTheLink() throws Exception {
        try (var hub = Node.listen(FREE, Pair.SECRET)) {
            assertEnded(hub, 0x5C, RawPeer.body("c", "127.0.0.1:7000"), "was not asked");
            assertEnded(hub, 0x5B, RawPeer.body("c"), "was not sought");
            assertEnded(hub, 0x59, RawPeer.body("localhost:7000"), "must be a number");
            assertEnded(hub, 0x59, RawPeer.body("127.0.0.1"), "must be a number");
            assertEnded(hub, 0x59, RawPeer.body("127.0.0.1:70000"), "65535");
            assertEnded(hub, 0x5A, RawPeer.body(""), "empty");
        }
    }

    private static void assertEnded(Node node, int type, byte[] body, String why) throws Exception {
        try (var peer = RawPeer.proven(node.port(), Pair.SECRET)) {
            peer.frame(type, body);
            var last = peer.readToEnd();
            assertTrue(last.contains(why), last);
        }
    }

    @Test void moreNamesThanTheLimitAreNotSought() throws Exception {
        var standard = Pair.AT_ONCE;
        var limits = new Limits(standard.frame(), standard.largest(), standard.sessionBytes(), 4, standard.unanswered(),
                standard.strangers(),
                10_000, standard.calm(), standard.hello(), standard.ping(), standard.silentPings(), standard.window(),
                standard.drain(), standard.permissions());
        try (var hub = Opening.listen(FREE, Pair.SECRET, limits); var peer = RawPeer.proven(hub.port(), Pair.SECRET)) {
            for (int i = 0; i < 5; i++) peer.frame(0x5A, RawPeer.body("name" + i));
            var last = peer.readToEnd();
            assertTrue(last.contains("more than 4 names sought"), last);
        }
    }

    @Test void theRulesOfSecurityHoldForTheDirectory() {
        var config = Node.Config.with(Security.loopbackOnly());
        for (var wrong : List.of("192.0.2.1:7000", "no-such-host.invalid:7000", "127.0.0.1"))
            assertThrows(IllegalArgumentException.class, () -> Node.open(config.withDirectory(wrong)), wrong);
    }
}
