package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.ReceiverFailed;
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
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a receiver of every kind of home does, sentence by sentence of [dev.parley.csp.Receiver], and the same whether the home is here or at another node.
@ParameterizedClass
@EnumSource
@Timeout(30) class RemoteReceiverContractTest {
    enum Kind {
        LOCAL_RENDEZVOUS(true, 0), RENDEZVOUS(false, 0), BUFFERED_3(false, 3);

        final boolean local;
        final int capacity;

        Kind(boolean local, int capacity) {
            this.local = local;
            this.capacity = capacity;
        }
    }

    private final Kind kind;
    private final Pair nodes;
    private final Channel<Integer> channel;
    private final ReceiverEnd<Integer> receiver;

    RemoteReceiverContractTest(Kind kind) throws Exception {
        this.kind = kind;
        nodes = Pair.open();
        channel = kind.capacity == 0 ? Channel.rendezvous("c") : Channel.buffered("c", kind.capacity);
        nodes.home().publish(channel, Codec.of(Integer.class));
        receiver = anotherReceiver();
    }

    private ReceiverEnd<Integer> anotherReceiver() throws Exception {
        return (kind.local ? nodes.home() : nodes.away()).receiverEnd("c", Integer.class);
    }

    @AfterEach void close() {
        nodes.close();
    }

    @Test void elementsArriveInSendOrder() throws Exception {
        var sending = Side.run(() -> {
            for (int i = 0; i < 1000; i++) channel.send(i);
            channel.close();
        });
        assertEquals(IntStream.range(0, 1000).boxed().toList(), receiver.stream().toList());
        sending.result();
    }

    @Test void eachElementGoesToOneOfSeveralReceivers() throws Exception {
        var other = anotherReceiver();
        var receivers = List.of(receiver, receiver, other, channel).stream()
                .map(end -> Side.start(() -> end.stream().toList())).toList();
        for (int i = 0; i < 1000; i++) channel.send(i);
        channel.close();
        var all = new ArrayList<Integer>();
        for (var side : receivers) {
            var part = side.result();
            assertEquals(part.stream().sorted().toList(), part);
            all.addAll(part);
        }
        assertEquals(IntStream.range(0, 1000).boxed().toList(), all.stream().sorted().toList());
    }

    @Test void aSendReturnsOnlyWhenTheReceiversProcessHasTheElement() throws Exception {
        for (int i = 0; i < kind.capacity; i++) channel.send(i);
        var sending = channel.sendAsync(9);
        assertFalse(sending.isDone());
        for (int i = 0; i < kind.capacity; i++) assertEquals(i, receiver.receive());
        assertEquals(9, receiver.receive());
        sending.join();
    }

    @Test void receiversAreServedFirstComeFirstServed() throws Exception {
        var first = Side.waiting(channel, receiver::receive);
        var second = Side.waiting(channel, channel::receive);
        var third = Side.waiting(channel, receiver::receive);
        for (int i = 0; i < 3; i++) channel.send(i);
        assertEquals(List.of(0, 1, 2), List.of(first.result(), second.result(), third.result()));
    }

    @Test void aTryTakesWhatIsThereAndElseIsEmpty() throws Exception {
        assertInstanceOf(Empty.class, receiver.tryReceive());
        var sending = channel.sendAsync(7);
        assertEquals(new Received<>(7), receiver.tryReceive());
        sending.join();
        assertInstanceOf(Empty.class, receiver.tryReceive());
        Side.assertWaiting(channel, 0, 0);
    }

    @Test void aTryNeverFailsWhileAnElementIsThere() throws Exception {
        var sends = IntStream.range(0, 300).mapToObj(channel::sendAsync).toList();
        for (int i = 0; i < 300; i += 3) {
            var before = receiver.receiveAsync();
            assertEquals(new Received<>(i + 1), receiver.tryReceive());
            assertEquals(new Received<>(i + 2), receiver.receive(ofNanos(i % 2)));
            assertEquals(new Received<>(i), before.join());
        }
        for (var send : sends) send.join();
    }

    @Test void aTimedReceiveReceivesInTimeOrIsEmptyAndLeavesNothing() throws Exception {
        for (var time : List.of(ofMillis(30), ofMillis(1), ofMillis(0), ofMillis(-1)))
            assertInstanceOf(Empty.class, receiver.receive(time));
        Side.assertWaiting(channel, 0, 0);
        var receiving = Side.waiting(channel, () -> receiver.receive(ofDays(400_000)));
        channel.send(1);
        assertEquals(new Received<>(1), receiving.result());
        channel.sendAsync(2);
        assertEquals(new Received<>(2), receiver.receive(ofMillis(0)));
    }

