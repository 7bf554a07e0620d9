package dev.parley.csp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a channel does, sentence by sentence; for the kinds whose senders wait. What the others drop is in ChannelTest, and all kinds go
/// through ChannelSimulationTest.
@ParameterizedClass
@EnumSource(names = {"RENDEZVOUS", "BUFFERED_1", "BUFFERED_2", "BUFFERED_1000"})
@Timeout(20) class ChannelContractTest {
    private final int capacity;
    private final Channel<Integer> channel;

    ChannelContractTest(Kinds kind) {
        capacity = kind.capacity;
        channel = kind.channel("c");
    }

    /// Fills the buffer with 0, 1, …
    private void fill() {
        for (int i = 0; i < capacity; i++) assertTrue(channel.trySend(i));
    }

    @Test void elementsArriveInSendOrder() throws Exception {
        var sender = Side.run(() -> {
            for (int i = 0; i < 5000; i++) channel.send(i);
            channel.close();
        });
        assertEquals(IntStream.range(0, 5000).boxed().toList(), channel.stream().toList());
        sender.result();
    }

    @Test void eachElementGoesToExactlyOneReceiver() throws Exception {
        var receivers = IntStream.range(0, 4).mapToObj(_ -> Side.start(() -> channel.stream().toList())).toList();
        var senders = IntStream.range(0, 4).mapToObj(s -> Side.run(() -> {
            for (int i = 0; i < 1000; i++) channel.send(s * 1000 + i);
        })).toList();
        for (var sender : senders) sender.result();
        channel.close();
        var all = new ArrayList<Integer>();
        for (var receiver : receivers) all.addAll(receiver.result());
        assertEquals(IntStream.range(0, 4000).boxed().toList(), all.stream().sorted().toList());
    }

    @SuppressWarnings("NullAway") // on purpose
    @Test void nullIsRefusedWithTheNameOfTheChannel() {
        for (var send : List.<Proc>of(() -> channel.send(null), () -> channel.trySend(null),
                () -> channel.send(null, ofSeconds(1)),
                () -> channel.sendAsync(null), () -> channel.offering((Integer) null))) {
            assertEquals("an element must not be null: send to Channel \"c\"",
                    assertThrows(NullPointerException.class, send::run).getMessage());
        }
    }

    @Test void trySendNeedsRoomOrAPartner() throws Exception {
        fill();
        assertFalse(channel.trySend(-1));
        for (int i = 0; i < capacity; i++) assertEquals(i, channel.receive());
        var receiver = Side.waiting(channel, channel::receive);
        assertTrue(channel.trySend(7));
        assertEquals(7, receiver.result());
    }

    @Test void tryReceiveNeedsAnElementOrAPartner() throws Exception {
        assertEquals(new Empty<>(), channel.tryReceive());
        fill();
        var sender = Side.waiting(channel, () -> {
            channel.send(capacity);
            return "sent";
        });
        for (int i = 0; i <= capacity; i++) assertEquals(new Received<>(i), channel.tryReceive());
        assertEquals("sent", sender.result());
        assertEquals(new Empty<>(), channel.tryReceive());
    }

    @Test void sendReturnsWhenTakenOrBuffered() throws Exception {
        fill();
        var sender = Side.waiting(channel, () -> {
            channel.send(-1);
            return "sent";
        });
        assertFalse(sender.isDone());
        channel.receive();
        assertEquals("sent", sender.result());
    }

    @Test void waitingSendersAreServedInOrderOfArrival() throws Exception {
        fill();
        for (int i = 0; i < 5; i++) {
            int value = 100 + i;
            Side.waiting(channel, () -> {
                channel.send(value);
                return null;
            });
        }
        for (int i = 0; i < capacity; i++) assertEquals(i, channel.receive());
        for (int i = 0; i < 5; i++) assertEquals(100 + i, channel.receive());
    }

