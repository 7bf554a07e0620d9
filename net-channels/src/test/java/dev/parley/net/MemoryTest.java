package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
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

    /// One call sends small elements and the longest there are, in all more than the link allows at once: they leave together, in frames that are not too long.
    @Test void elementsOfAllSizesThatLeaveTogetherKeepWithinTheLimits() throws Exception {
        int capacity = 512;
        var elements = new ArrayList<byte[]>();
        for (int i = 0; i < 1200; i++) elements.add(new byte[i % 4 == 0 ? 1000 + i % 50 : Frame.EAGER]);
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>buffered("c", capacity), Codec.of(byte[].class));
            var sender = nodes.away().sender("c", byte[].class);
            var sending = Side.run(() -> sender.sendAll(elements));
            int most = Limits.STANDARD.sessionBytes();
            for (int i = 0; i < elements.size(); i++) {
                int from = Math.min(i + capacity, elements.size());
                int to = Math.min(from + channel.statistics().waitingSenders(), elements.size());
                int waiting = elements.subList(from, to).stream().mapToInt(element -> element.length + 64).sum();
                assertTrue(waiting <= most, () -> waiting + " bytes wait");
                assertEquals(elements.get(i).length, channel.receive().length);
            }
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
