package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60) class BarrierTest {
    @Test void aloneOneNeverWaits() throws Exception {
        var barrier = Barrier.of("b", 1);
        assertEquals(0, barrier.sync());
        assertTrue(barrier.sync(ZERO));
        assertEquals(0, Alt.of(barrier.on(() -> {})).select());
        assertEquals("Barrier \"b\" [0 of 1 there]", barrier.toString());
    }

    @Test void whoResignsIsNotWaitedForAndWhoEnrollsIs() throws Exception {
        var barrier = Barrier.of("b", 1);
        barrier.enroll();
        var first = Side.start(barrier::sync);
        Side.until(() -> barrier.toString().contains("1 of 2"));
        barrier.resign();
        assertEquals(0, first.result());
        assertEquals(1, barrier.enrolled());
    }

    @Test void withNobodyEnrolledItIsAnError() {
        var barrier = Barrier.of("b", 0);
        assertEquals("sync Barrier \"b\": nobody is enrolled; enroll() first, once for each process",
                assertThrows(IllegalStateException.class, barrier::sync).getMessage());
        assertThrows(IllegalStateException.class, barrier::resign);
        assertThrows(IllegalStateException.class, () -> Alt.of(barrier.on(() -> {})).select());
        assertThrows(IllegalArgumentException.class, () -> Barrier.of(-1));
    }

    @Test void whoGivesUpHasNotArrived() throws Exception {
        var barrier = Barrier.of("b", 2);
        assertFalse(barrier.sync(ZERO));
        var waits = Side.start(barrier::sync);
        Side.until(() -> barrier.toString().contains("1 of 2"));
        waits.interrupt();
        assertThrows(InterruptedException.class, waits::result);
        assertEquals("Barrier \"b\" [0 of 2 there]", barrier.toString());
        Simulation.explore(1, _ -> assertFalse(Barrier.of(2).sync(ofSeconds(1))));
    }

    // Without a thread

    @Test void anArrivalWithoutAThreadMeetsTheOthers() throws Exception {
        var barrier = Barrier.of("b", 2);
        var first = barrier.syncAsync();
        assertEquals("sync Barrier \"b\" [1 of 2 there], pending", first.toString());
        assertEquals(0, barrier.sync());
        assertEquals(0, first.get());
        assertFalse(first.cancel(true));
        var second = Side.start(barrier::sync);
        Side.until(() -> barrier.toString().contains("1 of 2"));
        assertEquals(1, barrier.syncAsync().get());
        assertEquals(1, second.result());
    }

    @Test void anArrivalThatIsCancelledIsTakenBack() {
        var barrier = Barrier.of("b", 2);
        var arrival = barrier.syncAsync();
        assertTrue(arrival.cancel(true));
        assertEquals("Barrier \"b\" [0 of 2 there]", barrier.toString());
        assertInstanceOf(IllegalStateException.class, Barrier.of(0).syncAsync().exceptionNow());
    }

    // Broken

    private static void assertBroken(long meeting, Exception cause, Executable operation) {
        var broken = assertThrows(BrokenBarrier.class, operation);
        assertEquals(meeting, broken.meeting());
        assertEquals("b", broken.barrier());
        assertSame(cause, broken.getCause());
    }

    @Test void aBrokenBarrierTellsAllWhoWaitAndAllWhoCome() throws Exception {
        var barrier = Barrier.of("b", 4);
        var cause = new IllegalStateException("lost");
        var waits = Side.start(barrier::sync);
        var waitsForATime = Side.start(() -> barrier.sync(ofSeconds(1000)));
        var chooses = Side.start(() -> Alt.of(barrier.on(() -> {})).select());
        Side.until(() -> barrier.toString().contains("3 of 4"));
        assertTrue(barrier.poison(cause));
        assertBroken(0, cause, waits::result);
        assertBroken(0, cause, waitsForATime::result);
        assertBroken(0, cause, chooses::result);
        assertBroken(0, cause, barrier::sync);
        assertBroken(0, cause, () -> barrier.sync(ZERO));
        assertBroken(0, cause, barrier::enroll);
        assertBroken(0, cause, () -> Alt.of(barrier.on(() -> {}), Alt.otherwise(() -> {})).select());
        assertSame(cause, barrier.syncAsync().exceptionNow().getCause());
        barrier.resign();
        assertEquals(3, barrier.enrolled());
        assertFalse(barrier.poison(new IllegalStateException("again")));
        assertEquals("Barrier \"b\" [broken in meeting 0 by java.lang.IllegalStateException: lost]",
                barrier.toString());
        assertEquals("sync Barrier \"b\": broken in meeting 0 by java.lang.IllegalStateException: lost"
                + "; it stays so, make another for those who are left",
                assertThrows(BrokenBarrier.class, barrier::sync).getMessage());
    }

    @Test void anArrivalWithoutAThreadIsToldOfTheBreach() throws Exception {
        var barrier = Barrier.of("b", 1);
        assertEquals(0, barrier.sync());
        barrier.enroll();
        var arrival = barrier.syncAsync();
        var cause = new IllegalStateException("lost");
        barrier.poison(cause);
        assertBroken(1, cause, () -> {
            throw arrival.exceptionNow();
        });
    }

    /// A choice that an event has reserved when the barrier breaks is decided by the event, or finds out when it is released.
    @Test void aChoiceThatIsReservedFindsOutWhenItIsReleased() throws Exception {
        for (boolean happens : new boolean[]{true, false}) {
            var barrier = Barrier.of("b", 2);
            var offers = new ConcurrentLinkedQueue<Event.Offer<Integer>>();
            var event = new Event<Integer>() {
                @Override public Integer poll() {
                    return null;
                }

                @Override public void register(Offer<Integer> offer) {
                    offers.add(offer);
                }

                @Override public void withdraw(Offer<Integer> offer) {
                    offers.remove(offer);
                }
            };
            var chooses = Side.start(() -> Alt.of(barrier.on(() -> {}), Alt.on(event, _ -> {})).select());
            Side.until(() -> !offers.isEmpty());
            var offer = offers.element();
            assertTrue(offer.claim());
            var cause = new IllegalStateException("lost");
            barrier.poison(cause);
            if (happens) {
                offer.complete(1);
                assertEquals(1, chooses.result());
            } else {
                offer.release();
                assertBroken(0, cause, chooses::result);
            }
            assertTrue(offers.isEmpty());
        }
    }
}
