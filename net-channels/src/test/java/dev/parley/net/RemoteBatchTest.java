package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What `sendAll` promises, whether the home is here or at another node, where elements leave together.
@ParameterizedClass
@EnumSource
@Timeout(60) class RemoteBatchTest {
    enum Kind {
        LOCAL_RENDEZVOUS(true, 0), LOCAL_BUFFERED_3(true, 3), RENDEZVOUS(false, 0), BUFFERED_3(false, 3), BUFFERED_256(
                false,
                256);

        final boolean local;
        final int capacity;

        Kind(boolean local, int capacity) {
            this.local = local;
            this.capacity = capacity;
        }
    }

    private final boolean local;
    private final int capacity;
    private final Pair nodes;
    private final Channel<Integer> channel;
    private final Sender<Integer> sender;

    RemoteBatchTest(Kind kind) throws Exception {
        local = kind.local;
        capacity = kind.capacity;
        nodes = Pair.open();
        channel = capacity == 0 ? Channel.rendezvous("c") : Channel.buffered("c", capacity);
        nodes.home().publish(channel, Codec.of(Integer.class));
        sender = (local ? nodes.home() : nodes.away()).sender("c", Integer.class);
    }

    @AfterEach void close() {
        nodes.close();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /// What comes until nothing is there and nothing more can come.
    private List<Integer> drained() {
        var got = new ArrayList<Integer>();
        channel.drainTo(got);
        return got;
    }

    @Test void allArriveInOrder() throws Exception {
        var sending = Side.run(() -> sender.sendAll(numbers(3000)));
        for (int i = 0; i < 3000; i++) assertEquals(i, channel.receive());
        sending.result();
        assertEquals(List.of(), drained());
    }

    @Test void itReturnsWhenTheLastIsTakenOrInTheBuffer() throws Exception {
        int count = capacity + 5;
        var sending = Side.run(() -> sender.sendAll(numbers(count)));
        for (int i = 0; i < 4; i++) channel.receive();
        Side.until(() -> channel.statistics().waitingSenders() == 1);
        assertFalse(sending.isDone());
        channel.receive();
        sending.result();
        for (int i = 5; i < count; i++) assertEquals(i, channel.receive());
    }

    @Test void severalProcessesShareAnEnd() throws Exception {
        var sides = new ArrayList<Side<Void>>();
        for (int writer = 0; writer < 4; writer++) {
            var values = IntStream.range(writer * 1000, writer * 1000 + 500).boxed().toList();
            sides.add(Side.run(() -> sender.sendAll(values)));
        }
        var next = new int[4];
        for (int i = 0; i < 2000; i++) {
            int value = channel.receive();
            assertEquals(next[value / 1000]++, value % 1000);
        }
        for (var side : sides) side.result();
    }

    @Test void anInterruptionLeavesAFirstPart() throws Exception {
        int broken = 0;
        for (int round = 0; round < 100; round++) {
            int taken = round % 20;
            var sending = Side.run(() -> sender.sendAll(numbers(capacity + 20)));
            var got = new ArrayList<Integer>();
            var interrupting = Side.run(() -> {
                for (int i = 0; i < taken; i++) got.add(channel.receive());
            });
            if (round % 3 == 0) interrupting.result();
            sending.interrupt();
            try {
                interrupting.interrupt().result();
            } catch (InterruptedException earlyEnough) {
                // it has fewer then
            }
            boolean all = false;
            try {
                while (!sending.isDone() && channel.tryReceive() instanceof Received(var value)) got.add(value);
                sending.result();
                all = true;
            } catch (InterruptedException expected) {
                broken++;
            }
            got.addAll(drained());
            assertEquals(numbers(got.size()), got);
            if (all) assertEquals(capacity + 20, got.size());
        }
        assertTrue(broken > 0, "nothing was interrupted in time");
    }

    /// It comes when a first batch has been handed over and before the call waits.
    @Test void anInterruptionWhileElementsAreGatheredTakesBackThoseBefore() throws Exception {
        assumeTrue(!local, "a local call hands over one by one");
        var sending = Side.run(() -> sender.sendAll(new AbstractCollection<>() {
            @Override public Iterator<Integer> iterator() {
                return IntStream.range(0, size()).peek(i -> {
                    if (i == 200) Thread.currentThread().interrupt();
                }).iterator();
            }

            @Override public int size() {
                return capacity + 500;
            }
        }));
        assertThrows(InterruptedException.class, sending::result);
        var got = drained();
        assertEquals(numbers(got.size()), got);
    }

    /// Sends 256 elements through an end that is closed when the last of them is encoded and has not been handed over.
    ///
    /// @param before what is waited for right before
    private Side<Void> sendsAndCloses(Runnable before) throws Exception {
        var numbers = Codec.of(Integer.class);
        var ends = new ArrayList<Sender<Integer>>();
        var end = nodes.away().sender("c", new Codec<Integer>() {
            @Override public String fingerprint() {
                return numbers.fingerprint();
            }

            @Override public byte[] encode(Integer value) {
                if (value == 255) {
                    before.run();
                    ends.getFirst().close();
                }
                return numbers.encode(value);
            }

            @Override public Integer decode(byte[] bytes) throws Exception {
                return numbers.decode(bytes);
            }
        });
        ends.add(end);
        return Side.run(() -> end.sendAll(numbers(256)));
    }

    /// What is received until `sending` ends as closed: a first part.
    private List<Integer> receivedUntilClosed(Side<Void> sending) {
        var got = new ArrayList<Integer>();
        Side.until(() -> {
            channel.drainTo(got);
            return sending.isDone();
        });
        assertThrows(ChannelClosed.class, sending::result);
        channel.drainTo(got);
        assertEquals(numbers(got.size()), got);
        return got;
    }

    @Test void anEndThatIsClosedMeanwhileFailsAsClosed() throws Exception {
        assumeTrue(!local, "a local call hands over one by one");
        receivedUntilClosed(sendsAndCloses(() -> {}));
    }

    /// As with a local end: who waits already goes on doing so.
    @Test void anElementThatWaitsWhenItsEndIsClosedIsReceived() throws Exception {
        assumeTrue(!local, "a local call hands over one by one");
        assumeTrue(capacity < 128, "none waits");
        var waits = new CountDownLatch(1);
        var sending = sendsAndCloses(() -> {
            Side.until(() -> channel.statistics().waitingSenders() > 0);
            waits.countDown();
        });
        waits.await(); // to receive earlier may be to receive all that could wait
        assertTrue(receivedUntilClosed(sending).size() > capacity);
    }

    @Test void whoIsInterruptedAlreadySendsNothing() throws Exception {
        var sending = Side.run(() -> {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> sender.sendAll(numbers(3)));
        });
        sending.result();
        assertEquals(List.of(), drained());
    }

