package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a sender of every kind of home does, sentence by sentence of [Sender], and the same whether the home is here or at another node.
@ParameterizedClass
@EnumSource
@Timeout(30) class RemoteSenderContractTest {
    enum Kind {
        LOCAL_RENDEZVOUS(true, 0), RENDEZVOUS(false, 0), BUFFERED_1(false, 1), BUFFERED_3(false, 3), BUFFERED_5000(
                false,
                5000);

        final boolean local;
        final int capacity;

        Kind(boolean local, int capacity) {
            this.local = local;
            this.capacity = capacity;
        }
    }

    private final Kind kind;
    private final int capacity;
    private final Pair nodes;
    private final Channel<Integer> channel;
    private final Sender<Integer> sender;

    RemoteSenderContractTest(Kind kind) throws Exception {
        this.kind = kind;
        capacity = kind.capacity;
        nodes = Pair.open();
        channel = capacity == 0 ? Channel.rendezvous("c") : Channel.buffered("c", capacity);
        nodes.home().publish(channel, Codec.of(Integer.class));
        sender = anotherSender();
    }

    private Sender<Integer> anotherSender() throws Exception {
        return (kind.local ? nodes.home() : nodes.away()).sender("c", Integer.class);
    }

    @AfterEach void close() {
        nodes.close();
    }

    /// Fills the buffer with 0, 1, …
    private void fill() {
        for (int i = 0; i < capacity; i++) assertTrue(sender.trySend(i));
    }

    private void drain() throws Exception {
        for (int i = 0; i < capacity; i++) assertEquals(i, channel.receive());
    }

    @Test void elementsArriveInSendOrder() throws Exception {
        var sending = Side.run(() -> {
            for (int i = 0; i < 3000; i++) sender.send(i);
            sender.close();
        });
        assertEquals(IntStream.range(0, 3000).boxed().toList(), channel.stream().toList());
        sending.result();
    }

    @Test void elementsOfSeveralProcessesAllArriveOnceAndInTheirOrder() throws Exception {
        var senders = IntStream.range(0, 4).mapToObj(s -> Side.run(() -> {
            for (int i = 0; i < 500; i++) sender.send(s * 500 + i);
        })).toList();
        var received = new ArrayList<Integer>();
        for (int i = 0; i < 2000; i++) received.add(channel.receive());
        for (var side : senders) side.result();
        assertEquals(IntStream.range(0, 2000).boxed().toList(), received.stream().sorted().toList());
        for (int s = 0; s < 4; s++) {
            int process = s;
            assertEquals(IntStream.range(s * 500, (s + 1) * 500).boxed().toList(),
                    received.stream().filter(i -> i / 500 == process).toList());
        }
    }

    @Test void sendReturnsOnlyWhenTheElementIsTakenOrInTheBuffer() throws Exception {
        fill();
        var sending = Side.waiting(channel, () -> {
            sender.send(capacity);
            return true;
        });
        assertFalse(sending.isDone());
        drain();
        assertEquals(capacity, channel.receive());
        assertTrue(sending.result());
    }

    @SuppressWarnings("NullAway") // on purpose
    @Test void nullIsRefusedWithTheNameOfTheChannel() {
        for (var send : List.<Proc>of(() -> sender.send(null), () -> sender.trySend(null),
                () -> sender.send(null, ofSeconds(1)), () -> sender.sendAsync(null))) {
            var refused = assertThrows(NullPointerException.class, send::run);
            assertTrue(refused.getMessage().contains("\"c\""), refused.getMessage());
        }
    }

    @Test void trySendHandsToAWaitingReceiverOrRoomAndElseFails() throws Exception {
        fill();
        assertFalse(sender.trySend(99));
        drain();
        var receiving = Side.waiting(channel, channel::receive);
        assertTrue(sender.trySend(7));
        assertEquals(7, receiving.result());
        assertInstanceOf(Empty.class, channel.tryReceive());
    }

    @Test void trySendNeverOvertakesNorFailsWhileSomeoneReceives() throws Exception {
        // behind offers that the far side took meanwhile, a try must wait for its place in line and then succeed
        var receiving = IntStream.range(0, 300).mapToObj(_ -> channel.receiveAsync()).toList();
        for (int i = 0; i < 300; i += 3) {
            sender.sendAsync(i);
            sender.sendAsync(i + 1);
            assertTrue(sender.trySend(i + 2), "receivers wait, so try " + i + " must succeed");
        }
        var received = new ArrayList<Integer>();
        for (var reception : receiving) received.add(((Received<Integer>) reception.join()).value());
        assertEquals(IntStream.range(0, 300).boxed().toList(), received);
    }

