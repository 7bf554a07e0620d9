package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.protocol.Framing;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Whatever bytes come, only the link they came over ends, at once and with a reason, and the node goes on serving others.
@Timeout(30) class HostilePeerTest {
    static final Limits STRICT = limits(Duration.ofSeconds(20), Duration.ofSeconds(20));
    /// For peers that say nothing, and only for them: a busy machine may keep others silent for a while.
    private static final Limits IMPATIENT = limits(Duration.ofMillis(300), Duration.ofMillis(50));

    private static Limits limits(Duration hello, Duration ping) {
        return new Limits(8192, 50_000, 16384, 4, 1 << 16, 8, 100, 100, hello, ping, 6, Duration.ZERO,
                Duration.ofMillis(500), (peer, use, channel) -> true);
    }

    private final Node node = Opening.listen("127.0.0.1:0", Pair.SECRET, STRICT);
    private final Channel<byte[]> bytes = node.receiver("bytes", byte[].class);

    HostilePeerTest() throws Exception {}

    @AfterEach void otherPeersAreStillServed() throws Exception {
        try (var other = Node.connect("127.0.0.1:" + node.port(), Pair.SECRET)) {
            var channel = node.receiver("still there", Integer.class);
            var sender = other.sender("still there", Integer.class);
            var receiving = channel.receiveAsync();
            sender.send(1);
            assertTrue(receiving.isDone());
        }
        node.close();
    }

    private RawPeer stranger() throws Exception {
        return new RawPeer(node.port());
    }

    private RawPeer proven() throws Exception {
        return RawPeer.proven(node.port(), Pair.SECRET);
    }

    private RawPeer attached() throws Exception {
        return RawPeer.attached(node.port(), Pair.SECRET);
    }

    static void assertEnded(RawPeer peer, String why) throws Exception {
        var last = peer.readToEnd();
        assertTrue(last.contains(why), last);
    }

    // Before the handshake

    @Test void wrongMagicIsCutOff() throws Exception {
        try (var peer = stranger()) {
            var hello = peer.hello();
            hello[0]++;
            peer.frame(RawPeer.HELLO, hello);
            assertEquals("", peer.readToEnd());
        }
    }

    @Test void anHttpRequestIsCutOff() throws Exception {
        try (var peer = stranger()) {
            peer.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("", peer.readToEnd());
        }
    }

    @Test void aLengthBombIsCutOffBeforeItsBytes() throws Exception {
        for (int length : new int[]{-1, Integer.MAX_VALUE, Framing.FIRST_LONGEST + 5, 0, 4}) {
            try (var peer = stranger()) {
                peer.raw(RawPeer.bytes(out -> out.writeInt(length)));
                assertEquals("", peer.readToEnd());
            }
        }
    }

    @Test void garbageIsCutOff() throws Exception {
        var random = new Random(4711);
        for (int i = 0; i < 30; i++) {
            try (var peer = stranger()) {
                var garbage = new byte[5000];
                random.nextBytes(garbage);
                garbage[0] = (byte) (1 + random.nextInt(255)); // a length far over the limit
                peer.raw(garbage);
                assertEquals("", peer.readToEnd());
            } catch (SocketException resetWhileWriting) {
                assertTrue(String.valueOf(resetWhileWriting.getMessage()).length() > 0);
            }
        }
    }

    @Test void aHelloThatNeverEndsIsCutOffAtItsDeadline() throws Exception {
        try (var impatient = Opening.listen("127.0.0.1:0", Pair.SECRET, IMPATIENT);
                var silent = new RawPeer(impatient.port());
                var half = new RawPeer(impatient.port())) {
            half.raw(new byte[]{0, 0, 0, 72, 1, 'P', 'R'});
            assertEquals("", silent.readToEnd());
            assertEquals("", half.readToEnd());
        }
    }

    @Test void moreStrangersThanTheLimitAreTurnedAwayAtOnce() throws Exception {
        var waiting = new ArrayList<RawPeer>();
        for (int i = 0; i < 8; i++) waiting.add(stranger());
        try (var oneMore = stranger()) {
            assertEquals("", oneMore.readToEnd()); // long before anyone's deadline
        }
        for (var peer : waiting) peer.close();
        Side.until(() -> letsIn(node.port()));
    }

    @Test void aThousandHalfOpenHellosDoNotKeepOthersOut() throws Exception {
        var waiting = new ArrayList<RawPeer>();
        try (var impatient = Opening.listen("127.0.0.1:0", Pair.SECRET, IMPATIENT)) {
            for (int i = 0; i < 1000; i++) {
                var peer = new RawPeer(impatient.port());
                waiting.add(peer);
            }
            for (var peer : waiting) assertEquals("", peer.readToEnd());
            Side.until(() -> letsIn(impatient.port()));
        }
        for (var peer : waiting) peer.close();
    }

