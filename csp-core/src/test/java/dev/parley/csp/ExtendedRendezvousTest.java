package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The receiver acts while the sender stays: in whatever order they come, and whatever either of them is.
@Timeout(20) class ExtendedRendezvousTest {
    private final Channel<Integer> channel = Channel.rendezvous("c");
    private final List<String> log = new ArrayList<>();

    @Test void aSenderThatWaitedStaysUntilTheReceiverIsDone() throws Exception {
        var sender = Side.waiting(channel, () -> send(1));
        try (var held = channel.receiveExtended()) {
            assertEquals(1, held.value());
            Side.assertWaiting(channel, 0, 0);
            log.add("handled");
            assertFalse(sender.isDone());
        }
        sender.result();
        assertEquals(List.of("handled", "sent 1"), log);
    }

    @Test void aSenderThatFindsTheReceiverWaitingStaysToo() {
        Simulation.explore(500, sim -> {
            var log = new ArrayList<String>();
            var channel = Channel.<Integer>rendezvous("c");
            sim.spawn("receiver", () -> {
                try (var held = channel.receiveExtended()) {
                    log.add("begin " + held.value());
                    Thread.yield();
                    log.add("end " + held.value());
                }
            });
            sim.spawn("sender", () -> {
                channel.send(7);
                log.add("sent");
            });
            sim.run();
            assertEquals(List.of("begin 7", "end 7", "sent"), log);
        });
    }

    @Test void aFailureReachesTheSenderWhateverItIs() throws Exception {
        var cause = new IllegalStateException("disk full");
        var plain = Side.waiting(channel, () -> send(1));
        var timed = Side.waiting(channel, () -> channel.send(2, ofMillis(100_000)));
        var async = channel.sendAsync(3);
        var choice = Side.waiting(channel, () -> Alt.of(channel.offering(4, () -> log.add("sent"))).select());
        for (int i = 1; i <= 4; i++) {
            int expected = i;
            var thrown = assertThrows(IllegalStateException.class, () -> channel.receiveExtended(value -> {
                assertEquals(expected, value);
                throw cause;
            }));
            assertSame(cause, thrown);
        }
        assertFailed(cause, assertThrows(ReceiverFailed.class, plain::result));
        assertFailed(cause, assertThrows(ReceiverFailed.class, timed::result));
        assertFailed(cause, assertInstanceOf(ReceiverFailed.class,
                assertThrows(CompletionException.class, async::join).getCause()));
        assertFailed(cause, assertThrows(ReceiverFailed.class, choice::result));
        assertEquals(List.of(), log);
        var next = Side.waiting(channel, channel::receive);
        channel.send(5); // the channel goes on
        assertEquals(5, next.result());
    }

    private static void assertFailed(Throwable cause, ReceiverFailed failure) {
        assertSame(cause, failure.getCause());
        assertEquals("the receiver of an element of Channel \"c\" took it and then failed: " + cause,
                failure.getMessage());
    }

    @Test void onceTakenAnInterruptionOfTheSenderComesTooLate() throws Exception {
        var sender = Side.waiting(channel, () -> {
            channel.send(1);
            return Thread.interrupted();
        });
        try (var held = channel.receiveExtended()) {
            sender.interrupt();
            assertEquals(1, held.value());
        }
        assertTrue(sender.result(), "the flag is kept");
    }

    @Test void aTryIsNotHeldAndAFutureIs() throws Exception {
        var first = Side.waiting(channel, channel::receiveExtended);
        assertTrue(channel.trySend(1));
        assertEquals(1, first.result().value());
        var second = Side.waiting(channel, channel::receiveExtended);
        var sent = channel.sendAsync(2);
        var held = second.result();
        assertFalse(sent.isDone());
        assertFalse(sent.cancel(false), "it has been taken");
        held.close();
        sent.join();
        held.close(); // harmless
        held.fail(new Error()); // too late
    }

    @Test void withoutAThreadTheSenderStaysTooWhoeverComesFirst() throws Exception {
        for (boolean waits : List.of(true, false)) {
            var receiving = waits ? channel.receiveExtendedAsync() : null;
            var sent = channel.sendAsync(1);
            var held = (receiving != null ? receiving : channel.receiveExtendedAsync()).join();
            assertEquals(1, held.value());
            assertFalse(sent.isDone());
            held.fail(new IllegalStateException("disk full"));
            var failed = assertThrows(ExecutionException.class, sent::get);
            assertInstanceOf(ReceiverFailed.class, failed.getCause());
        }
        assertTrue(channel.receiveExtendedAsync().cancel(true));
        Side.assertWaiting(channel, 0, 0);
        var receiving = channel.receiveExtendedAsync();
        assertTrue(channel.trySend(2));
        assertFalse(receiving.cancel(true), "an element was there first");
        assertEquals(2, receiving.join().value());
    }

