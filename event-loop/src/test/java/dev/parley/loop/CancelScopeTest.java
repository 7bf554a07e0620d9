package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(30)
@ParameterizedClass
@MethodSource("loops") class CancelScopeTest {
    private static final Duration SOON = Duration.ofMillis(5);
    private static final Duration NEVER = Duration.ofHours(1);

    static List<Config> loops() { return TaskGroupTest.loops(); }

    private final Config config;

    CancelScopeTest(Config config) {
        this.config = config;
    }

    @Test void moveOnAfterReturnsNothingWhenTheTimeIsOver() throws Exception {
        EventLoop.run(config, () -> {
            assertEquals(Optional.empty(), CancelScope.moveOnAfter(SOON, () -> {
                Tasks.sleepForever();
                return 1;
            }));
            assertEquals(Optional.of(2), CancelScope.moveOnAfter(NEVER, () -> 2));
            assertFalse(CancelScope.moveOnAfter(SOON, () -> Tasks.sleepForever()));
            assertTrue(CancelScope.moveOnAfter(NEVER, () -> Tasks.giveWay()));
            while (EventLoop.current().waitingTimers() > 0) Tasks.sleep(Duration.ofMillis(1)); // the last repeat finds nobody
        });
    }

    @Test void failAfterThrowsWhenTheTimeIsOver() throws Exception {
        EventLoop.run(config, () -> {
            assertThrows(TimeoutException.class, () -> CancelScope.failAfter(SOON, () -> Tasks.sleepForever()));
            assertEquals(3, CancelScope.failAfter(NEVER, () -> 3));
        });
    }

    @Test void aResultThatIsThereIsNotDropped() throws Exception {
        EventLoop.run(config, () -> assertEquals(Optional.of("late"), CancelScope.moveOnAfter(Duration.ZERO, () -> {
            try {
                Tasks.sleepForever();
            } catch (InterruptedException cancelled) {
                return "late";
            }
            return "never";
        })));
    }

    @Test void ownExceptionsComeThrough() throws Exception {
        EventLoop.run(config, () -> assertThrows(IOException.class, () -> CancelScope.moveOnAfter(Duration.ZERO, () -> {
            try {
                Tasks.sleepForever();
            } catch (InterruptedException cancelled) {
                throw new IOException("while cleaning up");
            }
        })));
    }

    @Test void cancellationIsLevelTriggered() throws Exception {
        var caught = new AtomicInteger();
        EventLoop.run(config, () -> {
            boolean byItself = CancelScope.moveOnAfter(SOON, () -> {
                for (int i = 0; i < 5; i++) {
                    try {
                        Tasks.sleep(NEVER);
                    } catch (InterruptedException again) {
                        caught.incrementAndGet();
                    }
                }
                Tasks.sleep(NEVER);
            });
            assertFalse(byItself);
            Tasks.giveWay();
        });
        assertEquals(5, caught.get());
    }