    /// Whether the node lets an honest peer in; not as long as strangers fill its places, or came too often within this second.
    private static boolean letsIn(int port) {
        try (var peer = RawPeer.proven(port, Pair.SECRET)) {
            return peer.socket.isConnected();
        } catch (IOException turnedAway) {
            return false;
        }
    }

    @Test void framesBeforeTheProofAreRefused() throws Exception {
        try (var peer = stranger()) {
            peer.frame(RawPeer.HELLO, peer.hello());
            peer.read(RawPeer.WELCOME);
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "bytes", "raw:bytes"));
            assertEquals("", peer.readToEnd());
        }
    }

    @Test void aWrongProofIsRefusedWithTheReason() throws Exception {
        try (var peer = stranger()) {
            peer.frame(RawPeer.HELLO, peer.hello());
            peer.read(RawPeer.WELCOME);
            peer.frame(RawPeer.PROOF, new byte[33]);
            assertEnded(peer, "secrets differ");
        }
    }

    @Test void aReplayedHandshakeIsRefused() throws Exception {
        byte[] proof;
        try (var peer = stranger()) {
            peer.frame(RawPeer.HELLO, peer.hello());
            proof = RawPeer.proof(Pair.SECRET, "connecting", peer.hello(), peer.read(RawPeer.WELCOME));
            peer.frame(RawPeer.PROOF, proof);
            peer.read(RawPeer.READY);
        }
        try (var replay = stranger()) {
            replay.frame(RawPeer.HELLO, replay.hello());
            replay.read(RawPeer.WELCOME);
            replay.frame(RawPeer.PROOF, proof);
            assertEnded(replay, "secrets differ");
        }
    }

    @Test void theListenersProofIsNoProofOfAConnector() throws Exception {
        try (var peer = stranger()) {
            peer.frame(RawPeer.HELLO, peer.hello());
            peer.frame(RawPeer.PROOF,
                    RawPeer.proof(Pair.SECRET, "listening", peer.hello(), peer.read(RawPeer.WELCOME)));
            assertEnded(peer, "secrets differ");
        }
    }

    @Test void anotherVersionIsRefusedWithTheReason() throws Exception {
        try (var peer = stranger()) {
            var hello = peer.hello();
            hello[4] = 7;
            hello[5] = 9;
            peer.frame(RawPeer.HELLO, hello);
            assertEnded(peer, "this node speaks version 5, the other 7 to 9");
        }
    }

    // After it

    @Test void aWrongChecksumEndsTheConnection() throws Exception {
        try (var peer = proven()) {
            var ping = peer.framed(RawPeer.PING, new byte[1]);
            ping[ping.length - 1]++;
            peer.raw(ping);
            assertEquals("", peer.readToEnd()); // the line's fault, so there is nobody to blame
        }
    }

    @Test void aFrameOverTheLimitEndsTheConnectionBeforeItsBytes() throws Exception {
        try (var peer = proven()) {
            peer.raw(RawPeer.bytes(out -> out.writeInt(8192 + 5)));
            assertEquals("", peer.readToEnd());
        }
    }

    @Test void anUnknownFrameEndsTheLinkUnlessItMayBeIgnored() throws Exception {
        try (var peer = proven()) {
            peer.frame(0x99, new byte[100]);
            peer.frame(RawPeer.PING, new byte[1]);
            peer.read(RawPeer.PONG);
            peer.frame(0x7F, new byte[100]);
            assertEnded(peer, "unknown frame 127");
        }
    }

    @Test void aFrameThatEndsTooEarlyOrTooLateEndsTheLink() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, 100));
            assertEnded(peer, "at most");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.PING, new byte[2]);
            assertEnded(peer, "too many");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.DETACH, new byte[0]);
            assertEnded(peer, "too early");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.DETACH, new byte[]{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
            assertEnded(peer, "63 bits");
        }
    }

    @Test void namesAreCheckedUtf8() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.PUBLISH, RawPeer.body(2, new byte[]{(byte) 0xC3, 0x28}));
            assertEnded(peer, "not UTF-8");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.PUBLISH, RawPeer.body(""));
            assertEnded(peer, "empty");
        }
    }

    @Test void moreNamesOrEndsThanTheLimitEndTheLinkOrAreRejected() throws Exception {
        try (var peer = proven()) {
            for (int i = 0; i < 5; i++) peer.frame(RawPeer.PUBLISH, RawPeer.body("name" + i));
            assertEnded(peer, "more than 4 names");
        }
        try (var peer = proven()) {
            for (int i = 1; i <= 5; i++) peer.frame(RawPeer.ATTACH, RawPeer.body(i, "bytes", "raw:bytes"));
            var rejected = new String(peer.read(RawPeer.REJECT), StandardCharsets.UTF_8);
            assertTrue(rejected.contains("4 ends"), rejected);
        }
    }

    @Test void offersBeyondTheLimitEndTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 1, new byte[10]));
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 2, new byte[10]));
            assertEnded(peer, "beyond the limit");
        }
        assertLost();
    }

    @Test void manyOffersAtOnceAreCountedOneByOne() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFERS, RawPeer.body(1, 1, 1, new byte[1], 1, new byte[1]));
            assertEnded(peer, "offer 2 is beyond the limit");
        }
        assertLost();
    }

    @Test void manyOffersThatAreNoneOrTooManyOrTooLongEndTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFERS, RawPeer.body(1, 1));
            assertEnded(peer, "too early");
        }
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFERS, RawPeer.body(1, 1, new byte[1025]));
            assertEnded(peer, "more than 1024 elements");
        }
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFERS, RawPeer.body(1, 1, new byte[]{-1, -1, -1, 127}));
            assertEnded(peer, "bytes of an element must be at most 4");
        }
    }

    @Test void manyAnswersThatAreNotDueEndTheLink() throws Exception {
        for (var wrong : List.of(RawPeer.body(1, 1, 4, 9), RawPeer.body(1, 0, 2, 9), RawPeer.body(1, 3, 2, 9),
                RawPeer.body(1, 1, 1, 9))) {
            try (var peer = proven()) {
                var sending = offeringThree(peer);
                peer.frame(RawPeer.TAKEN_MANY, wrong);
                assertEnded(peer, wrong[2] == 1 ? "more than one offer was expected" : "which waits for none");
                assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, sending::result).getCause());
            }
        }
        try (var peer = proven()) {
            offeringThree(peer);
            peer.frame(RawPeer.TAKEN_MANY, RawPeer.body(1, 1, 2, 9));
            peer.frame(RawPeer.TAKEN, RawPeer.body(1, 2, 9));
            assertEnded(peer, "answer to offer 2, which waits for none");
        }
    }

    /// The node sends three elements at once to a channel of `peer`.
    private Side<Void> offeringThree(RawPeer peer) throws Exception {
        peer.frame(RawPeer.BYTES, new byte[]{-1, -1, 3});
        peer.frame(RawPeer.PUBLISH, RawPeer.body("theirs"));
        var sending = Side.run(() -> node.sender("theirs", byte[].class)
                .sendAll(List.of(new byte[1], new byte[2], new byte[3])));
        peer.read(RawPeer.ATTACH);
        peer.frame(RawPeer.ATTACHED, RawPeer.body(1, 3));
        assertEquals(2 + 2 + 3 + 4, peer.read(RawPeer.OFFERS).length);
        return sending;
    }

    @Test void bytesBeyondTheLimitEndTheLink() throws Exception {
        var big = node.publish(Channel.buffered("big", 2), Codec.of(byte[].class));
        big.sender().sendAsync(new byte[1]);
        big.sender().sendAsync(new byte[1]);
        try (var peer = proven()) {
            for (int end = 1; end <= 3; end++) {
                peer.frame(RawPeer.ATTACH, RawPeer.body(end, "big", "raw:bytes"));
                peer.frame(RawPeer.OFFER, RawPeer.body(end, 1, new byte[8000]));
            }
            assertEnded(peer, "allowed were 16384");
        }
    }

    @Test void offersOutOfTurnEndTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 2, new byte[10]));
            assertEnded(peer, "offer 2 came after offer 0");
        }
        assertLost();
    }

    @Test void withdrawingWhatWasNeverOfferedEndsTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.WITHDRAW, RawPeer.body(1, 1));
            assertEnded(peer, "never made");
        }
        assertLost();
    }

    @Test void anUnknownEndIsPassedOverOnce() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.OFFER, RawPeer.body(77, 1, new byte[10]));
            peer.frame(RawPeer.PING, new byte[1]);
            peer.read(RawPeer.PONG);
            peer.frame(RawPeer.TAKEN, RawPeer.body(77, 1, 1));
            assertEnded(peer, "not there: 77");
        }
    }

    @Test void answersToNothingEndTheLink() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACHED, RawPeer.body(1, 1));
            assertEnded(peer, "did not ask");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.POISONED, RawPeer.body(1, 1));
            assertEnded(peer, "nobody sent");
        }
    }

    @Test void elementsForNobodyAndConfirmationsOfNothingEndTheLink() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.PUBLISH, RawPeer.body("theirs"));
            var receiving = Side.start(() -> node.receiverEnd("theirs", byte[].class).tryReceive());
            peer.read(RawPeer.ATTACH_RECEIVER);
            peer.frame(RawPeer.ATTACHED, RawPeer.body(1, 0));
            peer.frame(RawPeer.DELIVER, RawPeer.body(1, 2, new byte[10]));
            assertEnded(peer, "answer to offer 2, which waits for none");
            assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, receiving::result).getCause());
        }
        try (var peer = receiving(1)) {
            peer.frame(RawPeer.DELIVERED, RawPeer.body(1, 1));
            assertEnded(peer, "which has none");
        }
    }

    @Test void aFrameThatIsForTheOtherKindOfEndEndsTheLink() throws Exception {
        try (var peer = receiving(1)) {
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 2, new byte[10]));
            assertEnded(peer, "no meaning for end 1");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "bytes", "raw:bytes"));
            peer.frame(RawPeer.REQUEST, RawPeer.body(1, 1));
            assertEnded(peer, "no meaning for end 1");
        }
    }

    @Test void moreReceivesThanTheLimitEndTheLink() throws Exception {
        try (var peer = receiving(5)) {
            assertEnded(peer, "more than 4 receives");
        }
        assertEquals(0, bytes.statistics().waitingReceivers());
    }

    @Test void whoReceivesAndConfirmsNothingGetsNoMoreThanTheLimit() throws Exception {
        var source = node.publish(Channel.<byte[]>buffered("source", 10), Codec.of(byte[].class));
        for (int i = 0; i < 4; i++) assertTrue(source.trySend(new byte[7000]));
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACH_RECEIVER, RawPeer.body(1, "source", "raw:bytes"));
            for (int i = 1; i <= 4; i++) peer.frame(RawPeer.REQUEST, RawPeer.body(1, i));
            for (int i = 1; i <= 3; i++) assertEquals(7002, peer.read(RawPeer.DELIVER).length);
            peer.read(RawPeer.PING); // it asks how much was heard, and says no more until it knows
            peer.frame(RawPeer.PONG, RawPeer.body(6)); // PIECES, BYTES, PUBLISH or two, and DELIVERs
            assertEquals(7002, peer.read(RawPeer.DELIVER).length);
        }
    }

    /// A peer with a receiving end of the channel, and so many requests.
    private RawPeer receiving(int requests) throws Exception {
        var peer = proven();
        peer.frame(RawPeer.ATTACH_RECEIVER, RawPeer.body(1, "bytes", "raw:bytes"));
        for (int i = 1; i <= requests; i++) peer.frame(RawPeer.REQUEST, RawPeer.body(1, i));
        return peer;
    }

    @Test void aFloodOfWithdrawalsEndsTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 1, new byte[10]));
            peer.raw(RawPeer.bytes(out -> {
                for (int i = 0; i < 3000; i++) out.write(peer.framed(RawPeer.WITHDRAW, RawPeer.body(1, 1)));
            }));
            assertEnded(peer, "calm down");
        }
        assertLost();
    }

    @Test void aPeerThatAsksAndNeverReadsIsCutOff() throws Exception {
        try (var peer = attached()) {
            assertThrows(SocketException.class, () -> {
                for (;;) peer.frame(RawPeer.POLL, RawPeer.body(1, 1)); // until the node cuts the connection
            });
        }
        assertLost();
    }

    @Test void anElementThatCannotBeReadEndsTheLinkAndIsNeverReceived() throws Exception {
        var orders = node.receiver("orders", Order.class);
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "orders", Codec.of(Order.class).fingerprint()));
            peer.read(RawPeer.ATTACHED);
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 1, new byte[]{0x5F, 0x42, 0x00}));
            assertEnded(peer, "cannot be read");
        }
        assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, orders::receive).getCause());
    }

    record Order(long id, String name) {}

    @Test void aSilentPeerIsGivenUp() throws Exception {
        try (var impatient = Opening.listen("127.0.0.1:0", Pair.SECRET, IMPATIENT);
                var peer = RawPeer.proven(impatient.port(), Pair.SECRET)) {
            peer.read(RawPeer.PING);
            assertEquals(RawPeer.PING, peer.readLast()); // it asks until its patience is over
        }
    }

    @Test void mutatedFramesHarmNothingElse() throws Exception {
        var random = new Random(815);
        for (int i = 0; i < 60; i++) {
            try (var peer = proven()) {
                var bad = RawPeer.bytes(out -> {
                    out.write(peer.framed(RawPeer.ATTACH, RawPeer.body(1, "bytes", "raw:bytes")));
                    out.write(peer.framed(RawPeer.TRY, RawPeer.body(1, 1, new byte[20])));
                    out.write(peer.framed(RawPeer.POLL, RawPeer.body(1, 1)));
                    out.write(peer.framed(RawPeer.PUBLISH, RawPeer.body("mine")));
                    out.write(peer.framed(RawPeer.DETACH, RawPeer.body(1)));
                });
                bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
                peer.raw(bad);
                peer.socket.shutdownOutput();
                peer.readToEnd();
            }
        }
    }

    private void assertLost() {
        var poisoned = assertThrows(ChannelPoisoned.class, bytes::receive);
        assertInstanceOf(LinkLost.class, poisoned.getCause());
    }
}