    @Test void timedSendOfNoTimeNeitherOvertakesNorFailsWhileSomeoneReceives() throws Exception {
        var receiving = IntStream.range(0, 300).mapToObj(_ -> channel.receiveAsync()).toList();
        for (int i = 0; i < 300; i += 3) {
            sender.sendAsync(i);
            sender.sendAsync(i + 1);
            assertTrue(sender.send(i + 2, ofNanos(i % 2)), "receivers wait, so send " + i + " must succeed");
        }
        var received = new ArrayList<Integer>();
        for (var reception : receiving) received.add(((Received<Integer>) reception.join()).value());
        assertEquals(IntStream.range(0, 300).boxed().toList(), received);
    }

    @Test void trySendFailsBehindAWaitingSender() throws Exception {
        fill();
        var waiting = sender.sendAsync(capacity);
        var behind = sender.sendAsync(capacity + 1);
        assertFalse(sender.trySend(99));
        drain();
        assertEquals(capacity, channel.receive());
        assertEquals(capacity + 1, channel.receive());
        waiting.join();
        behind.join();
    }

    @Test void timedSendSendsInTime() throws Exception {
        fill();
        var sending = Side.waiting(channel, () -> sender.send(capacity, ofDays(400_000)));
        drain();
        assertEquals(capacity, channel.receive());
        assertTrue(sending.result());
    }

    @Test void timedSendThatTimesOutIsNeverReceived() throws Exception {
        fill();
        for (var time : List.of(ofMillis(30), ofMillis(1), ofMillis(0), ofMillis(-1)))
            assertFalse(sender.send(99, time));
        drain();
        assertInstanceOf(Empty.class, channel.tryReceive());
        assertEquals(0, channel.statistics().waitingSenders());
    }

    @Test void timedSendOfNoTimeSucceedsIfSomeoneReceives() throws Exception {
        var receiving = Side.waiting(channel, channel::receive);
        assertTrue(sender.send(1, ofMillis(0)));
        assertEquals(1, receiving.result());
    }

    @Test void timedSendsThatRaceWithReceiversAreReceivedExactlyIfTheySaySo() throws Exception {
        var sides = IntStream.range(0, 3).mapToObj(s -> Side.start(() -> {
            var sent = new ArrayList<Integer>();
            for (int i = 0; i < 150; i++) if (sender.send(s * 150 + i, ofMillis(1))) sent.add(s * 150 + i);
            return sent;
        })).toList();
        var receiver = Side.start(() -> channel.stream().toList());
        var sent = new ArrayList<Integer>();
        for (var side : sides) sent.addAll(side.result());
        sender.close();
        assertEquals(sent.stream().sorted().toList(), receiver.result().stream().sorted().toList());
    }