    /// The waits of the JDK, too, though they know nothing of scopes: the interrupt comes again.
    @Test void cancellationIsLevelTriggeredForWaitsOfTheJdk() throws Exception {
        assumeTrue(config.engine == EngineChoice.CARRIER, "on the baton engine a wait of the JDK holds up the loop");
        var caught = new AtomicInteger();
        EventLoop.run(config, () -> assertFalse(CancelScope.moveOnAfter(SOON, () -> {
            for (int i = 0; i < 3; i++) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException again) {
                    caught.incrementAndGet();
                }
            }
            new CountDownLatch(1).await();
        })));
        assertEquals(3, caught.get());
    }

    @Test void aScopeCanBeCancelledByAnyThread() throws Exception {
        EventLoop.run(config, () -> {
            var scope = new CancelScope();
            var waiting = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                try {
                    waiting.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                scope.cancel("by a foreigner");
            });
            assertFalse(scope.run(() -> {
                waiting.countDown();
                Tasks.sleepForever();
            }));
            var why = scope.cancellation();
            assertTrue(why != null && why.reason().equals("by a foreigner") && why.source().contains("thread"),
                    String.valueOf(why));
        });
    }

    @Test void aScopeCancelledBeforeItIsRunEndsAtItsFirstWait() throws Exception {
        EventLoop.run(config, () -> {
            var scope = new CancelScope();
            scope.cancel("too late");
            var reached = new AtomicBoolean();
            assertFalse(scope.run(() -> {
                reached.set(true);
                Tasks.sleepForever();
            }));
            assertTrue(reached.get());
        });
    }

    @Test void theOuterOfTwoScopesGoesOnOutwards() throws Exception {
        EventLoop.run(config, () -> {
            var passedInner = new AtomicBoolean();
            assertFalse(CancelScope.moveOnAfter(SOON, () -> {
                CancelScope.moveOnAfter(NEVER, () -> Tasks.sleepForever());
                passedInner.set(true);
            }));
            assertFalse(passedInner.get());
        });
    }

    @Test void theInnerOfTwoScopesStopsAtItself() throws Exception {
        EventLoop.run(config, () -> assertTrue(CancelScope.moveOnAfter(NEVER, () -> {
            assertFalse(CancelScope.moveOnAfter(SOON, () -> Tasks.sleepForever()));
            Tasks.sleep(Duration.ofMillis(1));
        })));
    }

    @Test void tasksInsideAreCancelledToo() throws Exception {
        EventLoop.run(config, () -> {
            var stopped = new AtomicInteger();
            assertFalse(CancelScope.moveOnAfter(SOON, () -> TaskGroup.run(group -> {
                for (int i = 0; i < 10; i++) group.fork(() -> {
                    try {
                        Tasks.sleepForever();
                    } finally {
                        stopped.incrementAndGet();
                    }
                });
            })));
            assertEquals(10, stopped.get());
        });
    }

    @Test void aShieldKeepsCancellationOutAndLetsItInAfterwards() throws Exception {
        EventLoop.run(config, () -> {
            var finished = new AtomicBoolean();
            assertFalse(CancelScope.moveOnAfter(SOON, () -> {
                CancelScope.shielded(() -> {
                    Tasks.sleep(Duration.ofMillis(20));
                    finished.set(true);
                });
                Tasks.sleepForever();
            }));
            assertTrue(finished.get());
        });
    }

    @Test void aShieldInACancelledScopeStillWorks() throws Exception {
        EventLoop.run(config, () -> {
            var cleaned = new AtomicBoolean();
            CancelScope.moveOnAfter(SOON, () -> {
                try {
                    Tasks.sleepForever();
                } finally {
                    CancelScope.shielded(() -> {
                        Tasks.sleep(Duration.ofMillis(10));
                        cleaned.set(true);
                    });
                }
            });
            assertTrue(cleaned.get());
        });
    }

    @Test void aLimitInsideAShieldCounts() throws Exception {
        EventLoop.run(config,
                () -> CancelScope
                        .shielded(() -> assertFalse(CancelScope.moveOnAfter(SOON, () -> Tasks.sleepForever()))));
    }

    @Test void aLimitCanBeMovedAndTakenAway() throws Exception {
        EventLoop.run(config, () -> {
            var scope = CancelScope.of(Duration.ofMillis(20));
            assertTrue(scope.run(() -> {
                assertTrue(scope.reschedule(NEVER));
                assertEquals(1, EventLoop.current().waitingTimers());
                Tasks.sleep(Duration.ofMillis(30));
                assertTrue(scope.withoutLimit());
                assertEquals(0, EventLoop.current().waitingTimers());
            }));
            assertFalse(scope.reschedule(NEVER));
            var sooner = CancelScope.of(NEVER);
            assertFalse(sooner.run(() -> {
                sooner.reschedule(SOON);
                Tasks.sleepForever();
            }));
        });
    }

    @Test void badUseIsRefused() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> CancelScope.of(Duration.ofMillis(-1)));
        assertThrows(IllegalStateException.class, () -> new CancelScope().run(() -> {}));
        EventLoop.run(config, () -> {
            var scope = new CancelScope();
            scope.run(() -> {});
            var again = assertThrows(IllegalStateException.class, () -> scope.run(() -> {}));
            assertTrue(String.valueOf(again.getMessage()).contains("make a new one"), again.toString());
            assertThrows(IllegalStateException.class, () -> new CancelScope().run(() -> {
                TaskGroup.open();
            }));
        });
    }

    /// Delivery is repeated at growing intervals, not in a busy loop.
    @Test void aTaskThatIgnoresCancellationIsInterruptedLessAndLess() throws Exception {
        EventLoop.run(config, () -> {
            var interrupts = new AtomicInteger();
            CancelScope.moveOnAfter(Duration.ofMillis(1), () -> {
                var loop = EventLoop.current();
                long end = loop.nanoTime() + 200_000_000;
                while (loop.nanoTime() - end < 0) {
                    new Waiter("nothing").awaitUntil(end);
                    if (Thread.interrupted()) interrupts.incrementAndGet();
                }
            });
            assertTrue(interrupts.get() >= 3 && interrupts.get() <= 10, interrupts + " interrupts"); // at 1, 2, 4, ... 128 ms
        });
    }

    @Test void behindAShieldNothingIsDelivered() throws Exception {
        EventLoop.run(config, () -> CancelScope.moveOnAfter(Duration.ofMillis(1), () -> CancelScope.shielded(() -> {
            Tasks.sleep(Duration.ofMillis(20));
            assertEquals(0, EventLoop.current().waitingTimers()); // nobody comes back to interrupt
        })));
    }
}
