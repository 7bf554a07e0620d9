package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Frames about barriers that no honest node says. Only the link that they come over ends; a barrier breaks for it only if the peer had somebody enrolled.
@Timeout(30) class HostileBarrierTest {
    private static final int ATTACH_BARRIER = 0x50, ENROLL = 0x51, RESIGN = 0x52, COUNT = 0x53, ENROLLED = 0x54,
            SYNC = 0x55,
            SYNC_NOW = 0x56, RELEASE = 0x57, BROKEN = 0x58, WITHDRAWN = 0x24, LOST = 0x3F;

    private final Node node = Opening.listen("127.0.0.1:0", Pair.SECRET, limits(4));
    private final Barrier barrier = node.publish(Barrier.of("b", 1));

    HostileBarrierTest() throws Exception {}

    private static Limits limits(int ends) {
        var standard = Pair.AT_ONCE;
        return new Limits(standard.frame(), standard.largest(), standard.sessionBytes(), ends, 1 << 16,
                standard.strangers(), 10_000,
                standard.calm(), standard.hello(), standard.ping(), standard.silentPings(), standard.window(),
                standard.drain(), standard.permissions());
    }

    @AfterEach void close() {
        node.close();
    }

    private RawPeer proven() throws Exception {
        return RawPeer.proven(node.port(), Pair.SECRET);
    }

    private RawPeer attached() throws Exception {
        var peer = proven();
        peer.frame(ATTACH_BARRIER, RawPeer.body(1, "b"));
        peer.read(RawPeer.ATTACHED);
        return peer;
    }

    private RawPeer enrolled() throws Exception {
        var peer = attached();
        peer.frame(ENROLL, RawPeer.body(1, 1));
        assertEquals(4, peer.read(ENROLLED).length);
        return peer;
    }

    private static void assertEnded(RawPeer peer, String why) throws Exception {
        var last = peer.readToEnd();
        assertTrue(last.contains(why), last);
    }

    private void assertWhole() throws Exception {
        assertTrue(barrier.sync() >= 0);
    }

    private void assertBroken() {
        assertInstanceOf(LinkLost.class, assertThrows(BrokenBarrier.class, barrier::sync).getCause());
    }

    @Test void anUnknownBarrierIsRejectedAndAFrameForAnUnknownEndEndsTheLink() throws Exception {
        try (var peer = proven()) {
            peer.frame(ATTACH_BARRIER, RawPeer.body(1, "c"));
            var rejected = peer.read(RawPeer.REJECT);
            assertEquals("it publishes no Barrier \"c\"",
                    new String(rejected, 2, rejected.length - 2, StandardCharsets.UTF_8));
            peer.frame(ENROLL, RawPeer.body(1, 1));
            peer.frame(SYNC, RawPeer.body(1, 1, 0));
            assertEnded(peer, "a second frame for an end that is not there: 1");
        }
        assertWhole();
    }

    @Test void aSyncWithoutEnrollingEndsTheLink() throws Exception {
        for (int type : new int[]{SYNC, SYNC_NOW}) {
            try (var peer = attached()) {
                peer.frame(type, RawPeer.body(1, 1, 0));
                assertEnded(peer, "beyond the 0 enrolled from there");
            }
            assertWhole();
        }
    }

    @Test void moreArrivalsThanAreEnrolledEndTheLink() throws Exception {
        try (var peer = enrolled()) {
            peer.frame(SYNC, RawPeer.body(1, 2, 0));
            peer.frame(SYNC, RawPeer.body(1, 3, 0));
            assertEnded(peer, "beyond the 1 enrolled from there");
        }
        assertBroken();
    }

    @Test void aMeetingOfTheFutureEndsTheLink() throws Exception {
        try (var peer = enrolled()) {
            peer.frame(SYNC, RawPeer.body(1, 2, 1));
            assertEnded(peer, "an arrival at meeting 1 of Barrier \"b\", in which meeting 0 is next");
        }
        assertBroken();
    }

