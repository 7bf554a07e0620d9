package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
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
    @Test void nobodyGoesOnBeforeAllHaveArrived() {
        Simulation.explore(500, sim -> {
            var barrier = Barrier.of(3);
            var log = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                sim.spawn("p" + i, () -> {
                    for (long round = 0; round < 3; round++) {
                        log.add("arrive " + round);
                        assertEquals(round, barrier.sync());
                        log.add("leave " + round);
                    }
                });
            }
            sim.run();
            for (int round = 0; round < 3; round++)
                assertTrue(log.lastIndexOf("arrive " + round) < log.indexOf("leave " + round), log::toString);
        });
    }

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

    /// Each process prefers another barrier, yet all go through the same ones.
    @Test void choicesAmongSeveralBarriersAgree() {
        Simulation.explore(3000, sim -> {
            var one = Barrier.of("one", 3);
            var two = Barrier.of("two", 3);
            var chosen = IntStream.range(0, 3).mapToObj(_ -> new ArrayList<String>()).toList();
            for (int i = 0; i < 3; i++) {
                var mine = chosen.get(i);
                var first = one.on(() -> mine.add("one"));
                var second = two.on(() -> mine.add("two"));
                var alt = i == 1 ? Alt.of(second, first, second) : Alt.of(first, second);
                sim.spawn("p" + i, () -> {
                    for (int round = 0; round < 3; round++) alt.select();
                });
            }
            sim.run();
            assertEquals(3, chosen.getFirst().size());
            for (var other : chosen) assertEquals(chosen.getFirst(), other);
        });
    }

    /// A choice between a barrier and a channel does one or the other, never both, and nobody is left behind.
    @Test void aChoiceBetweenBarrierAndChannelIsExact() {
        Simulation.Config.STANDARD.withSlowness(0.02).explore(5000, sim -> {
            var barrier = Barrier.of("b", 3);
            var c = Channel.<Integer>rendezvous("c");
            var met = new ArrayList<String>();
            var passed = new ArrayList<Integer>();
            sim.spawn("sender", () -> {
                boolean[] done = new boolean[1];
                var alt = Alt.of(c.offering(1), barrier.on(() -> {
                    met.add("sender");
                    done[0] = true;
                }));
                while (!done[0]) alt.select();
                c.close();
            });
            sim.spawn("receiver", () -> {
                boolean[] done = new boolean[1];
                var alt = Alt.of(barrier.on(() -> {
                    met.add("receiver");
                    done[0] = true;
                }), c.on(passed::add).when(() -> passed.size() < 3));
                while (!done[0]) alt.select();
            });
            sim.spawn("third", () -> {
                while (!barrier.sync(ofSeconds(1))) met.add("late");
                met.add("third");
            });
            sim.run();
            met.removeIf("late"::equals);
            assertEquals(List.of("receiver", "sender", "third"), met.stream().sorted().toList());
            assertTrue(passed.size() <= 3, passed::toString);
        });
    }

    /// Interruptions take single processes out; the others are told by what sync and select say.
    @Test void interruptionsLeaveTheOthersConsistent() {
        Simulation.Config.STANDARD.withInterrupts(0.02).withSpuriousWakeups(0.02).explore(3000, sim -> {
            var barrier = Barrier.of("b", 3);
            var rounds = new int[3];
            for (int i = 0; i < 3; i++) {
                int me = i;
                var alt = Alt.of(barrier.on(() -> rounds[me]++));
                sim.spawn("p" + i, () -> {
                    while (rounds[me] < 2) {
                        try {
                            if (me == 0) {
                                barrier.sync();
                                rounds[me]++;
                            } else {
                                alt.select();
                            }
                        } catch (InterruptedException | CancellationException again) {
                            continue;
                        }
                    }
                });
            }
            sim.run();
            assertEquals(List.of(2, 2, 2), IntStream.of(rounds).boxed().toList());
        });
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

    /// Cancelling is exact: the others met without it or it was there, never both.
    @Test void cancellingRacesWithTheMeeting() {
        Simulation.explore(2000, sim -> {
            var barrier = Barrier.of("b", 2);
            var arrival = barrier.syncAsync();
            var cancelled = new boolean[1];
            sim.spawn("cancels", () -> cancelled[0] = arrival.cancel(false));
            boolean met = barrier.sync(ofSeconds(1));
            assertEquals(!met, arrival.isCancelled());
            sim.run();
            assertEquals(!met, cancelled[0]);
        });
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

    /// Whenever it breaks, a meeting was of all or of nobody, and who is told is told the number of the first that was not.
    @Test void aBreachComesBetweenTwoMeetings() {
        Simulation.Config.STANDARD.withSlowness(0.02).explore(5000, sim -> {
            var barrier = Barrier.of("b", 4);
            var never = Channel.<Integer>rendezvous("never");
            var met = new long[4];
            var told = new long[4];
            var cause = new IllegalStateException("lost");
            for (int i = 0; i < 4; i++) {
                int me = i;
                var alt = Alt.of(never.on(_ -> {}), barrier.on(() -> {}));
                sim.spawn("p" + i, () -> {
                    try {
                        for (;;) {
                            switch (me) {
                                case 0 -> alt.select();
                                case 1 -> barrier.syncAsync().join();
                                default -> barrier.sync();
                            }
                            met[me]++;
                        }
                    } catch (BrokenBarrier broken) {
                        told[me] = broken.meeting();
                    } catch (CompletionException wrapped) {
                        told[me] = ((BrokenBarrier) wrapped.getCause()).meeting();
                    }
                });
            }
            sim.spawn("breaks", () -> {
                for (int i = sim.random(200); i > 0; i--) Waiting.current().giveWay();
                barrier.poison(cause);
            });
            sim.run();
            for (int i = 0; i < 4; i++) assertEquals(met[0], met[i]);
            for (int i = 0; i < 4; i++) assertEquals(met[0], told[i]);
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
