package dev.parley.net;

import dev.parley.csp.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Mutual TLS: who is let in, what is on the wire, and certificates that are replaced while nodes run.
@Timeout(60) class TlsTest {
    @TempDir private static Path made;
    private static Authority ours, others;
    @TempDir private Path folder;

    @BeforeAll static void makeCertificates() throws Exception {
        ours = Authority.in(made.resolve("ours"));
        others = Authority.in(made.resolve("others"));
    }

    @Test void nodesOfOneAuthorityMeetAndOthersAreKeptOut() throws Exception {
        try (var home = Node.listen("127.0.0.1:0", ours.node())) {
            var address = "127.0.0.1:" + home.port();
            var channel = home.receiver("c", byte[].class);
            try (var away = Node.connect(address, ours.node())) {
                var sender = away.sender("c", byte[].class);
                for (int size : List.of(0, 64, 100_000)) {
                    var receiving = channel.receiveAsync();
                    sender.send(new byte[size]);
                    assertEquals(size, ((Received<byte[]>) receiving.join()).value().length);
                }
                sender.close();
                assertEquals("Closed[]", channel.receiveOrClosed().toString());
            }
            for (var stranger : List.of(others.node(), Security.loopbackOnly(), Pair.SECRET))
                assertThrows(IOException.class, () -> Node.connect(address, stranger), stranger.toString());
        }
        try (var open = Node.listen("127.0.0.1:0", Security.loopbackOnly())) {
            assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + open.port(), ours.node()));
        }
    }

    @Test void theCertificateMustNameTheHost() throws Exception {
        try (var home = Node.listen("127.0.0.1:0", ours.node())) {
            Node.connect("127.0.0.1:" + home.port(), ours.node()).close();
            assertThrows(IOException.class, () -> Node.connect("localhost:" + home.port(), ours.node()));
        }
    }

    /// Waiting makes it no better, so whoever waits for a name there is told at once.
    @Test void aCertificateThatIsNotTrustedFailsAtOnceAndSaysWhatToDo() throws Exception {
        try (var home = Node.listen("127.0.0.1:0", ours.node());
                var distrusting = Node.open(others.node());
                var distrusted = Node.open(others.trusting(ours));
                var misnamed = Node.open(ours.node())) {
            home.receiver("c", Integer.class);
            var at = "127.0.0.1:" + home.port();
            assertDistrust(distrusting, at, "this node does not trust the other's certificate: ",
                    "; add its authority to the trusted ones of this node");
            assertDistrust(distrusted, at, "the other does not trust this node's certificate (",
                    "); add this node's authority to the trusted ones of the other");
            assertDistrust(misnamed, "localhost:" + home.port(), "this node does not trust the other's certificate: ",
                    "let it name the host");
        }
    }

    private static void assertDistrust(Node node, String at, String reason, String remedy) {
        var refused = assertThrows(IllegalStateException.class, () -> node.sender(at + "/c", Integer.class));
        var message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("cannot send to Channel \"c\" at 127.0.0.1:") && message.contains(reason)
                && message.contains(remedy), message);
    }

    @Test void certificatesAreReplacedWhileLinksGoOn() throws Exception {
        var files = ours.copy(folder.resolve("files"));
        var next = others;
        try (var home = Opening.listen("127.0.0.1:0", files.node(), Pair.window(Duration.ofSeconds(30)));
                var relay = new Relay(home.port(), 1);
                var away = Opening.connect("127.0.0.1:" + relay.port(), files.node(),
                        Pair.window(Duration.ofSeconds(30)))) {
            var channel = home.receiver("c", Integer.class);
            var sender = away.sender("c", Integer.class);
            var received = new ArrayList<Integer>();
            var receiving = Side.run(() -> {
                for (int i = 0; i < 4; i++) received.add(channel.receive());
            });
            sender.send(0);
            assertThrows(IOException.class, () -> Node.connect("127.0.0.1:" + home.port(), next.node()));
            files.replaceBy(next);
            sender.send(1); // over the connection that was made with the old ones
            Node.connect("127.0.0.1:" + home.port(), next.node()).close();
            relay.reset();
            sender.send(2); // over one that was made with the new ones
            assertEquals(2, relay.connections());
            files.spoil();
            Node.connect("127.0.0.1:" + home.port(), next.node()).close();
            sender.send(3);
            receiving.result();
            assertEquals(List.of(0, 1, 2, 3), received);
        }
    }

    @Test void aPeerUsesOnlyTheNamesThatItsCertificateMay() throws Exception {
        Permissions permissions = (peer, use, channel) -> switch (use) {
            case SEND -> peer.equals("CN=node") && channel.startsWith("open");
            case RECEIVE, SYNC -> false;
            case PUBLISH -> !channel.equals("taken");
        };
        var config = Node.Config.with(ours.node()).withPermissions(permissions);
        try (var home = Node.listen("127.0.0.1:0", config);
                var away = Node.connect("127.0.0.1:" + home.port(), ours.node())) {
            var open = home.receiver("open", Integer.class);
            home.receiver("hidden", Integer.class);
            var seeking = Side.start(() -> away.sender("hidden", Integer.class));
            var receiving = open.receiveAsync();
            away.sender("open", Integer.class).send(1);
            assertEquals(new Received<>(1), receiving.join());
            away.receiver("taken", Integer.class);
            away.receiver("free", Integer.class);
            home.sender("free", Integer.class).close();
            var here = home.receiver("taken", Integer.class); // and not the peer's
            var mine = here.receiveAsync();
            home.sender("taken", Integer.class).send(2);
            assertEquals(new Received<>(2), mine.join());
            assertFalse(seeking.isDone(), "found what is hidden from it");
            assertThrows(InterruptedException.class, () -> seeking.interrupt().result());
        }
    }

    @Test void aNameThatMayNotBeUsedLooksAsIfItWereNotThere() throws Exception {
        var config = Node.Config.with(Pair.SECRET).withWindow(Duration.ZERO)
                .withPermissions((peer, use, channel) -> !channel.equals("hidden"));
        try (var home = Node.listen("127.0.0.1:0", config)) {
            home.receiver("hidden", Integer.class);
            try (var peer = RawPeer.proven(home.port(), Pair.SECRET)) {
                var texts = new ArrayList<String>();
                for (var name : List.of("hidden", "absent")) {
                    peer.frame(RawPeer.ATTACH, RawPeer.body(texts.size() + 1, name, "raw:int32"));
                    var rejected = peer.read(RawPeer.REJECT);
                    texts.add(new String(rejected, 2, rejected.length - 2, StandardCharsets.UTF_8).replace(name, "it"));
                }
                assertEquals(texts.getFirst(), texts.getLast());
                peer.frame(RawPeer.POISON, RawPeer.body(1, 1, "hidden", "why"));
                var last = peer.readToEnd();
                assertTrue(last.contains("not published"), last);
            }
        }
    }

    @Test void filesThatAreNotWhatTheyShouldBeAreRefused() throws Exception {
        var files = ours.copy(folder.resolve("files"));
        files.spoil();
        assertThrows(Exception.class, files::node);
        var nowhere = folder.resolve("nowhere");
        assertThrows(IOException.class, () -> Security.mutualTls(nowhere, nowhere, nowhere));
    }

    @Test void whatIsSentCannotBeReadOnTheWay() throws Exception {
        var secret = "nobody else may read this";
        var seen = new StringBuffer();
        try (var home = Node.listen("127.0.0.1:0", ours.node());
                var relay = new Relay(home.port(), new Faults(Faults.Rates.NONE, 1), bytes -> seen.append(
                        new String(bytes, StandardCharsets.ISO_8859_1)));
                var away = Node.connect("127.0.0.1:" + relay.port(), ours.node())) {
            var channel = home.receiver("a very secret name", String.class);
            var sender = away.sender("a very secret name", String.class);
            var receiving = channel.receiveAsync();
            sender.send(secret);
            assertEquals(new Received<>(secret), receiving.join());
        }
        assertTrue(seen.length() > 1000, "something was seen");
        assertEquals(-1, seen.indexOf(secret));
        assertEquals(-1, seen.indexOf("a very secret name"));
    }
}
