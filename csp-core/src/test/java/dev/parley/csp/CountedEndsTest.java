package dev.parley.csp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Each form of an operation through a counted end does what it does on the channel, and is refused when the end is no longer in service.
class CountedEndsTest {
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final Channel<Integer> channel = Channel.buffered("c", 8);
    private final Sender<Integer> sender = channel.sender();
    private final ReceiverEnd<Integer> receiver = channel.receiver();
    private final List<Integer> handled = new ArrayList<>();

    @Test void everySendSends() throws Exception {
        sender.send(0);
        assertTrue(sender.send(1, MOMENT));
        assertTrue(sender.trySend(2));
        sender.sendAsync(3).join();
        sender.sendAll(List.of(4, 5));
        Alt.of(sender.offering(6)).select();
        Alt.of(sender.offering(() -> 7)).select();
        assertFalse(sender.trySend(8), "it is full");
        assertFalse(sender.send(8, MOMENT), "it is full");
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), channel.receiveBatch(10));
    }

    @Test void everyReceiveReceives() throws Exception {
        assertEquals(new Empty<>(), receiver.tryReceive());
        assertEquals(new Empty<>(), receiver.receive(MOMENT));
        channel.sendAll(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        assertEquals(0, receiver.receive());
        assertEquals(new Received<>(1), receiver.receiveOrClosed());
        assertEquals(new Received<>(2), receiver.receive(MOMENT));
        assertEquals(new Received<>(3), receiver.tryReceive());
        assertEquals(new Received<>(4), receiver.receiveAsync().join());
        try (var held = receiver.receiveExtended()) {
            assertEquals(5, held.value());
        }
        try (var held = receiver.receiveExtendedAsync().join()) {
            assertEquals(6, held.value());
        }
        assertEquals(7, receiver.iterator().next());
        channel.sendAll(List.of(8, 9, 10, 11));
        assertEquals(List.of(8), receiver.receiveBatch(1));
        Alt.of(receiver.on(handled::add)).select();
        Alt.of(receiver.onExtended(handled::add)).select();
        assertEquals(1, receiver.drainTo(handled));
        assertEquals(List.of(9, 10, 11), handled);
    }

    @Test void anEndThatWasClosedIsRefused() {
        var other = channel.sender();
        sender.close();
        refused("send to", () -> sender.send(1), () -> sender.send(1, MOMENT), () -> sender.trySend(1),
                () -> sender.sendAll(List.of(1)), () -> Alt.of(sender.offering(1)).select(),
                () -> Alt.of(sender.offering(() -> 1)).select());
        refused(sender.sendAsync(1));
        assertEquals(0, channel.statistics().buffered());
        assertTrue(other.trySend(1), "the other end is in service");
    }

    @Test void anEndThatRetiredIsRefused() {
        var other = channel.receiver();
        assertTrue(channel.trySend(1));
        receiver.retire();
        refused("receive on", receiver::receive, receiver::receiveOrClosed, () -> receiver.receive(MOMENT),
                receiver::tryReceive, receiver::receiveExtended, receiver::iterator, () -> receiver.receiveBatch(1),
                () -> receiver.drainTo(handled), () -> Alt.of(receiver.on(handled::add)).select(),
                () -> Alt.of(receiver.onExtended(handled::add)).select());
        refused(receiver.receiveAsync());
        refused(receiver.receiveExtendedAsync());
        assertEquals(List.of(), handled);
        assertEquals(new Received<>(1), other.tryReceive(), "the other end is in service");
    }

    private static void refused(String operation, Executable... operations) {
        for (var each : operations) {
            var closed = assertThrows(ChannelClosed.class, each);
            assertTrue(closed.getMessage().startsWith(operation + " Channel \"c\" through an end that"),
                    closed.getMessage());
        }
    }

    private static void refused(CompletableFuture<?> operation) {
        assertInstanceOf(ChannelClosed.class, assertThrows(CompletionException.class, operation::join).getCause());
    }

    @Test void poisonThroughAnEndPoisonsTheChannel() {
        var cause = new IllegalStateException("enough");
        assertTrue(sender.poison(1, cause));
        assertFalse(receiver.poison(1, cause), "it is poisoned already");
        assertSame(cause, assertThrows(ChannelPoisoned.class, () -> channel.trySend(1)).getCause());
        var other = Channel.<Integer>rendezvous("d");
        assertTrue(other.receiver().poison(1, cause));
        assertFalse(other.sender().poison(1, cause), "it is poisoned already");
        assertSame(cause, assertThrows(ChannelPoisoned.class, other::tryReceive).getCause());
    }

    @Test void anEndIsOfItsChannelWhileItIsInService() {
        var other = Channel.<Integer>rendezvous("d");
        assertTrue(channel.hasEnd(sender) && channel.hasEnd(receiver));
        assertFalse(other.hasEnd(sender) || other.hasEnd(receiver) || channel.hasEnd(channel));
        sender.close();
        receiver.retire();
        assertFalse(channel.hasEnd(sender) || channel.hasEnd(receiver));
    }

    @Test void anEndSaysWhoseItIs() {
        assertEquals("c", sender.name());
        assertEquals("c", receiver.name());
        assertEquals("sending end of " + channel, sender.toString());
        assertEquals("receiving end of " + channel, receiver.toString());
    }
}