    @Test void waitingReceiversAreServedInOrderOfArrival() throws Exception {
        var receivers = new ArrayList<Side<Integer>>();
        for (int i = 0; i < 5; i++) receivers.add(Side.waiting(channel, channel::receive));
        for (int i = 0; i < 5; i++) assertTrue(channel.trySend(i));
        for (int i = 0; i < 5; i++) assertEquals(i, receivers.get(i).result());
    }

    @Test void closeDeliversWhatIsBufferedAndWaitingThenEnds() throws Exception {
        fill();
        var sender = Side.waiting(channel, () -> {
            channel.send(capacity);
            return "sent";
        });
        assertTrue(channel.tryClose());
        assertFalse(sender.isDone(), "close must not release a waiting sender early");
        for (int i = 0; i <= capacity; i++) assertEquals(new Received<>(i), channel.receiveOrClosed());
        assertEquals("sent", sender.result());
        assertEquals(new Closed<>(), channel.receiveOrClosed());
        assertEquals(new Closed<>(), channel.tryReceive());
        assertEquals(new Closed<>(), channel.receive(ofDays(1)));
        assertEquals(new Closed<>(), channel.receiveAsync().get());
        var failure = assertThrows(ChannelClosed.class, channel::receive);
        assertEquals("c", failure.channel());
        assertEquals("receive on Channel \"c\" [" + (capacity == 0 ? "rendezvous" : "buffered") + ", closed]",
                failure.getMessage());
    }

    @Test void closeWakesWaitingReceivers() throws Exception {
        var receivers = List.of(Side.waiting(channel, channel::receiveOrClosed),
                Side.waiting(channel, () -> channel.receive(ofDays(1))),
                Side.waiting(channel, () -> channel.receiveAsync().get()));
        channel.close();
        for (var receiver : receivers) assertEquals(new Closed<>(), receiver.result());
    }

    @Test void closeIsIdempotentAndTellsWhoWasFirst() {
        assertTrue(channel.tryClose());
        assertFalse(channel.tryClose());
        channel.close();
        assertTrue(channel.poison(new Exception("x")));
        assertFalse(channel.poison(new Exception("y")));
        assertFalse(channel.tryClose());
    }

    @Test void sendingAfterCloseFails() {
        channel.close();
        assertThrows(ChannelClosed.class, () -> channel.send(1));
        assertThrows(ChannelClosed.class, () -> channel.trySend(1));
        assertThrows(ChannelClosed.class, () -> channel.send(1, ofSeconds(1)));
        assertInstanceOf(ChannelClosed.class,
                assertThrows(ExecutionException.class, () -> channel.sendAsync(1).get()).getCause());
    }

    @Test void poisonEndsBothSidesAtOnceWithItsCause() throws Exception {
        var cause = new IllegalStateException("broken");
        var receivers = List.of(Side.waiting(channel, channel::receive),
                Side.waiting(channel, channel::receiveOrClosed));
        assertTrue(channel.poison(cause));
        for (var receiver : receivers)
            assertSame(cause, assertThrows(ChannelPoisoned.class, receiver::result).getCause());
        for (var operation : List.<Proc>of(() -> channel.send(1), () -> channel.trySend(1), channel::receive,
                channel::tryReceive,
                channel::receiveOrClosed, () -> channel.receive(ofSeconds(1)), () -> channel.forEach(_ -> {}))) {
            var failure = assertThrows(ChannelPoisoned.class, operation::run);
            assertSame(cause, failure.getCause());
            assertTrue(failure.getMessage().endsWith("poisoned by java.lang.IllegalStateException: broken]"),
                    failure.getMessage());
        }
        assertInstanceOf(ChannelPoisoned.class,
                assertThrows(ExecutionException.class, () -> channel.receiveAsync().get()).getCause());
    }

    @Test void poisonDiscardsTheBufferThroughTheHookAndNotWaitingSends() throws Exception {
        var discarded = new ArrayList<Integer>();
        channel.onDiscard(discarded::add);
        fill();
        var sender = Side.waiting(channel, () -> {
            channel.send(-1);
            return "sent";
        });
        channel.poison(new Exception("x"));
        assertThrows(ChannelPoisoned.class, sender::result);
        assertEquals(IntStream.range(0, capacity).boxed().toList(), discarded);
        assertEquals(0, channel.statistics().buffered());
    }

