package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulationTest {
    /// Loses an update if a thread is stopped between its read and its write.
    private static final Body LOST_UPDATE = sim -> {
        var count = new int[1];
        for (var name : List.of("a", "b"))
            sim.spawn(name, () -> {
                for (int i = 0; i < 5; i++)
                    Preemption.point();
                int before = count[0];
                Preemption.point();
                count[0] = before + 1;
                for (int i = 0; i < 5; i++)
                    Preemption.point();
            });
        sim.run();
        assertEquals(2, count[0]);
    };

    @Test void sameSeedsSameTrace() {
        assertEquals(Simulation.explore(50, order()), Simulation.explore(50, order()));
        assertNotEquals(Simulation.explore(50, order()).hash(),
                Config.STANDARD.withFirstSeed(51).explore(50, order()).hash());
    }

    private static Body order() {
        return sim -> {
            for (int i = 0; i < 5; i++)
                sim.spawn("t" + i, Preemption::point);
        };
    }

    @Test void seedsReachEveryOrder() {
        Set<String> orders = new HashSet<>();
        Simulation.explore(1_000, sim -> {
            var order = new StringBuilder();
            for (var name : List.of("a", "b", "c"))
                sim.spawn(name, () -> order.append(name));
            sim.run();
            orders.add(order.toString());
        });
        assertEquals(6, orders.size());
    }

    @Test void failureIsReplayedByItsSeed() {
        var found = assertThrows(SimulationFailure.class, () -> Simulation.explore(1_000, LOST_UPDATE));
        var again = assertThrows(SimulationFailure.class, () -> Simulation.replay(found.seed(), LOST_UPDATE));
        assertEquals(found.seed(), again.seed());
        assertInstanceOf(AssertionError.class, again.getCause());
    }

    @Test void scheduleIsCutDownToTheOneSwitchThatMatters() {
        var failure = assertThrows(SimulationFailure.class, () -> Simulation.explore(1_000, LOST_UPDATE));
        var message = failure.getMessage();
        assertTrue(message.contains(" to 1 decisions that are not calm"), message);
        assertTrue(message.contains("a  runs up to SimulationTest.lambda"), message);
        assertTrue(message.contains(
                "mvn test -Dtest=SimulationTest#scheduleIsCutDownToTheOneSwitchThatMatters -Dparley.seed="), message);
    }

    @Test void exhaustFindsItToo() {
        var failure = assertThrows(SimulationFailure.class, () -> Simulation.exhaust(10_000, LOST_UPDATE));
        assertTrue(failure.getMessage().contains(" to 1 decisions that are not calm"), failure::getMessage);
        var bounded = Config.STANDARD.withPreemptions(0).exhaust(10_000, LOST_UPDATE);
        assertTrue(bounded.complete());
        assertEquals(2, bounded.schedules());
    }

    @Test void onlyToStopAThreadThatCouldGoOnIsAPreemption() {
        Set<String> orders = new HashSet<>();
        var all = Config.STANDARD.withPreemptions(1).exhaust(10_000, sim -> {
            var order = new StringBuilder();
            sim.spawn("a", () -> {
                order.append("a1 ");
                Preemption.point();
                order.append("a2 ");
            });
            for (var name : List.of("b", "c"))
                sim.spawn(name, () -> order.append(name).append(' '));
            sim.run();
            orders.add(order.toString());
        });
        assertTrue(all.complete());
        // b or c has ended, so which thread follows is free
        assertTrue(orders.containsAll(List.of("a1 b c a2 ", "a1 b a2 c ", "a1 c b a2 ", "a1 c a2 b ")),
                orders::toString);
    }

    @Test void exhaustTriesEveryNumberAndAtMostOneFault() {
        Set<Integer> seen = new HashSet<>();
        var all = Simulation.exhaust(100, sim -> seen.add(3 * sim.random(4) + Waiting.current().random(3)));
        assertEquals(12, all.schedules());
        assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), seen);

        Set<Integer> wakeUps = new HashSet<>();
        var faulty = Config.STANDARD.withSpuriousWakeups(0.5).exhaust(10_000, sim -> {
            var parks = new int[1];
            var done = new boolean[1];
            var sleeper = sim.spawn("sleeper", () -> {
                for (; !done[0]; parks[0]++)
                    Waiting.current().park("done");
            });
            sim.spawn("waker", () -> {
                Preemption.point();
                Preemption.point();
                done[0] = true;
                Waiting.current().unpark(sleeper);
            });
            sim.run();
            wakeUps.add(parks[0]);
        });
        assertTrue(faulty.complete());
        assertEquals(Set.of(0, 1, 2), wakeUps);
    }

    @Test void numbersFollowTheSeed() {
        var first = new ArrayList<Integer>();
        var second = new ArrayList<Integer>();
        for (var numbers : List.of(first, second))
            Simulation.explore(20, sim -> numbers.add(sim.random(1_000)));
        assertEquals(first, second);
        assertTrue(new HashSet<>(first).size() > 10, first::toString);
    }

    @Test void threadsThatTheJdkStartsAreSimulatedToo() {
        Set<String> orders = new HashSet<>();
        Simulation.explore(200, sim -> {
            var order = new StringBuilder();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                executor.execute(() -> order.append('a'));
                executor.execute(() -> order.append('b'));
            }
            Thread.ofVirtual().start(() -> order.append('c')).join();
            orders.add(order.toString());
        });
        assertEquals(Set.of("abc", "bac"), orders);
    }

    @Test void threadsThatTheJdkStartsWaitThroughTheSimulation() {
        Simulation.explore(20, sim -> {
            var outer = Waiting.current();
            Thread.ofVirtual().start(() -> {
                assertSame(outer, Waiting.current());
                long deadline = outer.nanoTime() + Duration.ofDays(1).toNanos();
                while (deadline - outer.nanoTime() > 0)
                    outer.parkUntil("tomorrow", deadline);
            }).join();
            assertEquals(Duration.ofDays(1), sim.now());
        });
        assertNotSame(SimulatedWaiting.class, Waiting.current().getClass());
    }

    @Test void abandonEndsTheOthersAndLeavesTheirOperationsPending() {
        var unwound = new AtomicInteger();
        Simulation.explore(100, sim -> {
            for (int i = 0; i < 3; i++)
                sim.spawn("waiter", () -> sim.record("wait", () -> {
                    try {
                        while (true)
                            Waiting.current().park("nothing");
                    } finally {
                        unwound.incrementAndGet();
                    }
                }));
            sim.settle();
            sim.abandon();
            assertEquals(3, sim.history().size());
            for (var operation : sim.history()) {
                assertTrue(operation.pending());
                assertTrue(operation.waited() < Operation.NEVER);
            }
            sim.spawn("later", () -> {});
        });
        assertEquals(300, unwound.get());
    }

    @Test void interruptedThreadMayEndSo() {
        Simulation.explore(50, sim -> {
            var sleeper = sim.spawn("sleeper", () -> new CountDownLatch(1).await());
            sim.settle();
            sim.interrupt(sleeper);
        });
    }

    @Test void interruptionOfTheBodyIsKeptForLater() {
        Simulation.explore(50, sim -> {
            var body = Thread.currentThread();
            for (var wait : List.<Runnable>of(sim::settle, sim::run, () -> sim.advance(Duration.ofSeconds(1)))) {
                sim.spawn("interrupter", () -> sim.interrupt(body));
                sim.spawn("other", () -> {
                    Preemption.point();
                    Preemption.point();
                });
                wait.run();
                assertTrue(Thread.interrupted());
                sim.run();
            }
        });
    }

    @Test void interruptedThreadThatWaitsOnLetsTheOthersRun() {
        Config.STANDARD.withStall(Duration.ofMillis(500)).explore(50, sim -> {
            var done = new boolean[1];
            var waiter = sim.spawn("waiter", () -> {
                while (!done[0])
                    Waiting.current().park("done");
            });
            sim.interrupt(waiter);
            sim.spawn("doer", () -> {
                Preemption.point();
                done[0] = true;
                Waiting.current().unpark(waiter);
            });
        });
    }

    @Test void threadThatCannotYieldGoesOn() {
        Simulation.explore(1, sim -> {
            sim.spawn("other", () -> {});
            assertEquals(1, Pinned.value);
        });
    }

    private static final class Pinned {
        static final int value;

        static {
            Preemption.point();
            value = 1;
        }
    }

    @Test void injectedInterruptsReachThreadsButNotTheBody() {
        var interrupted = new AtomicInteger();
        Config.STANDARD.withInterrupts(0.3).explore(200, sim -> {
            sim.spawn("worker", () -> {
                for (int i = 0; i < 10; i++)
                    Preemption.point();
                if (Thread.interrupted()) {
                    interrupted.incrementAndGet();
                    throw new InterruptedException();
                }
            });
            sim.run();
            assertFalse(Thread.interrupted());
        });
        assertTrue(interrupted.get() > 50, interrupted::toString);
    }

    @SuppressWarnings("LockNotBeforeTry") // the locks are what is looked at
    @Test void recordsWhenAnOperationWaitedButNotForALock() {
        Simulation.explore(200, sim -> {
            var lock = new ReentrantLock();
            lock.lock();
            var locker = sim.spawn("locker", () -> sim.record("lock", () -> {
                lock.lock();
                lock.unlock();
            }));
            sim.settle();
            assertEquals(Thread.State.WAITING, locker.getState());
            lock.unlock();
            sim.run();
            var operation = sim.history().getFirst();
            assertEquals(Operation.NEVER, operation.waited());
            assertFalse(operation.pending());
        });
    }

    @Test void wrongUseIsToldAtOnce() {
        Simulation.explore(1, sim -> {
            assertThrows(IllegalStateException.class, () -> Simulation.explore(1, inner -> {}));
            assertThrows(IllegalArgumentException.class, () -> sim.advance(Duration.ofSeconds(-1)));
            assertThrows(IllegalArgumentException.class, () -> sim.random(0));
            assertThrows(IllegalStateException.class, () -> sim.record("outer", () -> sim.record("inner", () -> 1)));
            sim.spawn("other", () -> assertThrows(IllegalStateException.class, sim::abandon));
        });
        var kept = new ArrayList<Simulation>();
        Simulation.explore(1, kept::add);
        assertThrows(IllegalStateException.class, () -> kept.getFirst().settle());
        assertThrows(IllegalArgumentException.class, () -> Simulation.explore(0, sim -> {}));
        assertThrows(IllegalArgumentException.class, () -> Config.STANDARD.withInterrupts(1));
        assertThrows(IllegalArgumentException.class, () -> Config.STANDARD.withMaxSteps(0));
        assertThrows(IllegalArgumentException.class, () -> Config.STANDARD.withStall(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> Minimiser.parse("3:1,x"));
    }

    @Test void interruptedCallerStopsAtOnce() {
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> Simulation.explore(Integer.MAX_VALUE, order()));
        assertTrue(Thread.interrupted());
    }

    @Test void scheduleIsReadAsItIsWritten() {
        int[] schedule = {0, 0, 2, 0, 1};
        assertEquals("2:2,4:1", Minimiser.format(schedule));
        assertEquals(List.of(2, 4), Arrays.stream(Minimiser.deviations(Minimiser.parse("2:2,4:1"))).boxed()
                .toList());
        assertEquals("calm", Minimiser.format(Minimiser.parse("calm")));
    }
}
