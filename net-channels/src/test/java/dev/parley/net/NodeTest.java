package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Names, security, several nodes, and the orderly end of a node.
@Timeout(30) class NodeTest {
    record Order(long id, String name, List<String> lines) {}

    // Names

    @Test void theListingOfTheDesignRuns() throws Exception {
        var key = "a key of sixteen bytes".getBytes(StandardCharsets.UTF_8);
        try (var shop = Node.listen("127.0.0.1:0", Security.sharedSecret(key))) {
            var orders = shop.receiver("orders", Order.class);
            var received = Side.start(orders::receive);
            try (var customer = Node.connect("127.0.0.1:" + shop.port(), Security.sharedSecret(key))) {
                var out = customer.sender("orders", Order.class);
                var order = new Order(1, "tea", List.of("green", "black"));
                out.send(order);
                assertEquals(order, received.result());
                out.close();
                assertEquals(new Closed<>(), orders.receiveOrClosed());
            }
        }
    }

    @Test void aSenderWaitsUntilItsNameIsPublishedByEitherSide() throws Exception {
        try (var nodes = Pair.open()) {
            var fromAway = Side.start(() -> nodes.away().sender("at home", Integer.class));
            var fromHome = Side.start(() -> nodes.home().sender("away", Integer.class));
            var here = Side.start(() -> nodes.home().sender("at home", Integer.class));
            var atHome = nodes.home().receiver("at home", Integer.class);
            var away = nodes.away().receiver("away", Integer.class);
            atHome.receiveAsync();
            away.receiveAsync();
            atHome.receiveAsync();
            fromAway.result().send(1);
            fromHome.result().send(2);
            here.result().send(3);
        }
    }

    @Test void aNodeThatComesLaterFindsWhatWasPublished() throws Exception {
        try (var nodes = Pair.open()) {
            var waiting = Side.start(() -> nodes.home().sender("late", Integer.class));
            try (var late = nodes.another()) {
                var channel = late.receiver("late", Integer.class);
                var receiving = channel.receiveAsync();
                waiting.result().send(5);
                assertEquals(new Received<>(5), receiving.join());
            }
        }
    }

