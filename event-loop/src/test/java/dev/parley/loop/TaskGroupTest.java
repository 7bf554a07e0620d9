package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.TaskGroup.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
@MethodSource("loops") class TaskGroupTest {
    /// On both engines, and on a loop group.
    static List<Config> loops() {
        var standard = Config.standard();
        return List.of(standard.engine(EngineChoice.CARRIER), standard.engine(EngineChoice.BATON),
                standard.engine(EngineChoice.CARRIER).carriers(3), standard.engine(EngineChoice.BATON).carriers(3));
    }

    private final Config config;

    TaskGroupTest(Config config) {
        this.config = config;
    }

    private static void assertSays(Throwable failure, String... parts) {
        for (String part : parts) assertTrue(String.valueOf(failure.getMessage()).contains(part), failure.toString());
    }

    @Test void joinWaitsForAllAndResultsAreThere() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                var tasks = new ArrayList<Task<Integer>>();
                for (int i = 0; i < 100; i++) {
                    int n = i;
                    tasks.add(group.fork(() -> {
                        if (n % 3 == 0) Tasks.sleep(Duration.ofMillis(1));
                        return n;
                    }));
                }
                group.join();
                for (int i = 0; i < 100; i++) assertEquals(i, tasks.get(i).result());
            }
        });
    }

    @Test void theFirstFailureCancelsTheOthersAndIsThrown() throws Exception {
        var failure = new IOException("first");
        var why = new AtomicReference<Cancellation>();
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                group.fork("patient", () -> {
                    try {
                        Tasks.sleepForever();
                    } finally {
                        why.set(Task.current().cancellation());
                    }
                });
                Tasks.giveWay();
                group.fork("hasty", () -> {
                    throw failure;
                });
                var thrown = assertThrows(TaskGroupException.class, group::join);
                assertSame(failure, thrown.getCause());
                assertEquals(List.of(failure), thrown.causes());
            }
        });
        var seen = Objects.requireNonNull(why.get());
        assertSame(failure, seen.cause());
        assertTrue(seen.reason().contains("hasty"), seen.toString());
    }

    @Test void laterFailuresAreAttached() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                group.fork(() -> {
                    try {
                        Tasks.sleepForever();
                    } catch (InterruptedException cancelled) {
                        throw new IOException("while cleaning up", cancelled);
                    }
                });
                Tasks.giveWay();
                group.fork(() -> {
                    throw new IOException("first");
                });
                var thrown = assertThrows(TaskGroupException.class, group::join);
                assertEquals(List.of("first", "while cleaning up"),
                        thrown.causes().stream().map(Throwable::getMessage).toList());
                assertEquals(1, thrown.getSuppressed().length);
            }
        });
    }

    @Test void supervisedFailuresConcernNobodyElse() throws Exception {
        var reports = Collections.synchronizedList(new ArrayList<String>());
        EventLoop.run(config.onUnhandled((task, failure) -> reports.add(String.valueOf(failure.getMessage()))), () -> {
            try (var group = TaskGroup.open(Policy.SUPERVISED)) {
                var fine = group.fork(() -> {
                    Tasks.sleep(Duration.ofMillis(5));
                    return "fine";
                });
                group.fork(() -> {
                    throw new IOException("alone");
                });
                group.join();
                assertEquals("fine", fine.result());
            }
        });
        assertEquals(List.of("alone"), reports);
    }

    @Test void theFirstSuccessCancelsTheOthers() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open(Policy.FIRST_SUCCESS)) {
                var slow = group.fork(() -> {
                    Tasks.sleepForever();
                    return "slow";
                });
                group.fork(() -> {
                    throw new IOException("no matter");
                });
                var fast = group.fork(() -> {
                    Tasks.sleep(Duration.ofMillis(2));
                    return "fast";
                });
                group.join();
                assertSame(fast, group.firstSuccess());
                assertTrue(slow.outcome() instanceof Outcome.Cancelled<?>, slow.toString());
            }
        });
    }

    @Test void noSuccessThrowsEveryCause() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open(Policy.FIRST_SUCCESS)) {
                for (int i = 0; i < 3; i++) group.fork(() -> {
                    throw new IOException("bad");
                });
                assertEquals(3, assertThrows(TaskGroupException.class, group::join).causes().size());
                assertNull(group.firstSuccess());
            }
        });
    }

    @Test void collectRunsAllToTheirEndAndKeepsEveryCause() throws Exception {
        var ended = new AtomicInteger();
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open(Policy.COLLECT)) {
                for (int i = 0; i < 6; i++) {
                    int n = i;
                    group.fork(() -> {
                        Tasks.sleep(Duration.ofMillis(n));
                        ended.incrementAndGet();
                        if (n % 2 == 0) throw new IOException("n" + n);
                    });
                }
                var thrown = assertThrows(TaskGroupException.class, group::join);
                assertEquals(List.of("n0", "n2", "n4"),
                        thrown.causes().stream().map(Throwable::getMessage).sorted().toList());
                assertEquals(6, ended.get());
            }
        });
    }

    @Test void closingWithoutJoinCancelsAndWaits() throws Exception {
        var ended = new AtomicBoolean();
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                group.fork(() -> {
                    try {
                        Tasks.sleepForever();
                    } finally {
                        ended.set(true);
                    }
                });
                Tasks.giveWay();
            }
            assertTrue(ended.get());
        });
    }

    @Test void failuresThatNoJoinThrewAreReported() throws Exception {
        var reports = Collections.synchronizedList(new ArrayList<String>());
        EventLoop.run(config.onUnhandled((task, failure) -> reports.add(String.valueOf(failure.getMessage()))), () -> {
            try (var group = TaskGroup.open()) {
                var bad = group.fork(() -> {
                    throw new IOException("unseen");
                });
                while (!bad.isDone()) Tasks.giveWay();
            }
        });
        assertEquals(List.of("unseen"), reports);
    }

    @Test void failuresAfterAJoinAreReportedAndThoseItThrewAreNot() throws Exception {
        var reports = Collections.synchronizedList(new ArrayList<String>());
        EventLoop.run(config.onUnhandled((task, failure) -> reports.add(String.valueOf(failure.getMessage()))), () -> {
            try (var group = TaskGroup.open(Policy.COLLECT)) {
                group.fork(() -> {
                    throw new IOException("thrown");
                });
                assertThrows(TaskGroupException.class, group::join);
                var late = group.fork(() -> {
                    throw new IOException("late");
                });
                while (!late.isDone()) Tasks.giveWay();
            }
        });
        assertEquals(List.of("late"), reports);
    }

    @Test void inTheLambdaFormAFailureCancelsTheBodyToo() throws Exception {
        EventLoop.run(config, () -> {
            var thrown = assertThrows(TaskGroupException.class, () -> TaskGroup.run(group -> {
                group.fork(() -> {
                    throw new IOException("cause");
                });
                Tasks.sleepForever();
            }));
            assertEquals("cause", thrown.causes().get(0).getMessage());
            assertFalse(Thread.currentThread().isInterrupted());
            Tasks.giveWay(); // the caller itself is not cancelled
        });
    }

    /// The scope absorbs the interrupt, but not the failure that came of it.
    @Test void aFailureDuringACancellationIsNotLost() throws Exception {
        EventLoop.run(config, () -> {
            var begun = new AtomicBoolean();
            var scope = new CancelScope();
            var thrown = assertThrows(TaskGroupException.class, () -> scope.run(() -> TaskGroup.run(group -> {
                group.fork(() -> {
                    begun.set(true);
                    try {
                        Tasks.sleepForever();
                    } catch (InterruptedException cancelled) {
                        throw new IOException("while cleaning up");
                    }
                });
                while (!begun.get()) Tasks.giveWay();
                scope.cancel("enough");
            })));
            assertEquals("while cleaning up", thrown.causes().get(0).getMessage());
        });
    }

    @Test void aFailingBodyCancelsItsTasksAndIsThrown() throws Exception {
        var ended = new AtomicBoolean();
        EventLoop.run(config, () -> {
            var thrown = assertThrows(IOException.class, () -> TaskGroup.call(group -> {
                group.fork(() -> {
                    try {
                        Tasks.sleepForever();
                    } finally {
                        ended.set(true);
                    }
                });
                Tasks.giveWay();
                throw new IOException("of the body");
            }));
            assertEquals("of the body", thrown.getMessage());
            assertTrue(ended.get());
        });
    }

    @Test void theLambdaFormReturnsTheBodysResultAfterAllTasksEnded() throws Exception {
        var ended = new AtomicInteger();
        assertEquals("result", EventLoop.run(config, () -> TaskGroup.call(group -> {
            for (int i = 0; i < 5; i++) group.fork(() -> {
                Tasks.sleep(Duration.ofMillis(2));
                ended.incrementAndGet();
            });
            return "result";
        })));
        assertEquals(5, ended.get());
    }

    @Test void tasksMayForkIntoTheirGroup() throws Exception {
        var count = new AtomicInteger();
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                grow(group, count, 6);
                group.join();
            }
        });
        assertEquals(127, count.get());
    }

    private static void grow(TaskGroup group, AtomicInteger count, int depth) {
        group.fork(() -> {
            count.incrementAndGet();
            if (depth > 0) {
                grow(group, count, depth - 1);
                grow(group, count, depth - 1);
            }
        });
    }

    @Test void startWaitsUntilTheTaskIsReady() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                var serving = new AtomicBoolean(true);
                int port = group.<Integer>start("server", ready -> {
                    Tasks.sleep(Duration.ofMillis(2));
                    ready.accept(8080);
                    while (serving.get()) Tasks.giveWay();
                });
                assertEquals(8080, port);
                serving.set(false);
                group.join();
            }
        });
    }

    @Test void aServiceThatIsNeverReadyIsToldToItsStarterOnly() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                assertSays(assertThrows(CompletionException.class, () -> group.<Integer>start("bad", ready -> {
                    throw new IOException("port taken");
                })), "\"bad\"", "before it was ready");
                assertSays(assertThrows(IllegalStateException.class, () -> group.<Integer>start("mute", ready -> {})),
                        "\"mute\"", "without saying");
                group.join();
            }
        });
    }

    @Test void cancellingAGroupGivesItsReason() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                var task = group.fork(() -> Tasks.sleepForever());
                Tasks.giveWay();
                assertTrue(group.cancel("enough"));
                group.join();
                assertTrue(task.outcome() instanceof Outcome.Cancelled<?> c && c.why().reason().equals("enough")
                        && c.why().source().contains("main"), task.toString());
                var late = group.fork(() -> 1);
                assertTrue(late.outcome() instanceof Outcome.Cancelled<?>, late.toString());
            }
        });
    }

    @Test void cancellingTheGroupEndsItsLambdaForm() throws Exception {
        EventLoop.run(config, () -> {
            TaskGroup.run(group -> {
                group.fork(() -> Tasks.sleepForever());
                group.fork(() -> group.cancel("all is found"));
                Tasks.sleepForever();
            });
            assertEquals("found", TaskGroup.call(group -> {
                group.fork(() -> Tasks.sleepForever());
                group.cancel("all is found");
                return "found";
            }));
            assertThrows(CancellationException.class, () -> TaskGroup.call(group -> {
                group.cancel("nothing is found");
                Tasks.sleepForever();
                return "never";
            }));
            Tasks.giveWay();
        });
    }

    @Test void cancellingATaskReachesTheGroupsItOpened() throws Exception {
        var inner = new AtomicReference<Object>();
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                var begun = new AtomicBoolean();
                var outer = group.fork(() -> TaskGroup.run(nested -> {
                    var deep = nested.fork(() -> {
                        begun.set(true);
                        Tasks.sleepForever();
                    });
                    inner.set(deep);
                }));
                while (!begun.get()) Tasks.giveWay();
                outer.cancel("from above");
                group.join();
                assertTrue(outer.outcome() instanceof Outcome.Cancelled<?>, outer.toString());
            }
        });
        assertTrue(String.valueOf(inner.get()).contains("from above"), String.valueOf(inner.get()));
    }

    @Test void oneTaskCancelledIsNoFailureOfTheGroup() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                var one = group.fork(() -> Tasks.sleepForever());
                var other = group.fork(() -> {
                    Tasks.sleep(Duration.ofMillis(3));
                    return "other";
                });
                one.cancel("this one only");
                group.join();
                assertEquals("other", other.result());
            }
        });
    }

    @Test void badUseIsRefused() throws Exception {
        assertSays(assertThrows(IllegalStateException.class, TaskGroup::open), "only be done in a task");
        EventLoop.run(config, () -> {
            var closed = TaskGroup.open();
            closed.close();
            assertSays(assertThrows(IllegalStateException.class, () -> closed.fork(() -> 1)), "closed", "main");
            var outer = TaskGroup.open();
            var inner = TaskGroup.open();
            assertSays(assertThrows(IllegalStateException.class, outer::close), "opposite order");
            inner.close();
            try (outer) {
                var foreign = outer.fork(() -> outer.join());
                while (!foreign.isDone()) Tasks.giveWay();
                assertTrue(foreign.toString().contains("only be joined by the task that opened it"),
                        foreign.toString());
                assertThrows(TaskGroupException.class, outer::join);
            }
        });
    }

    @Test void aTaskMustCloseWhatItOpens() throws Exception {
        EventLoop.run(config, () -> {
            var careless = EventLoop.current().spawn("careless", () -> {
                TaskGroup.open().fork(() -> Tasks.sleepForever());
            });
            assertSays(Objects.requireNonNull(assertThrows(CompletionException.class, careless::await).getCause()),
                    "\"careless\"",
                    "without closing");
        });
    }
}
