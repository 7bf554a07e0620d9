package dev.parley.loop;

import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The facilities in simulated time and in many orders, also with parks that end for no reason.
@Timeout(60) class SimulatedLoopTest {
    private static final Simulation.Config RESTLESS = Simulation.Config.STANDARD.withSpuriousWakeups(0.05);

    private static void inManyOrders(Action<Exception> program) {
        RESTLESS.explore(500, sim -> EventLoop.run(program));
    }

    @Test void aFailureEndsTheGroupAndItsBody() {
        inManyOrders(() -> {
            var stopped = new AtomicInteger();
            var thrown = assertThrows(TaskGroupException.class, () -> TaskGroup.run(group -> {
                for (int i = 0; i < 3; i++) group.fork(() -> {
                    stopped.incrementAndGet();
                    try {
                        Tasks.sleepForever();
                    } finally {
                        stopped.decrementAndGet();
                    }
                });
                group.fork(() -> {
                    throw new IOException("the one failure");
                });
                Tasks.sleepForever();
            }));
            assertEquals(1, thrown.causes().size());
            assertEquals(0, stopped.get());
            assertFalse(Thread.currentThread().isInterrupted());
            Tasks.giveWay();
        });
    }

    @Test void aLimitEndsTasksThatCleanUpBehindShields() {
        inManyOrders(() -> {
            var cleaned = new AtomicInteger();
            assertFalse(CancelScope.moveOnAfter(Duration.ofMillis(5), () -> TaskGroup.run(group -> {
                for (int i = 0; i < 2; i++) group.fork(() -> {
                    try {
                        Tasks.sleep(Duration.ofMillis(5)); // comes due with the limit
                        Tasks.sleepForever();
                    } finally {
                        CancelScope.shielded(() -> Tasks.sleep(Duration.ofMillis(3)));
                        cleaned.incrementAndGet();
                    }
                });
            })));
            assertEquals(2, cleaned.get());
            Tasks.sleep(Duration.ofMillis(1));
            assertFalse(Thread.currentThread().isInterrupted());
        });
    }

    @Test void theFirstByTheClockWinsARace() {
        inManyOrders(() -> assertEquals(2, Tasks.<Integer>race(List.of(() -> {
            Tasks.sleep(Duration.ofHours(2));
            return 1;
        }, () -> {
            Tasks.sleep(Duration.ofHours(1));
            return 2;
        }))));
    }

    @Test void aLimiterThatIsCancelledUponIsLeftClean() {
        inManyOrders(() -> {
            var limiter = new Limiter(1);
            var inside = new AtomicInteger();
            CancelScope.moveOnAfter(Duration.ofMillis(2), () -> TaskGroup.run(group -> {
                for (int i = 0; i < 4; i++) group.fork(() -> {
                    var place = limiter.enter();
                    try {
                        assertEquals(1, inside.incrementAndGet());
                        Tasks.sleep(Duration.ofMillis(1));
                    } finally {
                        inside.decrementAndGet();
                        place.close();
                    }
                });
            }));
            assertEquals(0, limiter.used() + limiter.waiting());
        });
    }

    @Test void aCancelThatMeetsTheEndOfATaskOrItsReadinessLosesNothing() {
        inManyOrders(() -> TaskGroup.run(group -> {
            var scope = new CancelScope();
            group.fork(() -> scope.cancel("now"));
            scope.run(() -> assertEquals(1, group.<Integer>start("service", ready -> {
                Tasks.sleep(Duration.ofMillis(1));
                ready.accept(1);
            })));
            var one = group.fork(() -> Tasks.sleep(Duration.ofMillis(1)));
            group.fork(() -> {
                Tasks.sleep(Duration.ofMillis(1));
                one.cancel("too late or not");
            });
            CancelScope.moveOnAfter(Duration.ofMillis(1), () -> {
                assertTrue(Tasks.awaitAny(List.of(one)).isDone());
            });
        }));
    }
}
