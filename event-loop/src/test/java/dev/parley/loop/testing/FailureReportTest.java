package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Each way a run can fail, and what its report says.
class FailureReportTest {
    private static String report(Config config, Body body) {
        return assertThrows(SimulationFailure.class, () -> config.explore(5, body)).getMessage();
    }

    private static void assertSays(String report, String... parts) {
        for (var part : parts)
            assertTrue(report.contains(part), () -> "no '" + part + "' in:\n" + report);
    }

    @Test void deadlockNamesThreadsWhatTheyWaitForAndWhere() {
        var report = report(Config.STANDARD, sim -> {
            var never = new CountDownLatch(1);
            sim.spawn("consumer", never::await);
            Waiting.current().park("the consumer");
        });
        assertSays(report, "deadlock: 2 threads wait and nothing can wake them",
                "main  waits for the consumer at FailureReportTest.", "consumer  waits for CountDownLatch at ");
    }

    @Test void whatIsWaitedForNamesItselfEvenIfThatTakesALock() {
        var report = report(Config.STANDARD, sim -> {
            var free = new Door("free", new ReentrantLock());
            var held = new Door("held", new ReentrantLock());
            sim.spawn("first", () -> Waiting.current().park(free));
            sim.spawn("second", () -> {
                held.lock.lock();
                try {
                    Waiting.current().park(held);
                } finally {
                    held.lock.unlock();
                }
            });
        });
        assertSays(report, "first  waits for the free door at", "second  waits for FailureReportTest$Door at",
                "cut down from");
    }

    private record Door(String name, ReentrantLock lock) {
        @Override public String toString() {
            lock.lock();
            try {
                return "the " + name + " door";
            } finally {
                lock.unlock();
            }
        }
    }

    @Test void scheduleShowsWhatNoThreadDid() {
        assertSays(report(Config.STANDARD.withSlowness(0.5), sim -> {
            var late = new boolean[1];
            sim.spawn("sleeper", () -> {
                LockSupport.parkNanos(Duration.ofSeconds(90).toNanos());
                late[0] = true;
            });
            sim.spawn("worker", () -> {
                for (int i = 0; i < 20; i++)
                    Waiting.current().preempt();
                assertFalse(late[0]);
            });
        }), "-- the clock moves to 1m30s, though threads are ready");
        assertSays(report(Config.STANDARD.withSpuriousWakeups(0.5), sim -> {
            var woken = new boolean[1];
            sim.spawn("sleeper", () -> {
                LockSupport.park();
                woken[0] = true;
            });
            sim.spawn("other", () -> {
                for (int i = 0; i < 20; i++)
                    Waiting.current().preempt();
                assertFalse(woken[0]);
            });
        }), "-- sleeper is woken for no reason");
        assertSays(report(Config.STANDARD.withInterrupts(0.5), sim -> {
            var worker = sim.spawn("worker", () -> {
                for (int i = 0; i < 20; i++)
                    Waiting.current().preempt();
                assertFalse(Thread.interrupted());
            });
            worker.join();
        }), "-- worker is interrupted");
    }

    @Test void threadsOfOneNameAreToldApart() {
        var report = report(Config.STANDARD, sim -> {
            sim.spawn("twin", () -> Waiting.current().park("the first thing"));
            sim.spawn("twin", () -> Waiting.current().park("the second thing"));
        });
        assertSays(report, "    twin  waits for the first thing", "    twin #2  waits for the second thing",
                "    twin  runs until it waits", "    twin #2  runs until it waits");
    }

    @Test void threadLeftBehindIsALeak() {
        var report = report(Config.STANDARD, sim -> sim.spawn("forgotten", () -> new CountDownLatch(1).await()));
        assertSays(report, "leak: the body has ended, but 1 thread waits for ever", "forgotten  waits for");
    }

    @Test void exceptionOfASpawnedThreadFails() {
        var report = report(Config.STANDARD, sim -> {
            sim.spawn("thrower", () -> {
                throw new java.io.IOException("broken");
            });
            sim.run();
        });
        assertSays(report, "exception: thrower threw java.io.IOException: broken",
                "main  is ready at FailureReportTest.");
    }

    @Test void exceptionOfAThreadOfTheJdkFails() {
        var report = report(Config.STANDARD, sim -> Thread.ofVirtual().name("plain").start(() -> {
            throw new IllegalStateException("broken");
        }));
        assertSays(report, "exception: plain threw java.lang.IllegalStateException: broken");
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") void endlessRunIsALivelock() {
        var report = report(Config.STANDARD.withMaxSteps(500), sim -> {
            while (true)
                Thread.yield();
        });
        assertSays(report, "livelock: the run has not ended after 500 steps", "Config.maxSteps");
    }

    @Test void stepThatNeverEndsIsAStall() {
        var stop = new CountDownLatch(1);
        var report = report(Config.STANDARD.withStall(Duration.ofMillis(200)), sim -> {
            sim.spawn("hog", () -> {
                while (stop.getCount() > 0)
                    Thread.onSpinWait();
            });
        });
        stop.countDown();
        assertSays(report, "stall: hog has run for 0.2s of real time", "FailureReportTest.lambda$stepThatNeverEnds",
                "-Dparley.seed=1");
    }

    @Test void waitByTheRealClockThatIsTooLongIsToldNotSatThrough() {
        var report = report(Config.STANDARD, sim -> sim.spawn("sleeper", () -> TimeUnit.HOURS.sleep(1)));
        assertSays(report, "real time: sleeper waits 1h by the real clock at FailureReportTest.");
    }

    @Test void threadThatWillNotBeAbandonedIsALeak() {
        var report = report(Config.STANDARD, sim -> {
            sim.spawn("stubborn", () -> {
                while (true)
                    LockSupport.park();
            });
            sim.settle();
            sim.abandon();
        });
        assertSays(report, "leak: 1 abandoned threads would not end", "stubborn  waits at FailureReportTest.");
    }

    @Test void runAfterAStubbornOneIsNotDisturbed() {
        var runs = new AtomicInteger();
        var report = report(Config.STANDARD, sim -> {
            runs.incrementAndGet();
            var stubborn = sim.spawn("stubborn", () -> {
                while (true)
                    LockSupport.park();
            });
            sim.settle();
            LockSupport.unpark(stubborn);
        });
        assertSays(report, "leak: ", "to 0 decisions that are not calm");
        assertTrue(runs.get() > 2);
    }

    @Test void programThatFollowsMoreThanTheScheduleIsTold() {
        var runs = new AtomicInteger();
        var report = report(Config.STANDARD, sim -> assertNotEquals(2, runs.incrementAndGet()));
        assertSays(report, "the same seed run again went another way", "state kept from run to run");
    }
}