    @Test void everyDiscardedElementReachesTheHookEvenIfItThrows() {
        var discarded = new ArrayList<Integer>();
        channel.onDiscard(element -> {
            discarded.add(element);
            throw new IllegalStateException("hook " + element);
        });
        fill();
        if (capacity > 0) {
            var failure = assertThrows(IllegalStateException.class, () -> channel.poison(new Exception("x")));
            assertEquals("hook 0", failure.getMessage());
            assertEquals(capacity - 1, failure.getSuppressed().length);
        }
        assertEquals(capacity, discarded.size());
    }

    @Test void aClosedChannelCanBePoisoned() throws Exception {
        fill();
        channel.close();
        assertTrue(channel.poison(new Exception("x")));
        assertThrows(ChannelPoisoned.class, channel::receiveOrClosed);
    }

    @Test void interruptedOnEntryDoesNothing() throws Exception {
        for (var operation : List.<Proc>of(() -> channel.send(1), () -> channel.send(1, ofSeconds(1)), channel::receive,
                channel::receiveOrClosed, () -> channel.receive(ofSeconds(1)))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, operation::run);
            assertFalse(Thread.interrupted());
        }
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> channel.iterator().hasNext());
        assertTrue(Thread.interrupted(), "an iterator keeps the flag");
        assertEquals(new Channel.Statistics(0, capacity, 0, 0), channel.statistics());
    }

    @Test void interruptedOnEntryTakesNothingThoughItIsThere() {
        fill();
        var sent = channel.sendAsync(capacity);
        for (var operation : List.<Proc>of(channel::receive, channel::receiveOrClosed,
                () -> channel.receive(ofSeconds(1)), channel::receiveExtended)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, operation::run);
        }
        assertFalse(sent.isDone());
        assertEquals(new Channel.Statistics(capacity, capacity, 1, 0), channel.statistics());
    }

    @Test void interruptedOnEntryGivesNothingThoughSomebodyWaits() {
        var received = channel.receiveAsync();
        for (var operation : List.<Proc>of(() -> channel.send(1), () -> channel.send(1, ofSeconds(1)))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, operation::run);
        }
        assertFalse(received.isDone());
    }

    @Test void interruptedWhileWaitingLeavesTheChannelAsBefore() throws Exception {
        for (var receive : List.<Side<?>>of(Side.waiting(channel, channel::receive),
                Side.waiting(channel, () -> channel.receive(ofDays(1))))) {
            assertThrows(InterruptedException.class, receive.interrupt()::result);
        }
        Side.assertWaiting(channel, 0, 0);
        fill();
        var send = Side.waiting(channel, () -> {
            channel.send(-1);
            return null;
        });
        assertThrows(InterruptedException.class, send.interrupt()::result);
        Side.assertWaiting(channel, 0, 0);
        for (int i = 0; i < capacity; i++) assertEquals(i, channel.receive());
        assertEquals(new Empty<>(), channel.tryReceive());
    }

    @Test void oneInTheMiddleOfTheQueueCanLeave() throws Exception {
        var first = Side.waiting(channel, channel::receive);
        var middle = Side.waiting(channel, channel::receive);
        var last = Side.waiting(channel, channel::receive);
        assertThrows(InterruptedException.class, middle.interrupt()::result);
        channel.send(1);
        channel.send(2);
        assertEquals(1, first.result());
        assertEquals(2, last.result());
    }

    @Test void timedOperationsGiveUpWithoutEffect() throws Exception {
        assertEquals(new Empty<>(), channel.receive(ofMillis(1)));
        assertEquals(new Empty<>(), channel.receive(Duration.ZERO));
        assertEquals(new Empty<>(), channel.receive(ofSeconds(-1)));
        fill();
        assertFalse(channel.send(-1, ofMillis(1)));
        assertFalse(channel.send(-1, Duration.ZERO));
        Side.assertWaiting(channel, 0, 0);
        for (int i = 0; i < capacity; i++) assertEquals(new Received<>(i), channel.receive(ofSeconds(10)));
        var receiver = Side.waiting(channel, () -> channel.receive(Duration.ofSeconds(Long.MAX_VALUE)));
        assertTrue(channel.send(5, ofSeconds(10)));
        assertEquals(new Received<>(5), receiver.result());
    }

    @Test void asyncFormsCompleteWhenTheOperationHappens() throws Exception {
        fill();
        var sent = channel.sendAsync(capacity);
        assertFalse(sent.isDone());
        assertEquals(0, channel.receive());
        assertTrue(sent.isDone());
        for (int i = 1; i <= capacity; i++) assertEquals(new Received<>(i), channel.receiveAsync().get());
        var received = channel.receiveAsync();
        assertFalse(received.isDone());
        channel.send(9);
        assertEquals(new Received<>(9), received.get());
        assertTrue(channel.sendAsync(1).isDone() == capacity > 0);
    }

    @Test void asyncFormsLetTheSendersGoForWhomTheyMakeRoom() throws Exception {
        fill();
        var first = channel.sendAsync(capacity);
        assertEquals(new Received<>(0), channel.receiveAsync().get());
        assertTrue(first.isDone());
        var second = channel.sendAsync(capacity + 1);
        var held = channel.receiveExtendedAsync().get();
        assertEquals(1, held.value());
        held.close();
        assertTrue(second.isDone());
    }

    @Test void extendedFormsEndAsTheOthersDo() throws Exception {
        fill();
        channel.close();
        for (int i = 0; i < capacity; i++) {
            var held = i % 2 == 0 ? channel.receiveExtendedAsync().get() : channel.receiveExtended();
            assertEquals(i, held.value());
            held.close();
        }
        assertThrows(ChannelClosed.class, channel::receiveExtended);
        assertInstanceOf(ChannelClosed.class,
                assertThrows(ExecutionException.class, channel.receiveExtendedAsync()::get).getCause());
        channel.poison(new Exception("x"));
        assertThrows(ChannelPoisoned.class, channel::receiveExtended);
        assertInstanceOf(ChannelPoisoned.class,
                assertThrows(ExecutionException.class, channel.receiveExtendedAsync()::get).getCause());
    }

    @Test void cancellingAnAsyncFormTakesItBack() throws Exception {
        var received = channel.receiveAsync();
        assertTrue(received.cancel(true));
        assertTrue(received.isCancelled());
        Side.assertWaiting(channel, 0, 0);
        fill();
        var sent = channel.sendAsync(-1);
        assertTrue(sent.cancel(false));
        assertTrue(sent.cancel(false), "cancelled before");
        Side.assertWaiting(channel, 0, 0);
        var late = channel.sendAsync(capacity);
        for (int i = 0; i <= capacity; i++) assertEquals(i, channel.receive());
        assertFalse(late.cancel(true), "too late: it was received");
        assertTrue(late.isDone() && !late.isCompletedExceptionally());
    }

    @Test void completingAnAsyncFormByHandTakesItBackFirst() throws Exception {
        var received = channel.receiveAsync();
        assertTrue(received.complete(new Received<>(42)));
        Side.assertWaiting(channel, 0, 0);
        var other = channel.receiveAsync();
        channel.send(1);
        assertFalse(other.complete(new Received<>(42)), "an element was there first");
        assertEquals(new Received<>(1), other.get());
        var third = channel.receiveAsync();
        assertTrue(third.completeExceptionally(new IllegalStateException("by hand")));
        assertThrows(CompletionException.class, third::join);
        Side.assertWaiting(channel, 0, 0);
    }

    @Test void asyncFormsFailWhenTheChannelIsPoisoned() {
        var received = channel.receiveAsync();
        channel.poison(new Exception("x"));
        assertInstanceOf(ChannelPoisoned.class, assertThrows(ExecutionException.class, received::get).getCause());
        assertInstanceOf(ChannelPoisoned.class,
                assertThrows(ExecutionException.class, channel.sendAsync(1)::get).getCause());
    }

    @Test void theLastCountedSenderClosesTheChannel() throws Exception {
        var first = channel.sender();
        var second = channel.sender();
        assertTrue(channel.hasEnd(first) && channel.hasEnd(second) && !channel.hasEnd(channel));
        first.close();
        first.close();
        assertTrue(!channel.hasEnd(first) && channel.hasEnd(second));
        assertEquals(new Empty<>(), channel.tryReceive());
        assertThrows(ChannelClosed.class, () -> first.trySend(1));
        var receiver = Side.waiting(channel, channel::receive);
        second.send(1);
        assertEquals(1, receiver.result());
        second.close();
        assertEquals(new Closed<>(), channel.tryReceive());
    }

    @Test void theLastCountedReceiverPoisonsTheChannel() throws Exception {
        var first = channel.receiver();
        var second = channel.receiver();
        first.close();
        first.retire();
        assertThrows(ChannelClosed.class, first::receive);
        fill();
        second.close();
        var failure = assertThrows(ChannelPoisoned.class, () -> channel.send(1));
        assertEquals("the last receiver of Channel \"c\" retired", failure.getCause().getMessage());
    }

    @Test void retiringAtTheOrderlyEndIsHarmless() throws Exception {
        channel.close();
        channel.retire();
        assertEquals(new Closed<>(), channel.receiveOrClosed());
    }

    @Test void batchesTakeWhatIsThere() throws Exception {
        var sender = Side.run(() -> {
            channel.sendAll(IntStream.range(0, capacity + 3).boxed().toList());
            channel.close();
        });
        Side.until(() -> channel.statistics().waitingSenders() == 1);
        var all = new ArrayList<Integer>();
        assertTrue(channel.drainTo(all) >= capacity + 1, "the buffer and the one who waits");
        for (var batch = channel.receiveBatch(2); !batch.isEmpty(); batch = channel.receiveBatch(2)) {
            assertTrue(batch.size() <= 2);
            all.addAll(batch);
        }
        assertEquals(IntStream.range(0, capacity + 3).boxed().toList(), all);
        sender.result();
        assertEquals(0, channel.drainTo(all));
        assertEquals("a batch has at least 1 element, but max was 0",
                assertThrows(IllegalArgumentException.class, () -> channel.receiveBatch(0)).getMessage());
    }

    @Test void receiveBatchWaitsForTheFirstOnly() throws Exception {
        var receiver = Side.waiting(channel, () -> channel.receiveBatch(10));
        channel.send(1);
        assertEquals(List.of(1), receiver.result());
    }

    @Test void aLoopEndsQuietlyOnClose() throws Exception {
        fill();
        channel.close();
        var seen = new ArrayList<Integer>();
        for (var element : channel) seen.add(element);
        assertEquals(IntStream.range(0, capacity).boxed().toList(), seen);
    }

    @Test void itShowsItsState() throws Exception {
        fill();
        Side.waiting(channel, () -> {
            channel.send(-1);
            return null;
        });
        assertEquals(new Channel.Statistics(capacity, capacity, 1, 0), channel.statistics());
        var kind = capacity == 0 ? "rendezvous" : "buffered " + capacity + "/" + capacity;
        assertEquals("Channel \"c\" [" + kind + ", 1 sender and 0 receivers waiting]", channel.toString());
        channel.close();
        assertEquals("Channel \"c\" [" + kind + ", 1 sender and 0 receivers waiting, closed]", channel.toString());
        channel.poison(new Exception("x"));
    }

    @Test void platformAndVirtualThreadsMeet() throws Exception {
        var received = new ArrayList<Integer>();
        var platform = Thread.ofPlatform().start(() -> channel.forEach(received::add));
        Side.run(() -> {
            for (int i = 0; i < 1000; i++) channel.send(i);
            channel.close();
        }).result();
        platform.join();
        assertEquals(IntStream.range(0, 1000).boxed().toList(), received);
    }
}
