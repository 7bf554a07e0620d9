package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a slow receiver, and the end of links, leave in memory.
@Timeout(60) class MemoryTest {
    @Test void aSlowReceiverHoldsNoMoreOffersThanItAllowed() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 1000; i++) sends.add(sender.sendAsync(new byte[1000]));
            sender.trySend(new byte[1]); // its answer comes after all that was to come
            for (int i = 0; i < 1000; i++) {
                Side.until(() -> channel.statistics().waitingSenders() > 0);
                assertEquals(1, channel.statistics().waitingSenders());
                channel.receive();
            }
            for (var send : sends) send.join();
        }
    }

    @Test void manySlowEndsHoldNoMoreBytesThanTheLinkAllows() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var senders = new ArrayList<Sender<byte[]>>();
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 400; i++) {
                senders.add(nodes.away().sender("c", byte[].class));
                sends.add(senders.getLast().sendAsync(new byte[16_000]));
            }
            senders.getLast().trySend(new byte[1]);
            int most = 0;
            for (int i = 0; i < 400; i++) {
                Side.until(() -> channel.statistics().waitingSenders() > 0);
                most = Math.max(most, channel.statistics().waitingSenders());
                channel.receive();
            }
            assertTrue(most * 16_000L <= Limits.STANDARD.sessionBytes(), most + " at once");
            for (var send : sends) send.join();
        }
    }

    /// Calls that send together more than the link allows at once.
    @Test void batchesOfManyEndsKeepWithinTheBytesOfTheLink() throws Exception {
        int capacity = 3, ends = 150, each = 4;
        int most = Limits.STANDARD.sessionBytes() / (Frame.EAGER + Credit.OVERHEAD);
        assertTrue(ends * capacity > most);
        var elements = Collections.nCopies(each, new byte[Frame.EAGER]);
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>buffered("c", capacity), Codec.of(byte[].class));
            var sendings = new ArrayList<Side<Void>>();
            for (int i = 0; i < ends; i++) {
                var sender = nodes.away().sender("c", byte[].class);
                sendings.add(Side.run(() -> sender.sendAll(elements)));
            }
            Side.until(() -> channel.statistics().waitingSenders() > most / 2);
            for (int i = 0; i < ends * each; i++) {
                int waiting = channel.statistics().waitingSenders();
                assertTrue(waiting <= most, () -> waiting + " wait");
                assertEquals(Frame.EAGER, channel.receive().length);
            }
            for (var sending : sendings) sending.result();
        }
    }

    /// Elements that may all leave, but not in one frame.
    @Test void aFrameOfABatchIsNoLongerThanThePeerTakes() throws Exception {
        var standard = Limits.STANDARD;
        var limits = new Limits(4096, standard.largest(), standard.sessionBytes(), standard.ends(),
                standard.unanswered(), standard.strangers(), standard.hellosPerSecond(), standard.calm(),
                standard.hello(), standard.ping(), standard.silentPings(), standard.window(), standard.drain(),
                standard.permissions());
        try (var nodes = Pair.open(limits)) {
            var channel = nodes.home().publish(Channel.<byte[]>buffered("c", 256), Codec.of(byte[].class));
            var sender = nodes.away().sender("c", byte[].class);
            var sending = Side.run(() -> sender.sendAll(Collections.nCopies(1000, new byte[100])));
            for (int i = 0; i < 1000; i++) assertEquals(100, channel.receive().length);
            sending.result();
        }
    }

    /// What the writers have under way at once is more than the receiving JVM's heap, and in all it is five times as much.
    @Test void aHundredWritersAndASlowReceiverInSixtyFourMegabytesOfHeap() throws Exception {
        int size = 900_000, writers = 100, each = 4;
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Limits.STANDARD);
                var slow = Child.slow(node.port())) {
            var senders = new ArrayList<Sender<byte[]>>();
            for (int i = 0; i < writers; i++) senders.add(node.sender("sink", byte[].class));
            var element = new byte[size];
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < each; i++) for (var sender : senders) sends.add(sender.sendAsync(element));
            assertFalse(senders.getLast().trySend(new byte[1])); // its answer comes after all that may come
            slow.go();
            for (int i = 0; i < writers * each; i++) assertEquals(size, slow.nextNumber());
            for (var send : sends) send.join();
        }
    }

    @Test void withdrawnOffersLeaveNothingBehind() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", byte[].class);
            var sender = nodes.away().sender("c", byte[].class);
            var first = sender.sendAsync(new byte[1]);
            // three times the test's heap if each left its element behind
            for (int i = 0; i < 3000; i++) assertTrue(sender.sendAsync(new byte[1_000_000 * (i % 2)]).cancel(true));
            assertEquals(1, channel.receive().length);
            first.join();
        }
    }

    @Test void tenThousandEndsOfOneLinkWork() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var senders = new ArrayList<Sender<Integer>>();
            for (int i = 0; i < 10_000; i++) senders.add(nodes.away().sender("c", Integer.class));
            var sends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 10_000; i++) sends.add(senders.get(i).sendAsync(i));
            for (int i = 0; i < 10_000; i++) channel.receive();
            for (var send : sends) send.join();
            for (var sender : senders) sender.close();
            assertEquals("Closed[]", channel.receiveOrClosed().toString());
        }
    }

    /// Netty's leak detector runs at its highest level (see the pom), and tells [Leaks].
    @Test void noBufferIsLostWhateverHappensToALink() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (var nodes = Pair.open(Pair.AT_ONCE)) {
                var channel = nodes.home().receiver("c", byte[].class);
                var sender = nodes.away().sender("c", byte[].class);
                var first = sender.sendAsync(new byte[900_000]);
                var second = sender.sendAsync(new byte[900_000]); // still waits when the nodes close
                channel.receive();
                first.join();
                try (var rude = RawPeer.proven(nodes.home().port(), Pair.SECRET)) {
                    rude.raw(Arrays.copyOf(rude.framed(RawPeer.TRY, new byte[5000]), 4000));
                }
                try (var garbage = new RawPeer(nodes.home().port())) {
                    garbage.raw(new byte[100]);
                    garbage.readToEnd();
                }
                assertFalse(second.isDone());
            }
        }
        assertEquals(List.of(), Leaks.found());
    }

    @Test void aLostBufferWouldBeFound() {
        loseABuffer();
        var found = Leaks.found();
        Leaks.forget();
        assertFalse(found.isEmpty());
    }

    private static void loseABuffer() {
        assertEquals(9, PooledByteBufAllocator.DEFAULT.directBuffer(9).capacity());
    }
}