    @Test void withoutAThreadACancelledReceptionTakesNothingAndALaterOneIsHeld() {
        Simulation.explore(1000, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            var log = new ArrayList<String>();
            var receiving = c.receiveExtendedAsync();
            sim.spawn("sender", () -> {
                Alt.of(c.offering(1)).select();
                log.add("sent");
            });
            sim.spawn("canceller", () -> {
                try (var held = receiving.cancel(true) ? c.receiveExtended() : receiving.join()) {
                    Thread.yield();
                    log.add("end " + held.value());
                }
            });
            sim.run();
            assertEquals(List.of("end 1", "sent"), log);
        });
    }

    @Test void withoutAThreadTheEndIsTold() {
        var waits = channel.receiveExtendedAsync();
        channel.close();
        for (var ended : List.of(waits, channel.receiveExtendedAsync()))
            assertInstanceOf(ChannelClosed.class, assertThrows(CompletionException.class, ended::join).getCause());
        channel.poison(new Error("gone"));
        assertInstanceOf(ChannelPoisoned.class,
                assertThrows(CompletionException.class, channel.receiveExtendedAsync()::join).getCause());
        var other = Channel.<Integer>rendezvous("d");
        var end = other.receiver();
        var waiting = end.receiveExtendedAsync();
        end.retire();
        assertInstanceOf(ChannelPoisoned.class, assertThrows(CompletionException.class, waiting::join).getCause());
        assertInstanceOf(ChannelClosed.class,
                assertThrows(CompletionException.class, end.receiveExtendedAsync()::join).getCause());
    }

    @Test void anAltHandlesWhileTheSenderStaysWhoeverComesFirst() {
        Simulation.explore(1000, sim -> {
            var log = new ArrayList<String>();
            var c = Channel.<Integer>rendezvous("c");
            var d = Channel.<Integer>rendezvous("d");
            sim.spawn("receiver", () -> {
                var alt = Alt.of(d.on(_ -> log.add("d")), c.onExtended(value -> {
                    log.add("begin " + value);
                    Thread.yield();
                    if (value == 2) throw new IllegalStateException("two");
                    log.add("end " + value);
                }));
                alt.select();
                assertThrows(IllegalStateException.class, alt::select);
            });
            sim.spawn("sender", () -> {
                c.send(1);
                log.add("sent 1");
                var output = Alt.of(c.offering(() -> 2, () -> log.add("sent 2")));
                assertThrows(ReceiverFailed.class, output::select);
            });
            sim.run();
            assertEquals(List.of("begin 1", "end 1", "sent 1", "begin 2"), log);
        });
    }

    @Test void anAltThatSendsWaitsForAnExtendedReceiver() {
        Simulation.explore(1000, sim -> {
            var log = new ArrayList<String>();
            var c = Channel.<Integer>rendezvous("c");
            sim.spawn("receiver", () -> {
                for (int i = 0; i < 2; i++) {
                    try (var held = c.receiveExtended()) {
                        log.add("begin " + held.value());
                        Thread.yield();
                        log.add("end " + held.value());
                    }
                }
            });
            sim.spawn("sender", () -> {
                var alt = Alt.of(c.offering(1, () -> log.add("sent")));
                alt.select();
                alt.select();
            });
            sim.run();
            assertEquals(List.of("begin 1", "end 1", "sent", "begin 1", "end 1", "sent"), log);
        });
    }

    @Test void withABufferTheSenderHasLeft() throws Exception {
        var buffered = Channel.<Integer>buffered("b", 1);
        buffered.send(1);
        var waits = Side.waiting(buffered, () -> {
            buffered.send(2);
            return null;
        });
        try (var held = buffered.receiveExtended()) {
            assertEquals(1, held.value());
            waits.result(); // it moved into the buffer meanwhile
        }
        assertEquals(2, buffered.receive());
    }

    @Test void theEndIsTold() throws Exception {
        var waits = Side.waiting(channel, channel::receiveExtended);
        channel.close();
        assertThrows(ChannelClosed.class, waits::result);
        assertThrows(ChannelClosed.class, channel::receiveExtended);
        channel.poison(new Error("gone"));
        assertThrows(ChannelPoisoned.class, channel::receiveExtended);
    }

    private Void send(int value) throws InterruptedException {
        channel.send(value);
        log.add("sent " + value);
        return null;
    }
}
