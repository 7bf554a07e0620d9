package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
@ParameterizedClass
@MethodSource("loops") class TasksTest {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    static List<Config> loops() { return TaskGroupTest.loops(); }

    private final Config config;

    TasksTest(Config config) {
        this.config = config;
    }

    private static <T> Callable<T> after(int millis, T value) {
        return () -> {
            Tasks.sleep(Duration.ofMillis(millis));
            return value;
        };
    }

    private static <T> Callable<T> failing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    @Test void aTaskThatReplacesItsThreadsHandlerStillWaitsInItsLoop() throws Exception {
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            var first = new CompletableFuture<String>();
            var changed = group.fork(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
                var told = assertThrows(IllegalStateException.class, Task::current);
                assertTrue(told.getMessage().contains("uncaught exception handler"), told.getMessage());
                return Tasks.await(first);
            });
            group.fork(() -> {
                first.complete("from the same loop");
            });
            assertEquals("from the same loop", changed.await());
        }));
    }

    @Test void allReturnsResultsInOrder() throws Exception {
        assertEquals(List.of("a", "b", "c"),
                EventLoop.run(config, () -> Tasks.all(List.of(after(9, "a"), after(1, "b"), after(5, "c")))));
        assertEquals(List.of(), EventLoop.run(config, () -> Tasks.all(List.of())));
    }

    @Test void allFailsWithTheFirst() {
        var thrown = assertThrows(TaskGroupException.class,
                () -> EventLoop.run(config, () -> Tasks.<String>all(List.of(after(60_000, "a"), failing("no")))));
        assertEquals("no", thrown.causes().get(0).getMessage());
    }

    @Test void settleTellsHowEachEnded() throws Exception {
        var outcomes = EventLoop.run(config,
                () -> Tasks.<String>settle(List.of(after(3, "a"), failing("no"), after(1, "c"))));
        assertEquals(new Outcome.Succeeded<>("a"), outcomes.get(0));
        assertTrue(outcomes.get(1) instanceof Outcome.Failed<?> f && "no".equals(f.cause().getMessage()));
        assertEquals("c", outcomes.get(2).get());
    }

    @Test void raceReturnsTheFirstSuccessAndCancelsTheRest() throws Exception {
        var cancelled = new AtomicBoolean();
        Callable<String> slow = () -> {
            try {
                Tasks.sleepForever();
                return "slow";
            } finally {
                cancelled.set(true);
            }
        };
        assertEquals("fast",
                EventLoop.run(config, () -> Tasks.<String>race(List.of(slow, failing("no matter"), after(2, "fast")))));
        assertTrue(cancelled.get());
        assertThrows(TaskGroupException.class,
                () -> EventLoop.run(config, () -> Tasks.<String>race(List.of(failing("a"), failing("b")))));
        assertThrows(IllegalArgumentException.class, () -> EventLoop.run(config, () -> Tasks.<String>race(List.of())));
    }

    @Test void awaitAnyReturnsOneAndLetsTheOthersGoOn() throws Exception {
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            var slow = group.<String>fork(after(20, "slow"));
            var fast = group.<String>fork(after(1, "fast"));
            assertSame(fast, Tasks.awaitAny(List.of(slow, fast)));
            assertFalse(slow.isDone());
            assertSame(fast, Tasks.awaitAny(List.of(slow, fast)));
            assertEquals("slow", slow.await());
        }));
    }

    @Test void waitingAgainAndAgainKeepsNothing() throws Exception {
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            var endless = group.fork(() -> Tasks.sleepForever());
            var done = group.fork(() -> {});
            while (!done.isDone()) Tasks.giveWay();
            for (int i = 0; i < 1000; i++) Tasks.awaitAny(List.of(endless, done));
            assertFalse(endless.watched());
            group.cancel("that is all");
        }));
    }

    @Test void asCompletedGivesThemInTheOrderOfTheirEnds() throws Exception {
        var order = new ArrayList<String>();
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            var tasks = List.of(group.<String>fork(after(40, "c")), group.<String>fork(after(1, "a")),
                    group.<String>fork(after(20, "b")));
            Tasks.asCompleted(tasks, task -> order.add(task.result()));
        }));
        assertEquals(List.of("a", "b", "c"), order);
    }

    @Test void awaitOfAFuture() throws Exception {
        EventLoop.run(config, () -> {
            var future = new CompletableFuture<String>();
            var waiting = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                try {
                    waiting.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                future.complete("from outside");
            });
            waiting.countDown();
            assertEquals("from outside", Tasks.await(future));
            var failed = CompletableFuture.<String>failedFuture(new IOException("bad"));
            assertTrue(assertThrows(CompletionException.class, () -> Tasks.await(failed))
                    .getCause() instanceof IOException);
            var dependent = failed.thenApply(String::length);
            assertTrue(assertThrows(CompletionException.class, () -> Tasks.await(dependent))
                    .getCause() instanceof IOException);
            var never = new CompletableFuture<String>();
            assertFalse(CancelScope.moveOnAfter(Duration.ofMillis(2), () -> {
                Tasks.await(never);
            }));
            assertFalse(never.isDone());
        });
    }

    @Test void valuesReachTheTasksBelow() throws Exception {
        EventLoop.run(config, () -> {
            var seen = Tasks.where(USER, "ann", () -> TaskGroup.call(group -> {
                var child = group.fork(() -> TaskGroup.call(inner -> inner.fork(() -> USER.get()).await()));
                var offloaded = Offload.blocking().call(USER::get);
                var rebound = Tasks.where(USER, "bob", () -> group.fork(() -> USER.get()).await());
                return List.of(USER.get(), child.await(), offloaded, rebound, group.fork(() -> USER.get()).await());
            }));
            assertEquals(List.of("ann", "ann", "ann", "bob", "ann"), seen);
            assertFalse(EventLoop.current().spawn(() -> USER.isBound()).await());
        });
    }

    @Test void offloadedCodeRunsElsewhereAndTheLoopGoesOn() throws Exception {
        EventLoop.run(config, () -> {
            var release = new CountDownLatch(1);
            TaskGroup.run(group -> {
                var offloaded = group.fork(() -> Offload.blocking().call(() -> {
                    release.await(); // would hold up the loop
                    return Thread.currentThread().getName();
                }));
                group.fork(release::countDown);
                assertEquals("offload", offloaded.await());
            });
            assertTrue(Offload.compute().call(() -> Thread.currentThread().getName()).startsWith("compute-"));
            assertThrows(IOException.class, () -> Offload.compute().call(failing("as it was thrown")));
        });
    }

    @Test void offloadedCodeIsInterruptedAndWaitedFor() throws Exception {
        EventLoop.run(config, () -> {
            var ended = new AtomicBoolean();
            var scope = new CancelScope();
            assertFalse(scope.run(() -> Offload.compute().run(() -> {
                scope.cancel("now that it has begun");
                try {
                    new CountDownLatch(1).await();
                } finally {
                    ended.set(true);
                }
            })));
            assertTrue(ended.get());
        });
    }

    @Test void abandonedCodeIsLeftToItselfAndKeepsItsPlace() throws Exception {
        EventLoop.run(config, () -> {
            var release = new AtomicBoolean();
            var limiter = new Limiter(1);
            var scope = new CancelScope();
            assertFalse(scope.run(() -> Offload.blocking().within(limiter).abandonedOnCancel().run(() -> {
                scope.cancel("now that it has begun");
                while (!release.get()) Thread.onSpinWait(); // ignores the interrupt
            })));
            assertEquals(1, limiter.used());
            release.set(true);
            while (limiter.used() > 0) Tasks.giveWay();
        });
    }

    @Test void aLimiterLetsInSoManyInTheirOrder() throws Exception {
        EventLoop.run(config, () -> {
            var limiter = new Limiter(2);
            var inside = new AtomicInteger();
            var most = new AtomicInteger();
            TaskGroup.run(group -> {
                for (int i = 0; i < 20; i++) group.fork(() -> {
                    var place = limiter.enter();
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Tasks.giveWay();
                    inside.decrementAndGet();
                    place.close();
                });
            });
            assertTrue(most.get() <= 2, most + " were inside");
            assertEquals(0, limiter.used());
        });
    }

    @Test void oneWhoIsCancelledInTheQueueOfALimiterHasNoPlace() throws Exception {
        EventLoop.run(config, () -> {
            var limiter = new Limiter(1);
            var place = limiter.enter();
            assertFalse(CancelScope.moveOnAfter(Duration.ofMillis(2), () -> {
                limiter.enter();
            }));
            assertEquals(0, limiter.waiting());
            assertNull(limiter.tryEnter());
            limiter.resize(2);
            var second = limiter.tryEnter();
            assertEquals("Limiter[2/2, 0 waiting]", limiter.toString());
            place.close();
            place.close();
            assertEquals(1, limiter.used());
            if (second != null) second.close();
            assertThrows(IllegalArgumentException.class, () -> new Limiter(-1));
        });
    }
}
