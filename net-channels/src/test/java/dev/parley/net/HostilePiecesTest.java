package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.net.HostilePeerTest.assertEnded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// As [HostilePeerTest], of large elements and their pieces.
@Timeout(30) class HostilePiecesTest {
    private final Node node = Opening.listen("127.0.0.1:0", Pair.SECRET, HostilePeerTest.STRICT);
    private final Channel<byte[]> bytes = node.receiver("bytes", byte[].class);

    HostilePiecesTest() throws Exception {}

    @AfterEach void close() {
        node.close();
    }

    private RawPeer proven() throws Exception {
        return RawPeer.proven(node.port(), Pair.SECRET);
    }

    private RawPeer attached() throws Exception {
        return RawPeer.attached(node.port(), Pair.SECRET);
    }

    private void assertLost() {
        var poisoned = assertThrows(ChannelPoisoned.class, bytes::receive);
        assertInstanceOf(LinkLost.class, poisoned.getCause());
    }

    private static final byte[] SIZE = {(byte) 0xA0, (byte) 0x9C, 0x01}; // 20,000

    /// A peer that was asked for its element of 20,000 bytes.
    private RawPeer asked() throws Exception {
        var peer = attached();
        bytes.receiveAsync();
        peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, SIZE));
        peer.read(RawPeer.PULL);
        return peer;
    }

    @Test void anElementThatIsTooLargeOrEmptyOrOutOfTurnEndsTheLink() throws Exception {
        var much = new byte[]{-1, -1, -1, -1, 7}; // two billion bytes, of which not one is kept room for
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, much));
            assertEnded(peer, "an element of 2147483647 bytes was announced; the most is 50000");
        }
        assertLost();
        var never = node.receiver("never", byte[].class);
        for (var wrong : List.of(RawPeer.body(1, 1, 1, 0), RawPeer.body(1, 1, 2, SIZE), RawPeer.body(1, 1, 0, SIZE))) {
            try (var peer = proven()) {
                peer.frame(RawPeer.ATTACH, RawPeer.body(1, "never", "raw:bytes"));
                peer.frame(RawPeer.TRY_LARGE, wrong);
                assertEnded(peer, wrong[2] == 1 ? "an element of 0 bytes" : "came after element 0");
            }
        }
        assertEquals(0, never.statistics().waitingSenders());
    }

    @Test void piecesThatNobodyAskedForEndTheLink() throws Exception {
        try (var peer = attached()) {
            peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, SIZE));
            peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[1]));
            assertEnded(peer, "a piece of element 1, for which nobody asked");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[1]));
            assertEnded(peer, "a piece of element 1, which was never announced");
        }
    }

    @Test void moreBytesThanWereAnnouncedEndTheLink() throws Exception {
        try (var peer = asked()) {
            for (int i = 0; i < 3; i++) peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[6000]));
            peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[2001]));
            assertEnded(peer, "a piece of 2001 bytes of element 1, of which 2000 of 20000 are missing");
        }
        assertLost();
    }

    @Test void emptyPiecesEndTheLink() throws Exception {
        try (var peer = asked()) {
            peer.frame(RawPeer.PIECE, RawPeer.body(1));
            assertEnded(peer, "a piece of 0 bytes");
        }
    }

    @Test void morePiecesThanAllowedEndTheLink() throws Exception {
        var limits = new Limits(8192, 12_000, 16384, 4, 1 << 16, 8, 100, 100, Duration.ofSeconds(20),
                Duration.ofSeconds(20), 6, Duration.ZERO, Duration.ofMillis(500), (peer, use, channel) -> true);
        try (var narrow = Opening.listen("127.0.0.1:0", Pair.SECRET, limits);
                var peer = RawPeer.proven(narrow.port(), Pair.SECRET)) {
            narrow.receiver("bytes", byte[].class).receiveAsync();
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "bytes", "raw:bytes"));
            peer.frame(RawPeer.OFFER_LARGE, RawPeer.body(1, 1, 1, new byte[]{(byte) 0xE0, 0x5D})); // 12,000
            peer.read(RawPeer.PULL);
            peer.frame(RawPeer.PIECE, RawPeer.body(1, new byte[6001]));
            assertEnded(peer, "its pieces have 6001 bytes, allowed were 6000");
        }
    }

    @Test void askingForNothingOrTwiceEndsTheLink() throws Exception {
        try (var peer = proven()) {
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            assertEnded(peer, "element 1, which was never announced");
        }
        var source = node.publish(Channel.<byte[]>buffered("source", 10), Codec.of(byte[].class));
        assertTrue(source.trySend(new byte[20_000]));
        try (var peer = proven()) {
            peer.frame(RawPeer.PIECES, RawPeer.body(0, SIZE));
            peer.frame(RawPeer.ATTACH_RECEIVER, RawPeer.body(1, "source", "raw:bytes"));
            peer.frame(RawPeer.REQUEST, RawPeer.body(1, 1));
            peer.read(RawPeer.DELIVER_LARGE);
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            peer.frame(RawPeer.PULL, RawPeer.body(1));
            assertEnded(peer, "element 1 was asked for twice");
        }
    }

    @Test void confirmingWhatHasNotComeEndsTheLink() throws Exception {
        var source = node.publish(Channel.<byte[]>buffered("source", 10), Codec.of(byte[].class));
        assertTrue(source.trySend(new byte[20_000]));
        try (var peer = proven()) {
            peer.frame(RawPeer.PIECES, RawPeer.body(0, SIZE));
            peer.frame(RawPeer.ATTACH_RECEIVER, RawPeer.body(1, "source", "raw:bytes"));
            peer.frame(RawPeer.REQUEST, RawPeer.body(1, 1));
            peer.read(RawPeer.DELIVER_LARGE);
            peer.frame(RawPeer.DELIVERED, RawPeer.body(1, 1));
            assertEnded(peer, "it has the element of request 1, which has none, or not yet");
        }
        try (var peer = proven()) {
            peer.frame(RawPeer.PIECES, RawPeer.body(0, SIZE));
            peer.frame(RawPeer.BYTES, new byte[]{-1, -1, 3});
            peer.frame(RawPeer.PUBLISH, RawPeer.body("theirs"));
            var sending = Side.run(() -> node.sender("theirs", byte[].class).send(new byte[20_000]));
            peer.read(RawPeer.ATTACH);
            peer.frame(RawPeer.ATTACHED, RawPeer.body(1, 3));
            peer.read(RawPeer.OFFER_LARGE);
            peer.frame(RawPeer.TAKEN, RawPeer.body(1, 1, 3));
            assertEnded(peer, "offer 1 was taken, but its element has not left");
            assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, sending::result).getCause());
        }
    }

    @Test void triesThatWaitForWhatNeverComesHoldNoMoreThanTheLimit() throws Exception {
        try (var peer = asked()) {
            peer.raw(RawPeer.bytes(out -> { // behind an element that is on its way
                for (int i = 2; i < 10; i++) out.write(peer.framed(RawPeer.TRY, RawPeer.body(1, i, new byte[8000])));
            }));
            for (int i = 4; i < 10; i++) assertEquals(i, peer.read(RawPeer.WITHDRAWN)[1]); // 16 KiB less 64 each
        }
    }
}