    @Test void interruptionOnEntryThrowsAndSendsNothing() {
        var receiving = channel.receiveAsync();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(1));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(1, ofSeconds(9)));
        assertFalse(Thread.currentThread().isInterrupted());
        assertFalse(receiving.isDone());
    }

    @Test void interruptionWhileWaitingThrowsAndSendsNothing() throws Exception {
        fill();
        var waiting = Side.<Void>waiting(channel, () -> {
            sender.send(99);
            return null;
        });
        assertThrows(InterruptedException.class, () -> waiting.interrupt().result());
        drain();
        assertInstanceOf(Empty.class, channel.tryReceive());
    }

    @Test void interruptionsThatRaceWithReceiversLoseAndRepeatNothing() throws Exception {
        var sent = new ArrayList<Integer>();
        var receiver = Side.start(() -> channel.stream().toList());
        for (int i = 0; i < 200; i++) {
            int element = i;
            var side = Side.start(() -> {
                sender.send(element);
                return Thread.currentThread().isInterrupted();
            });
            side.interrupt();
            try {
                side.result();
                sent.add(element);
            } catch (InterruptedException notSent) {
                assertTrue(notSent.getMessage().contains("c"));
            }
        }
        sender.close();
        assertEquals(sent, receiver.result());
    }

    @Test void trySendKeepsTheInterruptFlag() {
        var receiving = channel.receiveAsync();
        Thread.currentThread().interrupt();
        assertTrue(sender.trySend(1));
        assertTrue(Thread.interrupted());
        assertEquals(new Received<>(1), receiving.join());
    }

    @Test void sendAsyncCompletesWhenTheElementIsTakenOrInTheBuffer() throws Exception {
        fill();
        var sending = sender.sendAsync(capacity);
        Side.until(() -> channel.statistics().waitingSenders() == 1);
        assertFalse(sending.isDone());
        drain();
        assertEquals(capacity, channel.receive());
        sending.get();
    }

    @Test void sendAsyncThatIsCancelledEndsAsCancelledExactlyIfItIsNotReceived() throws Exception {
        fill();
        var first = sender.sendAsync(97);
        var second = sender.sendAsync(98);
        Side.until(() -> channel.statistics().waitingSenders() >= 1);
        if (second.cancel(true)) assertTrue(second.isCancelled());
        first.cancel(true);
        assertThrows(CancellationException.class, first::join);
        assertThrows(CancellationException.class, second::join);
        assertTrue(first.isCancelled() && second.isCancelled());
        assertFalse(first.completeExceptionally(new IOException()));
        drain();
        assertInstanceOf(Empty.class, channel.tryReceive());
    }

    @Test void sendAsyncWithATimeLimitEndsWithIt() throws Exception {
        fill();
        var sending = sender.sendAsync(99).orTimeout(20, TimeUnit.MILLISECONDS);
        var ended = assertThrows(CompletionException.class, sending::join);
        assertInstanceOf(TimeoutException.class, ended.getCause());
        drain();
        assertInstanceOf(Empty.class, channel.tryReceive());
    }

    @Test void cancelAfterTheEndChangesNothing() {
        var receiving = channel.receiveAsync();
        var sending = sender.sendAsync(1);
        sending.join();
        assertFalse(sending.cancel(true));
        assertFalse(sending.isCancelled());
        assertEquals(new Received<>(1), receiving.join());
    }

    @Test void closeOfTheLastEndDeliversWhatWaitsAndThenEnds() throws Exception {
        fill();
        var waiting = sender.sendAsync(capacity);
        var behind = sender.sendAsync(capacity + 1);
        var other = anotherSender();
        sender.close();
        sender.close();
        assertThrows(ChannelClosed.class, () -> sender.send(1));
        assertThrows(ChannelClosed.class, () -> sender.trySend(1));
        assertInstanceOf(ChannelClosed.class,
                assertThrows(CompletionException.class, () -> sender.sendAsync(1).join()).getCause());
        drain();
        assertEquals(capacity, channel.receive());
        assertEquals(capacity + 1, channel.receive());
        waiting.join();
        behind.join();
        var receiving = Side.waiting(channel, channel::receiveOrClosed);
        other.close();
        assertEquals(new Closed<>(), receiving.result());
    }

    @Test void aClosedChannelRefusesSends() {
        channel.close();
        for (var send : List.<Proc>of(() -> sender.send(1), () -> sender.trySend(1), () -> sender.send(1, ofMillis(0)),
                () -> sender.send(1, ofDays(1)))) {
            var closed = assertThrows(ChannelClosed.class, send::run);
            assertEquals("c", closed.channel());
        }
        var failed = assertThrows(CompletionException.class, () -> sender.sendAsync(1).join());
        assertInstanceOf(ChannelClosed.class, failed.getCause());
    }

    @Test void poisonFromTheReceivingSideEndsWaitingAndLaterSends() throws Exception {
        fill();
        var waiting = Side.<Void>waiting(channel, () -> {
            sender.send(99);
            return null;
        });
        var behind = sender.sendAsync(98);
        channel.poison(new IOException("disk full"));
        assertPoisoned("disk full", waiting::result);
        assertPoisoned("disk full", () -> {
            try {
                behind.join();
            } catch (CompletionException failed) {
                throw (Exception) failed.getCause();
            }
        });
        assertPoisoned("disk full", () -> sender.send(1));
        assertPoisoned("disk full", () -> sender.trySend(1));
        assertFalse(sender.poison(new IOException("too late")));
    }

    @Test void poisonFromTheSendingSideEndsBothSides() throws Exception {
        var receiving = Side.waiting(channel, channel::receive);
        assertTrue(sender.poison(new IOException("source gone")));
        assertFalse(sender.poison(new IOException("again")));
        assertPoisoned("source gone", receiving::result);
        assertPoisoned("source gone", () -> sender.send(1));
        assertPoisoned("source gone", () -> anotherSender().send(1));
    }

    @Test void aClosedEndCanStillPoison() throws Exception {
        fill();
        var waiting = sender.sendAsync(9);
        sender.close();
        assertTrue(sender.poison(new IOException("changed my mind")));
        assertThrows(CompletionException.class, waiting::join);
        assertPoisoned("changed my mind", channel::receive);
    }

    @Test void theLastReceiverToRetirePoisonsForTheSenders() {
        channel.receiver().retire();
        assertThrows(ChannelPoisoned.class, () -> sender.send(1));
    }

    @Test void knowsTheNameOfItsChannel() {
        assertEquals("c", sender.name());
        assertTrue(sender.toString().contains("c"), sender.toString());
    }

    private static void assertPoisoned(String cause, Proc operation) {
        var poisoned = assertThrows(ChannelPoisoned.class, operation::run);
        assertEquals("c", ((ChannelException) poisoned).channel());
        assertTrue(String.valueOf(poisoned.getCause()).contains(cause), poisoned.toString());
    }
}
