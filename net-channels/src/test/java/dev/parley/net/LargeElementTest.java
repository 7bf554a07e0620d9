package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Elements that are announced, and travel in pieces when somebody is there for them.
@SuppressWarnings("try") // a peer may end before its block does
@Timeout(60) class LargeElementTest {
    private static final int LARGE = 16 << 10, LARGEST = Limits.LARGEST;
    private static final Codec<byte[]> BYTES = Codec.of(byte[].class);

    private static byte[] element(int size) {
        var element = new byte[size];
        for (int i = 0; i < size; i++) element[i] = (byte) (i * 31 + (i >> 8));
        return element;
    }

    private static List<Integer> lengths(List<byte[]> elements) {
        return elements.stream().map(each -> each.length).toList();
    }

    // Both directions

    @Test void elementsOfEverySizeArriveAtTheirHome() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            for (int size : new int[]{LARGE, LARGE + 1, 32 << 10, (32 << 10) + 1, 65_536, 65_537, 1 << 20, LARGEST}) {
                var sending = sender.sendAsync(element(size));
                assertArrayEquals(element(size), channel.receive());
                sending.join();
            }
        }
    }

    @Test void elementsOfEverySizeArriveAtRemoteReceivers() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>rendezvous("c"), BYTES);
            var reader = nodes.away().receiverEnd("c", byte[].class);
            for (int size : new int[]{LARGE, LARGE + 1, 32 << 10, (32 << 10) + 1, 65_536, 65_537, 1 << 20, LARGEST}) {
                var sending = channel.sendAsync(element(size));
                assertArrayEquals(element(size), reader.receive());
                sending.join();
                var held = channel.sendAsync(element(size));
                reader.receiveExtended(got -> {
                    assertArrayEquals(element(size), got);
                    assertFalse(held.isDone());
                });
                held.join();
            }
        }
    }

    @Test void allKindsOfSendingTakeLargeElementsInOrder() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>buffered("c", 3), BYTES);
            var sender = nodes.away().sender("c", byte[].class);
            assertTrue(sender.trySend(element(100_000)));
            assertTrue(sender.send(element(100_001), Duration.ofSeconds(30)));
            sender.send(element(100_002));
            assertFalse(sender.trySend(element(100_003)), "the buffer is full");
            assertFalse(sender.send(element(100_003), Duration.ofMillis(20)), "the buffer is full");
            var all = Side.run(() -> sender
                    .sendAll(List.of(element(5), element(100_006), element(100_007), element(8), element(9))));
            var got = new ArrayList<byte[]>();
            for (int i = 0; i < 8; i++) got.add(channel.receive());
            all.result();
            assertEquals(List.of(100_000, 100_001, 100_002, 5, 100_006, 100_007, 8, 9), lengths(got));
            assertArrayEquals(element(100_007), got.get(5));
        }
    }

    @Test void guardsWithLargeElementsWin() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>rendezvous("c"), BYTES);
            var never = nodes.home().publish(Channel.<byte[]>rendezvous("never"), BYTES);
            var got = new ArrayList<byte[]>();
            var sending = Side.start(() -> Alt.of(nodes.away().sender("never", BYTES).offering(element(5)),
                    nodes.away().sender("c", BYTES).offering(element(300_000))).select());
            got.add(channel.receive());
            assertEquals(1, sending.result());
            var receiving = Side.start(() -> Alt.of(nodes.away().receiverEnd("never", BYTES).on(got::add),
                    nodes.away().receiverEnd("c", BYTES).on(got::add)).select());
            channel.send(element(400_000));
            assertEquals(1, receiving.result());
            assertEquals(List.of(300_000, 400_000), lengths(got));
            assertArrayEquals(element(400_000), got.get(1));
            assertEquals(0, never.statistics().buffered());
        }
    }

    /// The element has its place only after somebody has looked for it; a remote choice that waits has it come, too.
    @Test void aPlainSenderAndAChoiceThatBothLiveElsewhereMeet() throws Exception {
        try (var nodes = Pair.open(); var third = nodes.another()) {
            nodes.home().publish(Channel.<byte[]>rendezvous("c"), BYTES);
            var got = new ArrayList<byte[]>();
            for (int i = 0; i < 3; i++) {
                var sending = nodes.away().sender("c", BYTES).sendAsync(element(200_000));
                Alt.of(third.receiverEnd("c", BYTES).on(got::add), Alt.after(Duration.ofSeconds(50), () -> {}))
                        .select();
                sending.join();
            }
            assertEquals(List.of(200_000, 200_000, 200_000), lengths(got));
        }
    }

    @Test void endsTravelInLargeElements() throws Exception {
        try (var nodes = Pair.open()) {
            var questions = nodes.home().receiver("questions", Question.class);
            var answers = nodes.away().receiver("answers", Integer.class);
            var asking = nodes.away().sender("questions", Question.class)
                    .sendAsync(new Question("?".repeat(2_000_000), answers.sender()));
            try (var answer = questions.receive().answer()) {
                asking.join();
                var sent = answer.sendAsync(7);
                assertEquals(7, answers.receive());
                sent.join();
            }
            assertEquals("Closed[]", answers.receiveOrClosed().toString());
        }
    }

    record Question(String text, Sender<Integer> answer) {}

    // Limits

    @Test void anElementOverTheLimitFailsItsSenderBeforeAnythingTravels() throws Exception {
        var home = Node.listen("127.0.0.1:0", Node.Config.with(Pair.SECRET).withLargestElement(100_000));
        try (home; var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET)) {
            var channel = home.receiver("c", byte[].class);
            var sender = away.sender("c", byte[].class);
            var failed = assertThrows(IllegalArgumentException.class, () -> sender.send(element(100_001)));
            for (var part : List.of("Channel \"c\"", "100001 bytes", "accepts is 100000", "send it in parts",
                    "withLargestElement"))
                assertTrue(String.valueOf(failed.getMessage()).contains(part), failed.getMessage());
            var sending = sender.sendAsync(element(100_000)); // and the channel goes on
            assertEquals(100_000, channel.receive().length);
            sending.join();
            // what travels to the other node is bounded by that node's limit
            var out = home.publish(Channel.<byte[]>rendezvous("out"), BYTES);
            var reading = away.receiverEnd("out", byte[].class).receiveAsync();
            out.send(element(LARGEST));
            assertEquals(LARGEST, ((Received<byte[]>) reading.join()).value().length);
        }
    }

    @Test void largestElementIsChecked() {
        var config = Node.Config.with(Pair.SECRET);
        assertThrows(IllegalArgumentException.class, () -> config.withLargestElement((16 << 10) - 1));
        assertThrows(IllegalArgumentException.class, () -> config.withLargestElement((1 << 30) + 1));
        assertEquals(1 << 30, config.withLargestElement(1 << 30).largestElement());
    }

    // What stands in nobody's way

    /// As many as there is room for have come and lost their receivers; they are dropped for one that has a receiver, and come again.
    @Test void elementsWhoseReceiversLeftMakeRoomAndComeAgain() throws Exception {
        try (var nodes = Pair.open()) {
            var stuck = new ArrayList<Channel<byte[]>>();
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 3; i++) {
                stuck.add(nodes.home().receiver("stuck" + i, byte[].class));
                sends.add(nodes.away().sender("stuck" + i, byte[].class).sendAsync(element(1_300_000 + i)));
            }
            for (var channel : stuck) {
                Side.until(() -> channel.statistics().waitingSenders() == 1); // it was announced
                assertEquals("Empty[]", channel.tryReceive().toString()); // which has it come
            }
            for (var channel : stuck) Side.until(() -> channel.statistics().waitingSenders() == 1);
            var free = nodes.home().receiver("free", byte[].class);
            var sending = nodes.away().sender("free", byte[].class).sendAsync(element(LARGEST));
            assertArrayEquals(element(LARGEST), free.receive());
            sending.join();
            for (int i = 0; i < 3; i++) {
                assertFalse(sends.get(i).isDone());
                assertArrayEquals(element(1_300_000 + i), stuck.get(i).receive());
                sends.get(i).join();
            }
        }
    }

    /// The child's heap takes the array and, while it grows, one of two thirds of its size.
    @Test void aHundredMegabytesGoByWhileSmallElementsAreExchanged() throws Exception {
        try (var node = node(); var child = Child.huge(node.port(), "-Xmx256m")) {
            var huge = node.sender("huge", byte[].class);
            var small = node.sender("small", Integer.class);
            small.send(0);
            var element = element(Child.HUGE);
            var sending = huge.sendAsync(element);
            int between = 0;
            while (!sending.isDone()) small.send(++between);
            sending.join();
            assertEquals((int) Child.crc(element), child.nextNumber());
            assertTrue(between > 20, between + " small elements while a huge one was sent");
        }
    }

    /// What a process holds is its own and makes room for others; what a process of another node holds is still here, and takes the room of its sender's link.
    @Test void elementsThatAreHeldHereMakeRoom() throws Exception {
        try (var nodes = Pair.open(); var third = nodes.another()) {
            var held = nodes.home().receiver("held", byte[].class);
            var free = nodes.home().receiver("free", byte[].class);
            var holding = nodes.away().sender("held", byte[].class);
            var going = nodes.away().sender("free", byte[].class);
            var first = holding.sendAsync(element(LARGEST));
            try (var holds = held.receiveExtended()) {
                assertEquals(LARGEST, holds.value().length);
                var sending = going.sendAsync(element(LARGEST));
                assertArrayEquals(element(LARGEST), free.receive());
                sending.join();
                assertFalse(first.isDone());
            }
            first.join();
            var second = holding.sendAsync(element(LARGEST));
            var away = third.receiverEnd("held", byte[].class).receiveExtended();
            var sending = going.sendAsync(element(LARGEST));
            var receiving = free.receiveAsync();
            assertFalse(going.trySend(element(7)), "behind an element for which there is no room");
            assertFalse(second.isDone());
            away.close();
            second.join();
            assertEquals(LARGEST, ((Received<byte[]>) receiving.join()).value().length);
            sending.join();
        }
    }

    @Test void whoOnlyTriesToReceiveGetsALargeElement() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sending = nodes.away().sender("c", byte[].class).sendAsync(element(1 << 20));
            var got = new ArrayList<byte[]>();
            Side.until(() -> {
                if (channel.tryReceive() instanceof Received<byte[]>(var element)) got.add(element);
                return !got.isEmpty();
            });
            assertArrayEquals(element(1 << 20), got.getFirst());
            sending.join();
        }
    }

    @Test void triesDoNotWaitBehindALargeElementThatNobodyWants() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>buffered("c", 2), BYTES);
            var sender = nodes.away().sender("c", byte[].class);
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 4; i++) sends.add(sender.sendAsync(element(50_000 + i)));
            assertFalse(sender.trySend(element(1)));
            assertFalse(sender.trySend(element(60_000)));
            for (int i = 0; i < 4; i++) assertEquals(50_000 + i, channel.receive().length);
            for (var send : sends) send.join();
        }
    }

    @Test void elementsOfAClosedEndAreReceivedAllTheSame() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            var first = sender.sendAsync(element(700_000));
            var second = sender.sendAsync(element(7));
            sender.close();
            assertEquals(700_000, channel.receive().length);
            assertEquals(7, channel.receive().length);
            assertEquals("Closed[]", channel.receiveOrClosed().toString());
            first.join();
            second.join();
        }
    }

    @Test void poisonReachesASenderWhoseElementNobodyWants() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sending = Side.run(() -> nodes.away().sender("c", byte[].class).send(element(700_000)));
            Side.until(() -> channel.statistics().waitingSenders() == 1);
            channel.poison(new IllegalStateException("enough"));
            var poisoned = assertThrows(ChannelPoisoned.class, sending::result);
            assertTrue(String.valueOf(poisoned.getMessage()).contains("enough"), poisoned.toString());
        }
    }

    @Test void aReceiverThatFailsWithALargeElementTellsItsSender() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sending = Side.run(() -> nodes.away().sender("c", byte[].class).send(element(700_000)));
            assertThrows(IllegalStateException.class, () -> channel.receiveExtended(got -> {
                throw new IllegalStateException("the disk is full");
            }));
            assertThrows(ReceiverFailed.class, sending::result);
        }
    }

    // Against a peer that does what the test wants: the node sends to "theirs"

    private static byte[] number(long value) throws Exception {
        return RawPeer.bytes(out -> {
            long rest = value;
            for (; rest > 0x7F; rest >>>= 7) out.writeByte((int) (rest & 0x7F | 0x80));
            out.writeByte((int) rest);
        });
    }

    /// A peer that publishes "theirs" and has an end of it attached, and accepts elements of a million bytes.
    private static RawPeer home(Node node, List<Sender<byte[]>> ends, int... limits) throws Exception {
        var peer = RawPeer.proven(node.port(), Pair.SECRET);
        peer.frame(RawPeer.PIECES, RawPeer.body(0, number(1_000_000)));
        peer.frame(RawPeer.BYTES, number(1 << 20));
        peer.frame(RawPeer.PUBLISH, RawPeer.body("theirs"));
        for (int end = 1; end <= limits.length; end++) {
            var attaching = Side.start(() -> node.sender("theirs", byte[].class));
            peer.read(RawPeer.ATTACH);
            peer.frame(RawPeer.ATTACHED, RawPeer.body(end, limits[end - 1]));
            ends.add(attaching.result());
        }
        return peer;
    }

    private static Node node() throws Exception {
        return Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
    }

    /// After each piece of an element that is stopped between its pieces, another element goes to and fro.
    @Test void smallElementsGoBetweenThePieces() throws Exception {
        var ends = new ArrayList<Sender<byte[]>>();
        try (var node = node(); var peer = home(node, ends, 1, 100)) {
            var large = ends.get(0).sendAsync(element(200_000));
            assertArrayEquals(RawPeer.body(1, 1, 1, number(200_000)), peer.read(RawPeer.OFFER_LARGE));
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            var came = new byte[0];
            int pieces = 0;
            while (came.length < 200_000) {
                peer.frame(RawPeer.PIECES, RawPeer.body(number(10_000L * (pieces + 1)), number(1_000_000)));
                var piece = peer.read(RawPeer.PIECE);
                int before = came.length;
                came = Arrays.copyOf(came, before + piece.length - 1);
                System.arraycopy(piece, 1, came, before, piece.length - 1);
                pieces++;
                var small = ends.get(1).sendAsync(new byte[]{(byte) pieces});
                assertArrayEquals(RawPeer.body(2, pieces, pieces), peer.read(RawPeer.OFFER));
                peer.frame(RawPeer.TAKEN, RawPeer.body(2, pieces, 100));
                small.join();
                assertFalse(large.isDone());
            }
            assertEquals(20, pieces);
            assertArrayEquals(element(200_000), came);
            peer.frame(RawPeer.TAKEN, RawPeer.body(1, 1, 2));
            large.join();
        }
    }

    private static LinkLost.Outcome outcome(Side<Void> sending) {
        var poisoned = assertThrows(ChannelPoisoned.class, sending::result);
        return assertInstanceOf(LinkLost.class, poisoned.getCause()).outcome();
    }

    @Test void whatHasNotLeftCompletelyWhenTheLinkDiesWasNotTaken() throws Exception {
        var ends = new ArrayList<Sender<byte[]>>();
        try (var node = node(); var peer = home(node, ends, 1)) {
            var sending = Side.run(() -> ends.get(0).send(element(50_000)));
            peer.read(RawPeer.OFFER_LARGE);
            peer.frame(RawPeer.PIECES, RawPeer.body(number(49_999), number(1_000_000)));
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            peer.read(RawPeer.PIECE);
            peer.read(RawPeer.PIECE);
            peer.close();
            assertEquals(LinkLost.Outcome.NOT_TAKEN, outcome(sending));
        }
    }

    @Test void whatHasLeftCompletelyWhenTheLinkDiesMayHaveBeenTaken() throws Exception {
        var ends = new ArrayList<Sender<byte[]>>();
        try (var node = node(); var peer = home(node, ends, 1)) {
            var sending = Side.run(() -> ends.get(0).send(element(50_000)));
            peer.read(RawPeer.OFFER_LARGE);
            peer.frame(RawPeer.PIECES, RawPeer.body(number(50_000), number(1_000_000)));
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            peer.read(RawPeer.PIECE);
            peer.read(RawPeer.PIECE);
            peer.close();
            assertEquals(LinkLost.Outcome.UNKNOWN, outcome(sending));
        }
    }

    /// The home has dropped it, and asked for it again: so it was not taken before.
    @Test void whatWasAskedForAgainHasNotLeftYet() throws Exception {
        var ends = new ArrayList<Sender<byte[]>>();
        try (var node = node(); var peer = home(node, ends, 1)) {
            var sending = Side.run(() -> ends.get(0).send(element(50_000)));
            peer.read(RawPeer.OFFER_LARGE);
            peer.frame(RawPeer.PIECES, RawPeer.body(number(99_999), number(1_000_000)));
            for (int i = 0; i < 2; i++) {
                peer.frame(RawPeer.PULL, RawPeer.body(1));
                assertArrayEquals(Arrays.copyOf(element(50_000), 32 << 10),
                        Arrays.copyOfRange(peer.read(RawPeer.PIECE), 1, 1 + (32 << 10)));
                peer.read(RawPeer.PIECE);
            }
            peer.close();
            assertEquals(LinkLost.Outcome.NOT_TAKEN, outcome(sending));
        }
    }

    @Test void anInterruptionInTheMiddleOfAnElementAsksItBackAndNoMoreOfItLeaves() throws Exception {
        var ends = new ArrayList<Sender<byte[]>>();
        try (var node = node(); var peer = home(node, ends, 1)) {
            var sending = Side.run(() -> ends.get(0).send(element(500_000)));
            peer.read(RawPeer.OFFER_LARGE);
            peer.frame(RawPeer.PIECES, RawPeer.body(number(10), number(1_000_000)));
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            assertEquals(1 + 10, peer.read(RawPeer.PIECE).length);
            sending.interrupt();
            peer.read(RawPeer.WITHDRAW);
            peer.frame(RawPeer.WITHDRAWN, RawPeer.body(1, 1, 2));
            assertThrows(InterruptedException.class, sending::result);
            peer.frame(RawPeer.PIECES, RawPeer.body(number(400_000), number(1_000_000)));
            var next = Side.run(() -> ends.get(0).send(element(3)));
            assertEquals(2 + 3, peer.read(RawPeer.OFFER).length); // and no piece before it
            peer.frame(RawPeer.TAKEN, RawPeer.body(1, 2, 3));
            next.result();
        }
    }

    // The same the other way round: the peer sends to "ours"

    private static RawPeer sender(Node node, String channel) throws Exception {
        var peer = RawPeer.proven(node.port(), Pair.SECRET);
        peer.frame(RawPeer.ATTACH, RawPeer.body(1, channel, "raw:bytes"));
        peer.read(RawPeer.ATTACHED);
        return peer;
    }

    @Test void nothingIsAskedForBeforeSomebodyReceives() throws Exception {
        try (var node = node()) {
            var channel = node.receiver("ours", byte[].class);
            try (var peer = sender(node, "ours")) {
                peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, number(20_000)));
                peer.frame(RawPeer.POLL, RawPeer.body(1, 1));
                assertArrayEquals(RawPeer.body(1, 1, 1), peer.readNext(RawPeer.PULL, RawPeer.POLLED)); // full
                var receiving = channel.receiveAsync();
                assertArrayEquals(RawPeer.body(1), peer.read(RawPeer.PULL));
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[15_000]));
                assertFalse(receiving.isDone());
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[5_000]));
                assertArrayEquals(RawPeer.body(1, 1, 2), peer.read(RawPeer.TAKEN));
                assertEquals(20_000, ((Received<byte[]>) receiving.join()).value().length);
            }
        }
    }

    @Test void poisonInTheMiddleOfAnElementIsToldAtTheNextPiece() throws Exception {
        try (var node = node()) {
            var channel = node.receiver("ours", byte[].class);
            try (var peer = sender(node, "ours")) {
                peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, number(20_000)));
                channel.receiveAsync();
                peer.read(RawPeer.PULL);
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10]));
                channel.poison(3, new IllegalStateException("enough"));
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10]));
                assertArrayEquals(RawPeer.body(1, 1, 2, 2, 3), Arrays.copyOf(peer.read(RawPeer.FAILED), 5));
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10])); // was under way: passed over
                peer.frame(RawPeer.PING, new byte[1]);
                peer.read(RawPeer.PONG);
            }
        }
    }

    @Test void aWithdrawalInTheMiddleOfAnElementIsAnsweredAndTheRestPassedOver() throws Exception {
        try (var node = node()) {
            var channel = node.receiver("ours", byte[].class);
            try (var peer = sender(node, "ours")) {
                peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, number(20_000)));
                var receiving = channel.receiveAsync();
                peer.read(RawPeer.PULL);
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10]));
                peer.frame(RawPeer.WITHDRAW, RawPeer.body(1, 1));
                assertArrayEquals(RawPeer.body(1, 1, 2), peer.read(RawPeer.WITHDRAWN));
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10]));
                peer.frame(RawPeer.OFFER, RawPeer.body(1, 2, new byte[3]));
                assertEquals(3, ((Received<byte[]>) receiving.join()).value().length);
            }
        }
    }

    @Test void aSenderLostInTheMiddleOfAnElementLeavesTheReceiverToOthers() throws Exception {
        try (var node = node()) {
            var channel = node.receiver("ours", byte[].class);
            var holding = channel.sender();
            var receiving = channel.receiveAsync();
            try (var peer = sender(node, "ours")) {
                peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, number(20_000)));
                peer.read(RawPeer.PULL);
                peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[10]));
                peer.frame(RawPeer.DETACH, RawPeer.body(1)); // in order, but then the element never comes
            }
            Side.until(receiving::isDone);
            assertTrue(receiving.isCompletedExceptionally(), "the stream is not complete");
            assertThrows(ChannelPoisoned.class, () -> holding.send(element(1)));
        }
    }
}
