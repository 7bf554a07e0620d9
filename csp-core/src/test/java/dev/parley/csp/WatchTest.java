package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What is for those who decide elsewhere: to be told when a channel becomes ready, and to take a guard out of a choice.
@Timeout(20) class WatchTest {
    private final Channel<Integer> channel = Channel.rendezvous("c");
    private final AtomicInteger told = new AtomicInteger();

    private Runnable receivable(Channel<?> channel) {
        return channel.onceReceivable(told::incrementAndGet);
    }

    private Runnable sendable(Channel<?> channel) {
        return channel.onceSendable(told::incrementAndGet);
    }

    private void assertTold(int times) {
        assertEquals(times, told.get());
    }

    @Test void aSenderThatWaitsOrComesIsTold() {
        channel.sendAsync(1);
        receivable(channel);
        assertTold(1);
        channel.tryReceive();
        receivable(channel);
        assertTold(1);
        var sending = channel.sendAsync(2);
        assertTold(2);
        assertFalse(sending.isDone(), "who is told takes nothing");
        assertEquals(new Received<>(2), channel.tryReceive());
        channel.sendAsync(3);
        assertTold(2); // once
    }

    @Test void aReceiverThatWaitsOrComesIsTold() {
        channel.receiveAsync();
        sendable(channel);
        assertTold(1);
        assertTrue(channel.trySend(1));
        sendable(channel);
        var receiving = channel.receiveAsync();
        assertTold(2);
        assertFalse(receiving.isDone());
    }

    @Test void elementsAndRoomAreTold() {
        var buffered = Channel.<Integer>buffered("b", 1);
        receivable(buffered);
        sendable(buffered);
        assertTold(1);
        buffered.trySend(1);
        assertTold(2);
        sendable(buffered);
        receivable(buffered);
        assertTold(3);
        buffered.tryReceive();
        assertTold(4);
    }

    @Test void endsAreTold() {
        receivable(channel);
        channel.close();
        assertTold(1);
        receivable(channel);
        sendable(channel);
        assertTold(3);
        var other = Channel.<Integer>rendezvous("d");
        receivable(other);
        sendable(other);
        other.poison(new IOException("gone"));
        assertTold(5);
    }

    @Test void whoTookItBackIsNotTold() {
        receivable(channel).run();
        var second = sendable(channel);
        Side.assertWaiting(channel, 1, 0);
        second.run();
        second.run();
        Side.assertWaiting(channel, 0, 0);
        channel.sendAsync(1);
        channel.tryReceive();
        assertTold(0);
    }

    @Test void othersPassByAndKeepTheirOrder() throws Exception {
        receivable(channel);
        assertFalse(channel.trySend(1));
        assertTold(1);
        var before = channel.receiveAsync();
        receivable(channel);
        var after = channel.receiveAsync();
        channel.send(2);
        channel.send(3);
        assertEquals(new Received<>(2), before.join());
        assertEquals(new Received<>(3), after.join());
        assertTold(2);
    }

    @Test void oneWhoWatchesIsNoPartnerOfAnother() {
        receivable(channel);
        sendable(channel);
        assertTold(0);
        Side.assertWaiting(channel, 1, 1);
    }

    @Test void aGuardOfAnAltIsTold() {
        Simulation.explore(300, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            var d = Channel.<Integer>rendezvous("d");
            var log = new ArrayList<String>();
            sim.spawn("watcher", () -> {
                for (boolean sent = false; !sent;) {
                    var turn = new CompletableFuture<Boolean>();
                    c.onceSendable(() -> turn.complete(true));
                    turn.join();
                    sent = c.trySend(7);
                }
            });
            sim.spawn("chooser", () -> {
                Alt.of(d.on(x -> log.add("d" + x)), c.on(x -> log.add("c" + x))).select();
            });
            sim.run();
            assertEquals(List.of("c7"), log);
        });
    }

    // Events

    /// An event of which the test decides everything.
    private static final class Remote implements Event<String> {
        final List<Offer<String>> offers = new ArrayList<>();
        @Nullable ChannelException lost;
        boolean over;

        @Override public @Nullable String poll() {
            return null;
        }

        @Override public synchronized void register(Offer<String> offer) {
            offers.add(offer);
            if (over) offer.disable(lost);
        }

        @Override public synchronized void withdraw(Offer<String> offer) {
            offers.remove(offer);
        }

        Offer<String> awaitOffer() {
            Side.until(() -> {
                synchronized (this) {
                    return !offers.isEmpty();
                }
            });
            synchronized (this) {
                return offers.getFirst();
            }
        }

        synchronized void end(@Nullable ChannelException why) {
            over = true;
            lost = why;
            offers.forEach(offer -> offer.disable(why));
        }
    }

    @Test void aGuardThatIsTakenOutLeavesTheOthersTheChoice() throws Exception {
        var event = new Remote();
        var log = new ArrayList<String>();
        var alt = Alt.of(Alt.on(event, log::add), channel.on(x -> log.add("c" + x)));
        for (int i = 0; i < 2; i++) {
            var choosing = Side.waiting(channel, alt::select);
            event.end(null);
            channel.send(i);
            assertEquals(1, choosing.result());
        }
        channel.close();
        assertThrows(ChannelClosed.class, alt::select);
        assertEquals(List.of("c0", "c1"), log);
    }

    @Test void whenNoneIsLeftTheChoiceThrowsWhy() throws Exception {
        var event = new Remote();
        var alt = Alt.of(Alt.on(event, _ -> {}), channel.on(_ -> {}));
        var choosing = Side.waiting(channel, alt::select);
        var why = new ChannelPoisoned("far", "far away [lost]", 1, new IOException("link lost"));
        event.end(why);
        assertFalse(choosing.isDone());
        channel.close();
        assertSame(why, assertThrows(ChannelPoisoned.class, choosing::result));
        assertInstanceOf(ChannelPoisoned.class, assertThrows(ChannelException.class, alt::select));
        assertEquals(List.of(), event.offers);
    }

    @Test void takingAGuardOutOfAChoiceThatIsOverChangesNothing() throws Exception {
        var event = new Remote();
        var alt = Alt.of(Alt.on(event, _ -> {}), channel.on(_ -> {}));
        var first = Side.waiting(channel, alt::select);
        var old = event.awaitOffer();
        channel.send(1);
        assertEquals(1, first.result());
        var second = Side.waiting(channel, alt::select);
        old.disable(new ChannelClosed("far", "too late"));
        channel.close(); // the event's guard is still there, so the choice goes on
        var offer = event.awaitOffer();
        assertFalse(second.isDone());
        assertTrue(offer.claim());
        offer.complete("now");
        assertEquals(0, second.result());
    }
}
