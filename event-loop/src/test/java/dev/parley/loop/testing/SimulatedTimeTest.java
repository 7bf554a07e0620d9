package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulatedTimeTest {
    private static void sleep(Duration time) {
        var waiting = Waiting.current();
        long deadline = waiting.nanoTime() + time.toNanos();
        while (deadline - waiting.nanoTime() > 0)
            waiting.parkUntil("time", deadline);
    }

    @Test void timeJumpsToTheNextTimerWhenAllWait() {
        var order = new ArrayList<String>();
        Simulation.explore(1, sim -> {
            for (int days = 3; days > 0; days--) {
                var name = days + " days";
                var time = Duration.ofDays(days);
                sim.spawn(name, () -> {
                    sleep(time);
                    assertEquals(time, sim.now());
                    order.add(name);
                });
            }
        });
        assertEquals(List.of("1 days", "2 days", "3 days"), order);
    }

    @Test void theClockOverflowsWithinTheFirstSeconds() {
        Simulation.explore(1, sim -> {
            var waiting = Waiting.current();
            long start = waiting.nanoTime();
            sleep(Duration.ofSeconds(5));
            assertTrue(waiting.nanoTime() < start);
            assertEquals(Duration.ofSeconds(5).toNanos(), waiting.nanoTime() - start);
        });
    }

    @Test void settleLetsNoTimePass() {
        Simulation.explore(200, sim -> {
            var ran = new AtomicInteger();
            sim.spawn("now", ran::incrementAndGet);
            sim.spawn("later", () -> {
                sleep(Duration.ofNanos(1));
                ran.addAndGet(10);
            });
            sim.settle();
            assertEquals(1, ran.get());
            assertEquals(Duration.ZERO, sim.now());
            sim.run();
            assertEquals(11, ran.get());
        });
    }

    @Test void advanceReturnsWhenAllIsDoneThatFellDueAndNoLater() {
        Simulation.explore(200, sim -> {
            var ticks = new ArrayList<Duration>();
            sim.spawn("ticker", () -> {
                for (int i = 0; i < 5; i++) {
                    sleep(Duration.ofSeconds(1));
                    ticks.add(sim.now());
                }
            });
            sim.advance(Duration.ofSeconds(3));
            assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)), ticks);
            assertEquals(Duration.ofSeconds(3), sim.now());
            sim.advance(Duration.ofMillis(1));
            assertEquals(3, ticks.size());
            sim.advance(Duration.ofSeconds(Long.MAX_VALUE));
            assertEquals(5, ticks.size());
        });
    }

    @Test void whatIsDueAtOneInstantIsOrderedByTheSeed() {
        var orders = new ArrayList<String>();
        Simulation.explore(100, sim -> {
            var order = new StringBuilder();
            for (var name : List.of("a", "b"))
                sim.spawn(name, () -> {
                    sleep(Duration.ofSeconds(1));
                    order.append(name);
                });
            sim.run();
            orders.add(order.toString());
        });
        assertTrue(orders.contains("ab") && orders.contains("ba"));
    }

    @Test void slownessLetsTimeoutsRaceWithWork() {
        var late = new AtomicInteger();
        Config.STANDARD.withSlowness(0.2).explore(200, sim -> {
            var done = new boolean[1];
            var waiter = sim.spawn("waiter", () -> {
                sleep(Duration.ofHours(1));
                if (!done[0]) late.incrementAndGet();
            });
            sim.spawn("worker", () -> {
                for (int i = 0; i < 5; i++)
                    Waiting.current().preempt();
                done[0] = true;
            });
            waiter.join();
        });
        assertTrue(late.get() > 10 && late.get() < 190, late::toString);
    }

    @Test void settledMeansSettledEvenAmongFaults() {
        Config.STANDARD.withSlowness(0.5).withSpuriousWakeups(0.5).withInterrupts(0.1).explore(300, sim -> {
            var sleepers = new ArrayList<Thread>();
            for (int i = 0; i < 3; i++)
                sleepers.add(sim.spawn("sleeper", () -> LockSupport.parkNanos(1_000)));
            for (int i = 0; i < 3; i++) {
                sim.settle();
                for (var sleeper : sleepers)
                    assertNotEquals(Thread.State.RUNNABLE, sleeper.getState());
            }
        });
    }

    @Test void parkOfTheJdkFollowsVirtualTime() {
        Simulation.explore(1, sim -> {
            LockSupport.parkNanos(Duration.ofHours(1).toNanos());
            assertEquals(Duration.ofHours(1), sim.now());
        });
    }

    @Test void timedWaitsOfTheJdkKeepTheirPlaceInVirtualTime() {
        Simulation.explore(2, sim -> {
            var semaphore = new Semaphore(0);
            sim.spawn("later", () -> {
                sleep(Duration.ofMillis(30));
                semaphore.release();
            });
            assertFalse(semaphore.tryAcquire(20, TimeUnit.MILLISECONDS));
            assertEquals(Duration.ofMillis(20), sim.now());
            assertTrue(semaphore.tryAcquire(1, TimeUnit.DAYS));
            assertEquals(Duration.ofMillis(30), sim.now());
            TimeUnit.MILLISECONDS.sleep(5);
            assertEquals(Duration.ofMillis(35), sim.now());
        });
    }

    /// Looks for something that never comes, and takes its time to look for the second time: some milliseconds and a half.
    private static final class Slow extends AbstractQueuedSynchronizer {
        private static final long serialVersionUID = 1;
        private int looks;

        @Override protected boolean tryAcquire(int ignored) {
            if (++looks != 2) return false;
            long begun = System.nanoTime();
            long passed;
            do
                passed = System.nanoTime() - begun;
            while (passed < 3_400_000 || Math.abs(passed % 1_000_000 - 500_000) > 100_000);
            return false;
        }
    }

    /// It looks, sets its deadline, looks again, and then waits.
    @Test void aWaitOfTheJdkThatWasHeldUpKeepsItsPlace() {
        Simulation.explore(2, sim -> {
            TimeUnit.MILLISECONDS.sleep(1); // from the first wait of the JDK on, the time of steps is known
            assertFalse(new Slow().tryAcquireNanos(1, Duration.ofMillis(100).toNanos()));
            assertEquals(Duration.ofMillis(101), sim.now());
        });
    }

    @ParameterizedTest
    @CsvSource({"19.99, 0.05, 20", "19.99, 80, 20", "27.99, 80, 28", "20.3, 0.1, 21", // not held up, or not by a millisecond
            "17.2, 2.9, 20", "17.2, 80, 20", "22.1, 3, 25", "2.1, 3, 5", "0.09, 20, 1", "7.5, 3, 10", "248.1, 2, 250",
            "997.2, 4, 1000",
            "23.4, 1.1, 24", "1992.5, 8, 2000", "83.6, 17, 100", "9e12, 1, 9e12",
            "60, 30, 60"}) void whatAWaitWasMeantToBeIsTheRoundestThatItCanBe(
                    double millis, double atMost, double whole) {
        assertEquals((long) (whole * 1e6), VirtualTime.whole((long) (millis * 1e6), (long) (atMost * 1e6)));
    }

    @Test void cancelledTimersDoNotPileUp() {
        Simulation.explore(1, sim -> {
            var waiting = Waiting.current();
            var me = Thread.currentThread();
            long far = waiting.nanoTime() + Duration.ofDays(1).toNanos();
            for (int i = 0; i < 100_000; i++) {
                waiting.unpark(me);
                waiting.parkUntil("a wake-up", far);
            }
            assertTrue(sim.timers() < 1_000);
            assertEquals(Duration.ZERO, sim.now());
        });
    }
}