    @Test void interruptionEndsTheWaitForAName() throws Exception {
        try (var nodes = Pair.open()) {
            var waiting = Side.start(() -> nodes.away().sender("never", Integer.class));
            assertThrows(InterruptedException.class, () -> waiting.interrupt().result());
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> nodes.away().sender("never", Integer.class));
        }
    }

    @Test void anotherTypeFailsWhenTheEndsMeet() throws Exception {
        try (var nodes = Pair.open()) {
            nodes.home().receiver("orders", Order.class);
            for (var node : List.of(nodes.home(), nodes.away())) {
                var mismatch = assertThrows(IllegalArgumentException.class, () -> node.sender("orders", String.class));
                assertTrue(mismatch.getMessage().contains("raw:utf-8") && mismatch.getMessage().contains("Order"),
                        mismatch.getMessage());
            }
        }
    }

    @Test void aNameIsPublishedOnceAndByOneNode() throws Exception {
        try (var nodes = Pair.open(); var third = nodes.another()) {
            nodes.home().receiver("a", Integer.class);
            assertThrows(IllegalStateException.class, () -> nodes.home().receiver("a", Integer.class));
            nodes.away().receiver("b", Integer.class);
            nodes.home().sender("b", Integer.class);
            third.receiver("b", Integer.class);
            third.receiver("c", Integer.class);
            nodes.home().sender("c", Integer.class); // once c is known there, so is third's b
            var twice = assertThrows(IllegalStateException.class, () -> nodes.home().sender("b", Integer.class));
            assertTrue(twice.getMessage().contains("more than one node"), twice.getMessage());
        }
    }

    @Test void namesHaveOneTo255Bytes() throws Exception {
        try (var nodes = Pair.open()) {
            assertThrows(IllegalArgumentException.class, () -> nodes.home().receiver("", Integer.class));
            assertThrows(IllegalArgumentException.class, () -> nodes.home().receiver("ä".repeat(128), Integer.class));
            nodes.home().receiver("ä".repeat(127) + "a", Integer.class);
            nodes.away().sender("ä".repeat(127) + "a", Integer.class);
        }
    }

    @Test void withinANodeTheSenderIsTheLocalChannelsOwn() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.home().sender("c", byte[].class);
            var element = new byte[3];
            var receiving = channel.receiveAsync();
            sender.send(element);
            assertEquals(new Received<>(element), receiving.join()); // the very same array
        }
    }

    // Channels across nodes

    @Test void aPublishedChannelIsAGuardOfAnAlt() throws Exception {
        try (var nodes = Pair.open()) {
            var a = nodes.home().receiver("a", Integer.class);
            var b = nodes.home().receiver("b", Integer.class);
            var toA = nodes.away().sender("a", Integer.class);
            var toB = nodes.away().sender("b", Integer.class);
            var got = new ArrayList<Integer>();
            var alt = Alt.of(a.on(got::add), b.on(got::add));
            var sending = Side.run(() -> {
                for (int i = 0; i < 100; i++) (i % 3 == 0 ? toA : toB).send(i);
            });
            for (int i = 0; i < 100; i++) alt.select();
            sending.result();
            assertEquals(IntStream.range(0, 100).boxed().toList(), got);
        }
    }

    /// Sends 0 to 4, then receives what is left: a home at another node keeps and drops what a local channel of its kind does.
    @Test void aHomeOfAnyKindDoesFromAfarWhatItDoesFromNear() throws Exception {
        try (var nodes = Pair.open()) {
            var kinds = List.<Function<String, Channel<Integer>>>of(Channel::unbounded,
                    name -> Channel.sliding(name, 2),
                    name -> Channel.dropping(name, 2), Channel::latest);
            for (int k = 0; k < kinds.size(); k++) {
                var near = kinds.get(k).apply("near " + k);
                var far = nodes.home().publish(kinds.get(k).apply("far " + k), Codec.of(Integer.class));
                var sender = nodes.away().sender("far " + k, Integer.class);
                for (int i = 0; i < 5; i++) {
                    near.send(i);
                    sender.send(i);
                }
                assertEquals(near.trySend(9), sender.trySend(9));
                near.close();
                sender.close();
                assertEquals(near.stream().toList(), far.stream().toList(), far.toString());
            }
        }
    }

    @Test void severalNodesSendIntoOneHomeAndTheLastToCloseEndsIt() throws Exception {
        try (var nodes = Pair.open(); var second = nodes.another(); var third = nodes.another()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var senders = new ArrayList<Side<Void>>();
            int base = 0;
            var ends = List.of(nodes.away().sender("c", Integer.class), second.sender("c", Integer.class),
                    third.sender("c", Integer.class), nodes.home().sender("c", Integer.class));
            for (var end : ends) {
                int from = base;
                base += 300;
                senders.add(Side.run(() -> {
                    for (int i = 0; i < 300; i++) end.send(from + i);
                    end.close();
                }));
            }
            var all = channel.stream().toList();
            assertEquals(IntStream.range(0, 1200).boxed().toList(), all.stream().sorted().toList());
            for (int s = 0; s < 4; s++) {
                int from = s * 300;
                assertEquals(IntStream.range(from, from + 300).boxed().toList(),
                        all.stream().filter(i -> i >= from && i < from + 300).toList());
            }
            for (var side : senders) side.result();
        }
    }

    @Test void elementsOfEverySizeUpToTheLimitArrive() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            for (int size : new int[]{0, 1, 127, 128, 16_383, 65_536, Limits.LARGEST}) {
                var element = new byte[size];
                Arrays.fill(element, (byte) size);
                var sending = sender.sendAsync(element);
                var got = channel.receive();
                assertArrayEquals(element, got);
                assertNotSame(element, got);
                sending.join();
            }
            var tooLong = assertThrows(IllegalArgumentException.class, () -> sender.send(new byte[Limits.LARGEST + 1]));
            assertTrue(tooLong.getMessage().contains("in parts"), tooLong.getMessage());
        }
    }

    @Test void manyLargeElementsOfManyEndsShareTheBytesOfALink() throws Exception {
        try (var nodes = Pair.open()) {
            var sides = new ArrayList<Side<Void>>();
            var channels = new ArrayList<Channel<byte[]>>();
            for (int e = 0; e < 12; e++) {
                channels.add(nodes.home().receiver("c" + e, byte[].class));
                var sender = nodes.away().sender("c" + e, byte[].class);
                sides.add(Side.run(() -> {
                    for (int i = 0; i < 5; i++) sender.send(new byte[900_000]);
                    sender.close();
                }));
            }
            // in the worst order: the last first, so that the first hold their bytes as long as possible
            var receivers = channels.reversed().stream().map(channel -> Side.start(() -> channel.stream().count()))
                    .toList();
            for (var receiver : receivers) assertEquals(5, receiver.result());
            for (var side : sides) side.result();
        }
    }

    @Test void anEndThatTookItsOfferBackDoesNotKeepOthersFromTheBytes() throws Exception {
        try (var nodes = Pair.open()) {
            var stuck = new ArrayList<CompletableFuture<Void>>();
            for (int e = 0; e < 7; e++) {
                nodes.home().receiver("stuck" + e, byte[].class);
                stuck.add(nodes.away().sender("stuck" + e, byte[].class).sendAsync(new byte[900_000]));
            }
            var free = nodes.home().receiver("free", byte[].class);
            var sending = nodes.away().sender("free", byte[].class).sendAsync(new byte[900_000]);
            for (var one : stuck) one.cancel(true);
            assertEquals(900_000, free.receive().length);
            sending.join();
        }
    }

    @Test void aStuckReaderDoesNotHoldUpOthers() throws Exception {
        try (var nodes = Pair.open()) {
            nodes.home().receiver("stuck", Integer.class);
            var waiting = nodes.away().sender("stuck", Integer.class).sendAsync(1);
            var busy = nodes.home().receiver("busy", Integer.class);
            var sender = nodes.away().sender("busy", Integer.class);
            var sum = Side.start(() -> busy.stream().mapToInt(i -> i).sum());
            for (int i = 0; i < 1000; i++) sender.send(i);
            sender.close();
            assertEquals(499_500, sum.result());
            assertFalse(waiting.isDone());
        }
    }

    @Test void waitingOnTheNodesOwnThreadIsRefused() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var sending = sender.sendAsync(1);
            var refused = sending.thenRun(() -> sender.trySend(2));
            assertEquals(1, channel.receive());
            if (assertThrows(CompletionException.class, refused::join).getCause() instanceof IllegalStateException why)
                assertTrue(why.getMessage().contains("thenRunAsync"), why.getMessage());
            else
                throw new AssertionError("trySend on the node's thread");
        }
    }

    @Test void codecsCarryRecordsListsAndMaps() throws Exception {
        try (var nodes = Pair.open()) {
            var maps = nodes.home().receiver("maps", Codec.mapOf(String.class, Long.class));
            var lists = nodes.home().receiver("lists", Codec.listOf(Order.class));
            var toMaps = nodes.away().sender("maps", Codec.mapOf(String.class, Long.class));
            var toLists = nodes.away().sender("lists", Codec.listOf(Order.class));
            var counts = Map.of("a", 1L, "b", Long.MAX_VALUE);
            var orders = List.of(new Order(1, "x", List.of()), new Order(2, "y", List.of("z")));
            toMaps.sendAsync(counts);
            toLists.sendAsync(orders);
            assertEquals(counts, maps.receive());
            assertEquals(orders, lists.receive());
        }
    }

    // Security and addresses

    @Test void offLoopbackWithoutProofANodeRefusesToStart() {
        for (var address : List.of("0.0.0.0:0", "[::]:0")) {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> Node.listen(address, Security.loopbackOnly()));
            assertTrue(refused.getMessage().contains("Security.sharedSecret"), refused.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> Node.connect("192.0.2.1:7000", Security.loopbackOnly()));
        assertThrows(IllegalArgumentException.class, () -> Security.sharedSecret(new byte[15]));
    }

    @Test void withASecretANodeListensOnEveryAddress() throws Exception {
        try (var node = Node.listen("0.0.0.0:0", Pair.SECRET);
                var other = Node.connect("127.0.0.1:" + node.port(), Pair.SECRET)) {
            node.receiver("c", Integer.class);
            other.sender("c", Integer.class);
        }
    }

    @Test void loopbackOnlyWorksOnLoopback() throws Exception {
        try (var node = Node.listen("localhost:0", Security.loopbackOnly());
                var other = Node.connect("localhost:" + node.port(), Security.loopbackOnly())) {
            node.receiver("c", Integer.class);
            other.sender("c", Integer.class);
        }
    }

    @Test void anotherSecretOrNoneIsRefusedWithTheReason() throws Exception {
        try (var node = Node.listen("127.0.0.1:0", Pair.SECRET);
                var open = Node.listen("127.0.0.1:0", Security.loopbackOnly())) {
            var other = Security.sharedSecret("another secret of the same kind".getBytes(StandardCharsets.UTF_8));
            assertRefused("secrets differ", node, other);
            assertRefused("demands the shared secret", node, Security.loopbackOnly());
            assertRefused("loopbackOnly", open, other);
        }
    }

    private static void assertRefused(String why, Node node, Security security) {
        var refused = assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + node.port(), security));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    @Test void nobodyAtTheAddressIsAnErrorAtOnce() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
            assertThrows(IOException.class, () -> Node.listen("127.0.0.1:" + port, Pair.SECRET));
        }
        var refused = assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + port, Pair.SECRET));
        assertTrue(refused.getMessage().contains("does a node listen there?"), refused.getMessage());
    }

    @Test void aListenerThatSaysNothingIsGivenUpAndAnInterruptionEndsTheWait() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var address = "127.0.0.1:" + silent.getLocalPort();
            var hasty = new Limits(1 << 20, 4 << 20, 4 << 20, 9, 1 << 20, 9, 100, 100, ofMillis(100),
                    ofMillis(100), 5, ofMillis(100), ofMillis(100), (peer, use, channel) -> true);
            var late = assertThrows(IOException.class, () -> Opening.connect(address, Pair.SECRET, hasty));
            assertTrue(late.getMessage().contains("longer than 100 ms"), late.getMessage());
            var connecting = Side.start(() -> Node.connect(address, Pair.SECRET));
            silent.accept().close(); // the first one's
            try (var second = silent.accept()) {
                assertTrue(second.isConnected());
                assertThrows(InterruptedException.class, () -> connecting.interrupt().result());
            }
        }
    }

    @Test void addressesAreChecked() {
        for (var address : List.of("host", "host:", ":7000", "host:x", "host:70000", "::1:7000"))
            assertThrows(IllegalArgumentException.class, () -> Node.listen(address, Pair.SECRET), address);
        assertThrows(IOException.class, () -> Node.listen("no-such-host.invalid:0", Pair.SECRET));
    }

    // The orderly end

    @Test void closeLetsElementsOfClosedEndsBeReceived() throws Exception {
        var home = Node.listen("127.0.0.1:0", Pair.SECRET);
        var channel = home.receiver("c", Integer.class);
        var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET);
        var sender = away.sender("c", Integer.class);
        var sends = IntStream.range(0, 50).mapToObj(sender::sendAsync).toList();
        sender.close();
        var closing = Side.run(away::close);
        assertEquals(IntStream.range(0, 50).boxed().toList(), channel.stream().toList());
        closing.result();
        for (var send : sends) send.join();
        home.close();
    }

    @Test void closeTakesBackWhatWaitsAndSaysSo() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var atHome = sender.sendAsync(1);
            var behind = sender.sendAsync(2);
            Side.until(() -> channel.statistics().waitingSenders() == 1);
            nodes.away().close();
            for (var send : List.of(atHome, behind))
                assertNotTaken(assertThrows(CompletionException.class, send::join).getCause());
            assertNotTaken(assertThrows(ChannelPoisoned.class, () -> sender.send(3)));
            assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, channel::receive).getCause());
        }
    }

    @Test void closeOfTheHomeTellsItsSendersThatNothingWasTaken() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var waiting = sender.sendAsync(1);
            var behind = sender.sendAsync(2);
            Side.until(() -> channel.statistics().waitingSenders() == 1);
            nodes.home().close();
            for (var send : List.of(waiting, behind))
                assertNotTaken(assertThrows(CompletionException.class, send::join).getCause());
            assertThrows(ChannelPoisoned.class, () -> sender.send(3));
            assertThrows(ChannelPoisoned.class, () -> nodes.away().sender("c", Integer.class));
            assertThrows(ChannelPoisoned.class, () -> nodes.away().receiver("d", Integer.class));
            assertThrows(ChannelPoisoned.class, channel::receive);
        }
    }

    private static void assertNotTaken(Throwable thrown) {
        var loss = assertInstanceOf(LinkLost.class, assertInstanceOf(ChannelPoisoned.class, thrown).getCause());
        assertEquals(LinkLost.Outcome.NOT_TAKEN, loss.outcome(), loss.getMessage());
    }

    @Test void aClosedNodeRefusesAndItsWaitingEnd() throws Exception {
        var nodes = Pair.open();
        var waiting = Side.start(() -> nodes.home().sender("never", Integer.class));
        var unused = nodes.home().receiver("unused", Integer.class);
        var receiving = Side.waiting(unused, unused::receive);
        nodes.close();
        nodes.close();
        assertThrows(IllegalStateException.class, waiting::result);
        assertThrows(ChannelPoisoned.class, receiving::result);
        assertThrows(IllegalStateException.class, () -> nodes.home().receiver("c", Integer.class));
        assertThrows(IllegalStateException.class, () -> nodes.home().sender("c", Integer.class));
        assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + nodes.home().port(), Pair.SECRET));
    }

    @Test void bothNodesMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            var nodes = Pair.open();
            var channel = nodes.home().receiver("c", Integer.class);
            var sender = nodes.away().sender("c", Integer.class);
            var receiving = channel.receiveAsync();
            sender.send(i);
            sender.close();
            var one = Side.run(nodes.home()::close);
            var other = Side.run(nodes.away()::close);
            one.result();
            other.result();
            assertEquals(new Received<>(i), receiving.join());
        }
    }

    @Test void whatWasSentAndClosedBeforeCloseArrivesAsComplete() throws Exception {
        for (int i = 0; i < 30; i++) {
            try (var home = Node.listen("127.0.0.1:0", Pair.SECRET)) {
                var channel = home.publish(Channel.<Integer>buffered("c", 100), Codec.of(Integer.class));
                try (var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET);
                        var sender = away.sender("c", Integer.class)) {
                    for (int k = 0; k < 20; k++) sender.send(k);
                }
                assertEquals(20, channel.stream().count());
            }
        }
    }

    @Test void threadsAndSocketsAreReleased() throws Exception {
        var nodes = Pair.open();
        nodes.home().receiver("c", Integer.class);
        nodes.away().sender("c", Integer.class);
        nodes.close();
        Side.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("parley-node")));
        Node.listen("127.0.0.1:" + nodes.home().port(), Pair.SECRET).close();
    }

    @Test void onlyAListeningNodeHasAPort() throws Exception {
        try (var nodes = Pair.open()) {
            assertTrue(nodes.home().port() > 0);
            assertThrows(IllegalStateException.class, () -> nodes.away().port());
            assertTrue(nodes.home().toString().contains(":" + nodes.home().port()));
        }
    }
}
