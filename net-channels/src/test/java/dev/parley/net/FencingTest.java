package dev.parley.net;

import dev.parley.csp.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Who may go on with a session, byte by byte: its own peer, over one connection at a time, as long as the session lasts.
@Timeout(60) class FencingTest {
    private static final byte[] FOUR = {0, 0, 0, 4};

    private static Node listening() throws Exception {
        return Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.window(Duration.ofSeconds(30)));
    }

    /// A peer with end 1 attached to "c", which has heard three frames: BYTES, PUBLISH and ATTACHED.
    private static RawPeer attached(Node node) throws Exception {
        var peer = RawPeer.proven(node.port(), Pair.SECRET);
        peer.frame(RawPeer.ATTACH, RawPeer.body(1, "c", Codec.of(Integer.class).fingerprint()));
        peer.read(RawPeer.ATTACHED);
        return peer;
    }

    private static RawPeer resumed(Node node, byte[] session, int heard, int heardThere) throws Exception {
        var peer = new RawPeer(node.port());
        peer.open(Pair.SECRET, session, heard);
        assertEquals(heardThere, peer.read(RawPeer.READY)[0]);
        return peer;
    }

    @Test void aNewConnectionOfTheSessionEndsTheOneBeforeAndGoesOn() throws Exception {
        try (var node = listening()) {
            Channel<Integer> channel = node.receiver("c", Integer.class);
            try (var first = attached(node); var second = resumed(node, first.session, 4, 1)) {
                assertEquals("", first.readToEnd()); // though nothing was wrong with it
                second.frame(RawPeer.OFFER, RawPeer.body(1, 1, FOUR));
                assertEquals(4, channel.receive());
                assertArrayEquals(new byte[]{1, 1}, Arrays.copyOf(second.read(RawPeer.TAKEN), 2));
            }
        }
    }

    @Test void whatWasNotHeardIsSaidAgainAndWhatWasHeardIsNot() throws Exception {
        try (var node = listening()) {
            var channel = node.receiver("c", Integer.class);
            byte[] session;
            try (var first = attached(node)) {
                session = first.session;
                first.frame(RawPeer.OFFER, RawPeer.body(1, 1, FOUR));
                assertEquals(4, channel.receive());
                first.read(RawPeer.TAKEN); // and yet says below that it has not heard it
            }
            // heard there: ATTACH and OFFER, so that the OFFER must not be said again
            try (var second = resumed(node, session, 4, 2)) {
                assertArrayEquals(new byte[]{1, 1}, Arrays.copyOf(second.read(RawPeer.TAKEN), 2));
                second.frame(RawPeer.OFFER, RawPeer.body(1, 2, new byte[]{0, 0, 0, 5}));
                assertEquals(5, channel.receive());
            }
        }
    }

    @Test void aSessionThatIsNotKnownIsRefused() throws Exception {
        try (var node = listening(); var peer = new RawPeer(node.port())) {
            var session = new byte[16];
            session[7] = 1;
            peer.open(Pair.SECRET, session, 0);
            var last = peer.readToEnd();
            assertTrue(last.contains("the session is over"), last);
        }
    }

    @Test void anotherLifeOfThePeerIsRefused() throws Exception {
        try (var node = listening()) {
            node.receiver("c", Integer.class);
            try (var first = attached(node); var other = new RawPeer(node.port())) {
                other.epoch = 1; // as after a restart
                other.open(Pair.SECRET, first.session, 4);
                var last = other.readToEnd();
                assertTrue(last.contains("the session is over"), last);
                first.frame(RawPeer.PING, new byte[]{4});
                first.read(RawPeer.PONG); // the session was not disturbed
            }
        }
    }

    @Test void whoCannotProveItselfDoesNotDisturbTheSession() throws Exception {
        var wrong = Security.sharedSecret("another sixteen bytes".getBytes(StandardCharsets.UTF_8));
        try (var node = listening()) {
            node.receiver("c", Integer.class);
            try (var first = attached(node); var other = new RawPeer(node.port())) {
                other.open(wrong, first.session, 4);
                var last = other.readToEnd();
                assertTrue(last.contains("secrets differ"), last);
                first.frame(RawPeer.PING, new byte[]{4});
                first.read(RawPeer.PONG);
            }
        }
    }

    @Test void aPeerThatClaimsToHaveHeardWhatWasNeverSaidIsCutOff() throws Exception {
        try (var node = listening()) {
            node.receiver("c", Integer.class);
            try (var first = attached(node); var second = new RawPeer(node.port())) {
                second.open(Pair.SECRET, first.session, 100);
                second.read(RawPeer.READY);
                assertEquals("", second.readToEnd());
            }
        }
    }
}
