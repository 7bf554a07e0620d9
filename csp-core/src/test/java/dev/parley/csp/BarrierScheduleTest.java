package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a barrier promises in whatever order its processes run.
@Timeout(60) class BarrierScheduleTest {
    @Test void nobodyGoesOnBeforeAllHaveArrived() {
        assertAllToAll(false);
    }

    @Test void oneWithoutAThreadIsWaitedForAndWaitedWith() {
        assertAllToAll(true);
    }

    private static void assertAllToAll(boolean oneWithoutAThread) {
        Simulation.explore(500, sim -> {
            var barrier = Barrier.of(3);
            var log = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                boolean async = oneWithoutAThread && i == 0;
                sim.spawn("p" + i, () -> {
                    for (long round = 0; round < 3; round++) {
                        log.add("arrive " + round);
                        assertEquals(round, async ? barrier.syncAsync().join() : barrier.sync());
                        log.add("leave " + round);
                    }
                });
            }
            sim.run();
            for (int round = 0; round < 3; round++)
                assertTrue(log.lastIndexOf("arrive " + round) < log.indexOf("leave " + round), log::toString);
        });
    }

    @Test void whoResignsLetsTheOthersMeet() {
        Simulation.explore(500, sim -> {
            var barrier = Barrier.of(3);
            var met = new ArrayList<Long>();
            for (int i = 0; i < 2; i++) sim.spawn("p" + i, () -> met.add(barrier.sync()));
            sim.spawn("leaves", barrier::resign);
            sim.run();
            assertEquals(List.of(0L, 0L), met);
            assertEquals(2, barrier.enrolled());
        });
    }

    /// Who gives up has not arrived: the one that waits for longer still waits for two.
    @Test void whoseTimeIsUpIsNotCounted() {
        Simulation.explore(500, sim -> {
            var barrier = Barrier.of(3);
            var met = new ArrayList<String>();
            for (var name : List.of("a", "b")) sim.spawn(name, () -> {
                if (!barrier.sync(ofSeconds(1))) met.add("late");
                barrier.sync();
                met.add(name);
            });
            sim.spawn("sleeps", () -> {
                Channel.rendezvous().receive(ofSeconds(2));
                assertEquals(2, met.size());
                barrier.sync();
                met.add("sleeps");
            });
            sim.run();
            assertEquals(List.of("a", "b", "late", "late", "sleeps"), met.stream().sorted().toList());
        });
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

    /// A choice that is reserved by an event, so that the barrier must wait for it, is then made there, and who made it comes in its place before it has left.
    @Test void whoComesInThePlaceOfAChoiceMadeElsewhereCounts() {
        Simulation.explore(3000, sim -> {
            var barrier = Barrier.of(2);
            var offers = new ArrayDeque<Event.Offer<Integer>>();
            var event = new Event<Integer>() {
                @Override public @Nullable Integer poll() { return null; }

                @Override public void register(Offer<Integer> offer) { offers.add(offer); }

                @Override public void withdraw(Offer<Integer> offer) { offers.remove(offer); }
            };
            var met = new ArrayList<String>();
            sim.spawn("chooses", () -> Alt.of(barrier.on(() -> met.add("choice")), Alt.on(event, _ -> {})).select());
            sim.spawn("waits", () -> {
                barrier.sync();
                met.add("waits");
            });
            sim.spawn("comes", () -> {
                while (offers.isEmpty() && met.isEmpty()) Waiting.current().giveWay();
                var offer = offers.peek();
                if (offer == null || !offer.claim()) return; // they have met
                for (int i = sim.random(10); i > 0; i--) Waiting.current().giveWay();
                offer.complete(1);
                barrier.sync();
                met.add("comes");
            });
            sim.run();
            assertEquals(2, met.size());
            assertTrue(met.contains("waits"), met::toString);
        });
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
}
