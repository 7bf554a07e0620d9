package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20) class AltTest {
    private final Channel<Integer> a = Channel.rendezvous("a");
    private final Channel<Integer> b = Channel.buffered("b", 2);
    private final List<String> log = new ArrayList<>();

    private Handler<Integer> log(String prefix) {
        return value -> log.add(prefix + value);
    }

    @Test void aReadyInputHappensAndItsHandlerGetsTheElement() throws Exception {
        b.send(7);
        assertEquals(1, Alt.of(a.on(log("a")), b.on(log("b"))).select());
        assertEquals(List.of("b7"), log);
        assertEquals(new Channel.Statistics(0, 0, 0, 0), a.statistics());
    }

    @Test void aReadyOutputHappens() throws Exception {
        var receiver = Side.waiting(a, a::receive);
        assertEquals(0, Alt.of(a.offering(5, () -> log.add("sent")), b.on(log("b"))).select());
        assertEquals(5, receiver.result());
        assertEquals(List.of("sent"), log);
        assertEquals(0, Alt.of(b.offering(6)).select());
        assertEquals(6, b.receive());
    }

    @Test void aWaitingAltIsTakenByAPartnerOnAnyGuard() throws Exception {
        var alt = Alt.of(a.on(log("a")), b.on(log("b")), Channel.<Integer>rendezvous("c").offering(1));
        var first = Side.waiting(a, alt::select);
        assertTrue(a.trySend(1));
        assertEquals(0, first.result());
        Side.assertWaiting(b, 0, 0);
        var second = Side.waiting(b, alt::select);
        assertTrue(b.trySend(2));
        assertEquals(1, second.result());
        Side.assertWaiting(a, 0, 0);
        assertEquals(List.of("a1", "b2"), log);
    }

    @Test void aWaitingOutputIsTakenByAReceiver() throws Exception {
        var c = Channel.<Integer>rendezvous("c");
        var alt = Side.waiting(a, Alt.of(a.on(log("a")), c.offering(9))::select);
        assertEquals(new Received<>(9), c.tryReceive());
        assertEquals(1, alt.result());
        assertFalse(a.trySend(1), "the input guard left nothing behind");
    }

    @Test void twoAltsMeet() throws Exception {
        var c = Channel.<Integer>rendezvous("c");
        var one = Side.waiting(a, Alt.of(a.on(log("a")), c.on(log("c")))::select);
        assertEquals(1, Alt.of(b.on(log("b")), c.offering(3)).select());
        assertEquals(1, one.result());
        assertEquals(List.of("c3"), log);
    }

    @Test void anAltNeverMeetsItself() throws Exception {
        var both = Alt.of(a.on(log("in")), a.offering(1), Alt.after(ofMillis(5), () -> log.add("time")));
        assertEquals(2, both.select());
        var waiting = Alt.of(a.on(log("in")), a.offering(1));
        var side = Side.start(waiting::select);
        Side.until(() -> a.statistics().waitingReceivers() == 1 && a.statistics().waitingSenders() == 1);
        assertEquals(1, a.receive());
        assertEquals(1, side.result());
        Side.assertWaiting(a, 0, 0);
    }

    @Test void theSameChannelMayStandInSeveralGuards() throws Exception {
        var open = new AtomicBoolean(false);
        var alt = Alt.of(a.on(log("first")).when(open::get), a.on(log("second")));
        Side.run(() -> a.send(1));
        Side.until(() -> a.statistics().waitingSenders() == 1);
        assertEquals(1, alt.select());
        open.set(true);
        Side.run(() -> a.send(2));
        Side.until(() -> a.statistics().waitingSenders() == 1);
        assertEquals(0, alt.priSelect());
        assertEquals(List.of("second1", "first2"), log);
    }

    @Test void twoReadyGuardsGetHalfEach() throws Exception {
        var c = Channel.<Integer>buffered(1000);
        var d = Channel.<Integer>buffered(1000);
        for (int i = 0; i < 1000; i++) {
            c.send(i);
            d.send(i);
        }
        var alt = Alt.of(c.on(_ -> {}), d.on(_ -> {}));
        int[] chosen = new int[2];
        for (int i = 0; i < 1000; i++) chosen[alt.select()]++;
        assertEquals(500, chosen[0]);
        assertEquals(500, chosen[1]);
    }

    @Test void aReadyGuardWaitsForAtMostAllTheOthers() throws Exception {
        var guards = new ArrayList<Guard>();
        for (int i = 0; i < 7; i++) {
            var channel = Channel.<Integer>buffered(1000);
            for (int k = 0; k < 1000; k++) channel.send(k);
            guards.add(channel.on(_ -> {}));
        }
        var alt = Alt.of(guards.toArray(Guard[]::new));
        var last = new int[7];
        for (int turn = 1; turn <= 700; turn++) last[alt.select()] = turn;
        for (int turn : last) assertTrue(turn > 700 - 7, "each guard is among the last seven choices");
    }

    @Test void priSelectTakesTheFirstReady() throws Exception {
        b.send(1);
        b.send(2);
        var c = Channel.<Integer>buffered(2);
        c.send(3);
        var alt = Alt.of(a.on(log("a")), b.on(log("b")), c.on(log("c")));
        assertEquals(1, alt.priSelect());
        assertEquals(1, alt.priSelect());
        assertEquals(2, alt.priSelect());
    }

    @Test void otherwiseIsChosenOnlyIfNothingIsReady() throws Exception {
        var alt = Alt.of(Alt.otherwise(() -> log.add("skip")), b.on(log("b")));
        assertEquals(0, alt.select());
        b.send(1);
        assertEquals(1, alt.select());
        b.send(2);
        assertEquals(1, alt.priSelect());
        assertEquals(List.of("skip", "b1", "b2"), log);
    }

    @Test void theEarliestTimerIsChosenWhenNothingHappens() throws Exception {
        var alt = Alt.of(a.on(log("a")), Alt.after(ofDays(1), () -> log.add("late")),
                Alt.after(ofMillis(2), () -> log.add("early")));
        assertEquals(2, alt.select());
        assertEquals(List.of("early"), log);
        Side.assertWaiting(a, 0, 0);
        assertEquals(1, Alt.of(a.on(log("a")), Alt.after(Duration.ZERO, () -> {})).select());
    }

    @Test void disabledGuardsAreIgnored() throws Exception {
        b.send(1);
        var alt = Alt.of(b.on(log("b")).when(() -> false), Alt.after(ofMillis(1), () -> log.add("time")));
        assertEquals(1, alt.select());
        var never = Alt.of(b.on(log("b")).when(() -> true).when(() -> false));
        assertEquals("every guard of Alt[b?] is disabled, so that it would wait for ever",
                assertThrows(IllegalStateException.class, never::select).getMessage());
    }

    @Test void aClosedAndEmptyInputIsOutOfTheChoice() throws Exception {
        b.send(1);
        b.close();
        a.close();
        var alt = Alt.of(a.on(log("a")), b.on(log("b")));
        assertEquals(1, alt.select());
        var end = assertThrows(ChannelClosed.class, alt::select);
        assertEquals("no guard is left of Alt[a?, b?]: every channel is closed and empty", end.getMessage());
    }

    @Test void closingTheLastChannelEndsAWaitingAlt() throws Exception {
        var alt = Alt.of(a.on(log("a")), b.on(log("b")));
        var side = Side.waiting(b, alt::select);
        a.close();
        assertFalse(side.isDone());
        Side.until(() -> b.statistics().waitingReceivers() == 1);
        b.close();
        assertThrows(ChannelClosed.class, side::result);
    }

    @Test void closingOneChannelLeavesAWaitingAltToTheOthers() throws Exception {
        var side = Side.waiting(b, Alt.of(a.on(log("a")), b.on(log("b")))::select);
        a.close();
        b.send(4);
        assertEquals(1, side.result());
    }

    @Test void aWaitingOutputOutlivesTheCloseOfItsChannel() throws Exception {
        var side = Side.waiting(a, Alt.of(a.offering(8))::select);
        a.close();
        assertEquals(8, a.receive());
        assertEquals(0, side.result());
    }

    @Test void poisonAlwaysThrowsWhateverTheOrder() throws Exception {
        var cause = new Exception("x");
        a.poison(cause);
        b.send(1);
        assertSame(cause,
                assertThrows(ChannelPoisoned.class, Alt.of(b.on(log("b")), a.on(log("a")))::select).getCause());
        assertSame(cause,
                assertThrows(ChannelPoisoned.class, Alt.of(a.offering(1), b.on(log("b")))::priSelect).getCause());
        assertEquals(1, b.receive(), "nothing else happened");
        var c = Channel.<Integer>rendezvous();
        c.close();
        assertThrows(ChannelClosed.class, Alt.of(b.on(log("b")), c.offering(1))::select);
    }

    @Test void poisonWakesAWaitingAlt() throws Exception {
        var cause = new Exception("x");
        var c = Channel.<Integer>rendezvous("c");
        var input = Side.waiting(a, Alt.of(a.on(log("a")), b.on(log("b")))::select);
        var output = Side.waiting(c, Alt.of(c.offering(1), b.on(log("b")))::select);
        a.poison(cause);
        c.poison(cause);
        assertSame(cause, assertThrows(ChannelPoisoned.class, input::result).getCause());
        assertSame(cause, assertThrows(ChannelPoisoned.class, output::result).getCause());
        Side.assertWaiting(b, 0, 0);
    }

    @Test void anInterruptedAltLeavesNothingBehind() throws Exception {
        var alt = Alt.of(a.on(log("a")), b.on(log("b")), Channel.<Integer>rendezvous().offering(1));
        var side = Side.waiting(b, alt::select);
        assertThrows(InterruptedException.class, side.interrupt()::result);
        Side.assertWaiting(a, 0, 0);
        Side.assertWaiting(b, 0, 0);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, alt::select);
        assertFalse(Thread.interrupted());
        var sent = a.sendAsync(1);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, alt::select);
        assertFalse(sent.isDone(), "what was there is taken by nobody");
    }

    @Test void anAltKeepsItsPlaceInEachQueue() throws Exception {
        var alt = Side.waiting(a, Alt.of(a.on(log("alt")), b.on(log("alt")))::select);
        var plain = Side.waiting(a, a::receive);
        a.send(1);
        assertEquals(0, alt.result());
        a.send(2);
        assertEquals(2, plain.result());
    }

    @Test void handlersMayFailAndMayChooseAgain() throws Exception {
        var failure = new java.io.IOException("disk full");
        b.send(1);
        var alt = Alt.of(b.on(_ -> { throw failure; }));
        assertSame(failure, assertThrows(java.io.IOException.class, alt::select));
        assertEquals(new Empty<>(), b.tryReceive(), "the element was received all the same");
        b.send(2);
        b.send(3);
        Alt[] self = new Alt[1];
        var nested = Alt.of(b.on(value -> {
            log.add("got " + value);
            if (value == 2) requireNonNull(self[0]).select();
        }));
        self[0] = nested;
        nested.select();
        assertEquals(List.of("got 2", "got 3"), log);
    }

    @Test void anAltBelongsToOneThreadAtATime() throws Exception {
        var alt = Alt.of(a.on(log("a")));
        Side.waiting(a, alt::select);
        assertEquals("Alt[a?] is in use by another thread; give each process an Alt of its own",
                assertThrows(IllegalStateException.class, alt::select).getMessage());
        a.send(1);
    }

    /// The misuse is told or harmless, at whatever moment it comes: nothing that was taken from a channel gets lost.
    @Test void aSecondThreadInAnAltLosesNoElement() {
        Simulation.explore(2000, simulation -> {
            var c = Channel.<Integer>buffered("c", 4);
            var seen = new ConcurrentLinkedQueue<Integer>();
            var alt = Alt.of(c.on(seen::add), b.on(_ -> {}));
            for (int i = 0; i < 4; i++) c.send(i);
            for (int t = 0; t < 2; t++) simulation.spawn("chooser " + t, () -> {
                for (int i = 0; i < 2; i++) {
                    try {
                        alt.select();
                    } catch (IllegalStateException told) {
                        assertTrue(told.getMessage().contains("in use by another thread"), told.getMessage());
                    }
                }
            });
            simulation.run();
            while (c.tryReceive() instanceof Received<Integer>(var left)) seen.add(left);
            assertEquals(List.of(0, 1, 2, 3), seen.stream().sorted().toList());
        });
    }

    @Test void anAltNeedsGuards() {
        assertThrows(IllegalArgumentException.class, () -> Alt.of());
    }

    @Test void aSendAfterManyLostChoicesFindsNothingInItsWay() throws Exception {
        var alt = Alt.of(a.on(log("a")), b.on(_ -> {}));
        for (int i = 0; i < 100_000; i++) {
            b.send(i);
            alt.select();
        }
        Side.assertWaiting(a, 0, 0);
        assertFalse(a.trySend(1));
    }
}