    @Test void timedReceivesThatRaceWithSendersLoseAndRepeatNothing() throws Exception {
        var sides = IntStream.range(0, 3).mapToObj(_ -> Side.start(() -> {
            var received = new ArrayList<Integer>();
            for (int i = 0; i < 150; i++)
                if (receiver.receive(ofMillis(1)) instanceof Received(var element)) received.add(element);
            return received;
        })).toList();
        var sender = Side.start(() -> {
            var sent = new ArrayList<Integer>();
            for (int i = 0; sides.stream().anyMatch(side -> !side.isDone()); i++)
                if (channel.send(i, ofMillis(1))) sent.add(i);
            return sent;
        });
        var received = new ArrayList<Integer>();
        for (var side : sides) received.addAll(side.result());
        var sent = sender.result();
        channel.close();
        receiver.forEach(received::add);
        assertEquals(sent, received.stream().sorted().toList());
    }

    @Test void interruptionOnEntryThrowsAndReceivesNothing() throws Exception {
        var sending = channel.sendAsync(1);
        for (var receive : List.<Proc>of(receiver::receive, receiver::receiveOrClosed, receiver::receiveExtended,
                () -> receiver.receive(ofSeconds(9)))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, receive::run);
            assertFalse(Thread.currentThread().isInterrupted());
        }
        assertEquals(1, receiver.receive());
        sending.join();
    }

    @Test void interruptionWhileWaitingThrowsAndReceivesNothing() throws Exception {
        var waiting = Side.waiting(channel, receiver::receive);
        assertThrows(InterruptedException.class, () -> waiting.interrupt().result());
        Side.assertWaiting(channel, 0, 0);
    }

    @Test void interruptionsThatRaceWithSendersLoseAndRepeatNothing() throws Exception {
        var received = new ArrayList<Integer>();
        var sender = Side.run(() -> {
            for (int i = 0; i < 200; i++) channel.send(i);
            channel.close();
        });
        for (boolean more = true; more;) {
            var side = Side.start(receiver::receiveOrClosed);
            side.interrupt();
            try {
                more = side.result() instanceof Received(var element) && received.add(element);
            } catch (InterruptedException nothing) {
                assertTrue(nothing.getMessage().contains("c"));
            }
        }
        sender.result();
        assertEquals(IntStream.range(0, 200).boxed().toList(), received);
    }

    @Test void aTryKeepsTheInterruptFlag() {
        channel.sendAsync(1);
        Thread.currentThread().interrupt();
        assertEquals(new Received<>(1), receiver.tryReceive());
        assertTrue(Thread.interrupted());
    }

    @Test void receiveAsyncThatIsCancelledEndsAsCancelledExactlyIfItReceivesNothing() throws Exception {
        var first = receiver.receiveAsync();
        var second = receiver.receiveAsync();
        Side.until(() -> channel.statistics().waitingReceivers() == 2);
        if (second.cancel(true)) assertTrue(second.isCancelled());
        assertThrows(CancellationException.class, second::join);
        assertFalse(second.completeExceptionally(new IOException()));
        channel.send(1);
        assertEquals(new Received<>(1), first.join());
        assertFalse(first.cancel(true));
        Side.assertWaiting(channel, 0, 0);
    }

    @Test void receiveAsyncWithATimeLimitEndsWithIt() {
        var receiving = receiver.receiveAsync().orTimeout(20, TimeUnit.MILLISECONDS);
        var ended = assertThrows(CompletionException.class, receiving::join);
        assertInstanceOf(TimeoutException.class, ended.getCause());
        Side.assertWaiting(channel, 0, 0);
    }

    @Test void anExtendedReceiveHoldsTheSenderOfARendezvous() throws Exception {
        var sending = channel.sendAsync(1);
        try (var held = receiver.receiveExtended()) {
            assertEquals(1, held.value());
            assertInstanceOf(Empty.class, receiver.tryReceive()); // a round trip later
            assertEquals(kind.capacity > 0, sending.isDone());
            held.close();
            held.fail(new Exception("too late")); // harmless, as is closing it twice
        }
        sending.join();
        var waiting = receiver.receiveExtendedAsync();
        var next = channel.sendAsync(2);
        try (var held = waiting.join()) {
            assertEquals(2, held.value());
        }
        next.join();
    }

    @Test void anExtendedReceiversFailureReachesTheSenderOfARendezvous() throws Exception {
        var sending = channel.sendAsync(1);
        var disk = new IllegalStateException("the disk is full");
        assertSame(disk, assertThrows(IllegalStateException.class, () -> receiver.receiveExtended(element -> {
            throw disk;
        })));
        if (kind.capacity > 0) return;
        var failed = assertInstanceOf(ReceiverFailed.class,
                assertThrows(CompletionException.class, sending::join).getCause());
        assertTrue(failed.getMessage().contains("the disk is full"), failed.getMessage());
        channel.sendAsync(2); // the channel goes on
        assertEquals(2, receiver.receive());
    }

    @Test void batchesTakeWhatIsThere() throws Exception {
        var sends = IntStream.range(0, 5).mapToObj(channel::sendAsync).toList();
        assertEquals(List.of(0, 1, 2), receiver.receiveBatch(3));
        var rest = new ArrayList<Integer>();
        assertEquals(2, receiver.drainTo(rest));
        assertEquals(List.of(3, 4), rest);
        for (var send : sends) send.join();
        channel.close();
        assertEquals(List.of(), receiver.receiveBatch(3));
    }

    @Test void closeDeliversWhatWaitsAndThenEnds() throws Exception {
        var waiting = IntStream.range(0, kind.capacity + 1).mapToObj(channel::sendAsync).toList();
        channel.close();
        for (int i = 0; i <= kind.capacity; i++) assertEquals(i, receiver.receive());
        for (var send : waiting) send.join();
        assertEquals(new Closed<>(), receiver.receiveOrClosed());
        assertEquals(new Closed<>(), receiver.receive(ofMillis(1)));
        assertEquals(new Closed<>(), receiver.tryReceive());
        assertEquals(new Closed<>(), receiver.receiveAsync().join());
        for (var receive : List.<Proc>of(receiver::receive, receiver::receiveExtended))
            assertEquals("c", assertThrows(ChannelClosed.class, receive::run).channel());
        assertFalse(receiver.iterator().hasNext());
    }

    @Test void closeWakesReceiversThatWait() throws Exception {
        var first = Side.waiting(channel, receiver::receiveOrClosed);
        var second = Side.waiting(channel, receiver::receiveExtended);
        channel.close();
        assertEquals(new Closed<>(), first.result());
        assertThrows(ChannelClosed.class, second::result);
    }

    @Test void poisonFromTheSendingSideEndsBothSides() throws Exception {
        var waiting = Side.waiting(channel, receiver::receive);
        assertTrue(channel.poison(5, new IOException("source gone")));
        var poisoned = assertPoisoned("source gone", waiting::result);
        assertEquals(5, poisoned.strength());
        assertPoisoned("source gone", receiver::receive);
        assertPoisoned("source gone", receiver::tryReceive);
        assertPoisoned("source gone", receiver::receiveExtended);
        assertFalse(receiver.poison(new IOException("too late")));
    }

    @Test void poisonFromTheReceivingSideEndsBothSides() {
        for (int i = 0; i < kind.capacity; i++) assertTrue(channel.trySend(i));
        var sending = channel.sendAsync(1);
        channel.immuneTo(1);
        assertFalse(receiver.poison(1, new IOException("weak")));
        assertTrue(receiver.poison(2, new IOException("disk full")));
        assertPoisoned("disk full", () -> {
            try {
                sending.join();
            } catch (CompletionException failed) {
                throw (Exception) failed.getCause();
            }
        });
        assertPoisoned("disk full", receiver::receive);
    }

    @Test void theLastEndToRetirePoisonsForTheSendersAndItsWaitingReceives() throws Exception {
        var other = anotherReceiver();
        receiver.retire();
        receiver.close();
        for (var receive : List.<Proc>of(receiver::receive, receiver::tryReceive, receiver::receiveExtended))
            assertThrows(ChannelClosed.class, receive::run);
        assertInstanceOf(ChannelClosed.class,
                assertThrows(CompletionException.class, () -> receiver.receiveAsync().join()).getCause());
        var sending = channel.sendAsync(1);
        assertEquals(1, other.receive());
        sending.join();
        var waiting = Side.waiting(channel, other::receive);
        other.retire();
        assertThrows(ChannelPoisoned.class, waiting::result);
        assertThrows(ChannelPoisoned.class, () -> channel.send(2));
    }

    @Test void knowsTheNameOfItsChannel() {
        assertEquals("c", receiver.name());
        assertTrue(receiver.toString().contains("c"), receiver.toString());
    }

    private static ChannelPoisoned assertPoisoned(String cause, Proc operation) {
        var poisoned = assertThrows(ChannelPoisoned.class, operation::run);
        assertEquals("c", ((ChannelException) poisoned).channel());
        assertTrue(String.valueOf(poisoned.getCause()).contains(cause), poisoned.toString());
        return poisoned;
    }
}