    @Test void resigningForNobodyEndsTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RESIGN, RawPeer.body(1, 1));
            assertEnded(peer, "nobody can resign");
        }
        assertWhole();
        try (var peer = enrolled()) {
            peer.frame(SYNC, RawPeer.body(1, 2, 0));
            peer.frame(RESIGN, RawPeer.body(1, 3));
            assertEnded(peer, "of 1 enrolled from there, all have arrived");
        }
        assertBroken();
    }

    @Test void numbersOutOfTurnEndTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(COUNT, RawPeer.body(1, 2));
            assertEnded(peer, "offer 2 came after offer 0");
        }
        assertWhole();
    }

    @Test void moreEnrolledThanTheLimitEndTheLink() throws Exception {
        try (var peer = attached()) {
            for (int i = 1; i <= 5; i++) peer.frame(ENROLL, RawPeer.body(1, i));
            assertEnded(peer, "more than 4 enrolled");
        }
        assertBroken();
    }

    @Test void whoAsksAndHearsNothingIsCutOff() throws Exception {
        try (var peer = attached()) {
            for (int i = 1; i < 120; i++) peer.frame(COUNT, RawPeer.body(1, i));
            peer.raw(RawPeer.bytes(out -> {
                for (int i = 120; i < 2000; i++)
                    out.write(peer.framed(COUNT, RawPeer.body(1, new byte[]{(byte) (i | 0x80), (byte) (i >> 7)})));
            }));
            assertEnded(peer, "it asked much and heard nothing");
        }
        assertWhole();
    }

    @Test void anEndThatIsClosedOrLostWhileEnrolledBreaksTheBarrier() throws Exception {
        try (var peer = enrolled()) {
            peer.frame(RawPeer.DETACH, RawPeer.body(1));
            peer.frame(RawPeer.PING, new byte[1]);
            peer.read(RawPeer.PONG);
            assertBroken();
        }
    }

    @Test void aLossThatIsToldWhileEnrolledBreaksTheBarrier() throws Exception {
        try (var peer = enrolled()) {
            peer.frame(LOST, RawPeer.body(1, "gone"));
            peer.frame(RawPeer.PING, new byte[1]);
            peer.read(RawPeer.PONG);
            assertBroken();
        }
    }

    @Test void framesOfChannelsHaveNoMeaningForABarrier() throws Exception {
        for (var frame : new byte[][]{RawPeer.body(0x20, 1, 1), RawPeer.body(0x28, 1, 1),
                RawPeer.body(0x38, 1, 1, new byte[8]), RawPeer.body(0x39, 1, 1), RawPeer.body(0x2B, 1, 1)}) {
            try (var peer = attached()) {
                peer.frame(frame[0], Arrays.copyOfRange(frame, 1, frame.length));
                assertEnded(peer, "no meaning for end 1");
            }
        }
        node.receiver("bytes", byte[].class);
        try (var peer = proven()) {
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "bytes", "raw:bytes"));
            peer.frame(SYNC, RawPeer.body(1, 1, 0));
            assertEnded(peer, "no meaning for end 1");
        }
        assertWhole();
    }

    // The peer is the home

    /// A barrier of `peer`, at which a process of the node is to arrive by offer 2.
    private Side<Long> arriving(RawPeer peer) throws Exception {
        peer.frame(RawPeer.PUBLISH, RawPeer.body("theirs"));
        var arriving = Side.start(() -> {
            var theirs = node.barrier("theirs");
            theirs.enroll();
            return theirs.sync();
        });
        peer.read(ATTACH_BARRIER);
        peer.frame(RawPeer.ATTACHED, RawPeer.body(1, 0));
        peer.read(ENROLL);
        peer.frame(ENROLLED, RawPeer.body(1, 1, 5, 1));
        assertEquals("[1, 2, 5]", Arrays.toString(peer.read(SYNC)));
        return arriving;
    }

    @Test void answersThatDoNotFitEndTheLink() throws Exception {
        for (var wrong : new byte[][]{RawPeer.body(ENROLLED, 1, 2, 5, 1), RawPeer.body(RELEASE, 1, 1, 5),
                RawPeer.body(RELEASE, 1, 3, 5), RawPeer.body(WITHDRAWN, 1, 2, 0), RawPeer.body(RawPeer.TAKEN, 1, 2, 0),
                RawPeer.body(BROKEN, 1, 1, 5, "no"), RawPeer.body(0x25, 1, 2, 0, 1, 0, "")}) {
            try (var peer = proven()) {
                var arriving = arriving(peer);
                peer.frame(wrong[0], Arrays.copyOfRange(wrong, 1, wrong.length));
                var last = peer.readToEnd();
                assertTrue(last.contains("no meaning") || last.contains("waits for none"), last);
                var broken = assertThrows(BrokenBarrier.class, arriving::result);
                assertEquals(5, broken.meeting());
                assertInstanceOf(LinkLost.class, broken.getCause());
            }
        }
    }

    @Test void answersThatFitAreBelieved() throws Exception {
        try (var peer = proven()) {
            var arriving = arriving(peer);
            peer.frame(RELEASE, RawPeer.body(1, 2, 5));
            assertEquals(5, arriving.result());
        }
        try (var peer = proven()) {
            var arriving = arriving(peer);
            peer.frame(BROKEN, RawPeer.body(1, 2, 5, "no"));
            var broken = assertThrows(BrokenBarrier.class, arriving::result);
            assertEquals(5, broken.meeting());
            assertFalse(broken.getCause() instanceof LinkLost);
        }
    }
}