    @Test void anElementThatCannotBeSentFailsWhenThoseBeforeAreTaken() throws Exception {
        var sending = Side.run(() -> sender.sendAll(Arrays.asList(0, 1, 2, null, 4)));
        for (int i = 0; i < 3; i++) assertEquals(i, channel.receive());
        assertThrows(NullPointerException.class, sending::result);
        assertEquals(List.of(), drained());
    }

    @Test void poisonInTheMiddleEndsIt() throws Exception {
        var sending = Side.run(() -> sender.sendAll(numbers(capacity + 2000)));
        for (int i = 0; i < 100; i++) assertEquals(i, channel.receive());
        channel.poison(new IllegalStateException("enough"));
        assertThrows(ChannelPoisoned.class, sending::result);
        assertThrows(ChannelPoisoned.class, () -> sender.sendAll(numbers(1)));
    }

    @Test void aReceiverThatFailsEndsItAndGetsNoMore() throws Exception {
        assumeTrue(capacity == 0, "a buffer lets the sender go");
        var sending = Side.run(() -> sender.sendAll(numbers(10)));
        assertEquals(0, channel.receive());
        try (var held = channel.receiveExtended()) {
            held.fail(new IllegalStateException("broken"));
        }
        assertThrows(ReceiverFailed.class, sending::result);
        assertEquals(List.of(), drained());
        var next = Side.run(() -> sender.sendAll(List.of(7)));
        assertEquals(7, channel.receive());
        next.result();
    }

    /// Each value comes to be when the one before has been received.
    @Test void valuesThatAreMadeOnTheWayAreSentOneByOne() throws Exception {
        var received = new AtomicInteger();
        Iterable<Integer> values = () -> new Iterator<>() {
            private int next;

            @Override public boolean hasNext() {
                return next < 20;
            }

            @Override public Integer next() {
                Side.until(() -> received.get() == next);
                return next++;
            }
        };
        var sending = Side.run(() -> sender.sendAll(values));
        for (int i = 0; i < 20; i++) {
            assertEquals(i, channel.receive());
            received.incrementAndGet();
        }
        sending.result();
    }

    @Test void ofNoValuesNothingIsSent() throws Exception {
        sender.sendAll(List.of());
        assertEquals(List.of(), drained());
    }
}
