package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
@ParameterizedClass
@EnumSource(names = {"CARRIER", "BATON"}) class EventLoopTest {
    private final Config config;

    EventLoopTest(EngineChoice engine) {
        config = Config.standard().engine(engine);
    }

    private static void assertSays(Throwable failure, String... parts) {
        for (String part : parts) assertTrue(String.valueOf(failure.getMessage()).contains(part), failure.toString());
    }

    @Test void runReturnsWhatMainReturned() throws Exception {
        assertEquals("done by main", EventLoop.run(config, () -> "done by " + Task.current().name()));
    }

    @Test void runThrowsWhatMainThrew() {
        var failure = new IOException("no disk");
        assertSame(failure, assertThrows(IOException.class, () -> EventLoop.run(config, () -> {
            throw failure;
        })));
    }

    @Test void runEndsTheTasksThatMainLeft() throws Exception {
        var left = new AtomicReference<String>();
        EventLoop.run(config, () -> {
            EventLoop.current().spawn("left", () -> {
                try {
                    Tasks.sleepForever();
                } finally {
                    left.set(String.valueOf(Task.current().cancellation()));
                }
            });
            Tasks.giveWay();
        });
        assertTrue(String.valueOf(left.get()).contains("was closed"), left.get());
    }

    @Test void runInsideARunIsRefused() {
        var refusal = assertThrows(IllegalStateException.class,
                () -> EventLoop.run(config, () -> EventLoop.run(config, () -> 1)));
        assertSays(refusal, "task \"main\"", "EventLoop.run", "TaskGroup");
    }

    @Test void interruptingTheCallerOfRunCancelsMain() throws Exception {
        var begun = new CountDownLatch(1);
        var why = new AtomicReference<String>();
        var thrown = new AtomicReference<Throwable>();
        var caller = Thread.ofPlatform().start(() -> {
            try {
                EventLoop.run(config, () -> {
                    begun.countDown();
                    try {
                        Tasks.sleepForever();
                    } finally {
                        why.set(String.valueOf(Task.current().cancellation()));
                    }
                });
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        begun.await();
        caller.interrupt();
        caller.join();
        assertTrue(thrown.get() instanceof InterruptedException, String.valueOf(thrown.get()));
        assertTrue(String.valueOf(why.get()).contains("was interrupted"), why.get());
    }

    @Test void spawnSubmitAndCallFromOtherThreads() throws Exception {
        try (var loop = EventLoop.open(config.named("wanted"))) {
            assertEquals("wanted", loop.call(() -> EventLoop.current().name()));
            assertEquals(2, loop.submit(() -> 2).get());
            assertEquals(3, loop.spawn(() -> 3).await());
            assertEquals(4, loop.spawn(() -> 4).toFuture().get());
            assertSays(
                    assertThrows(CompletionException.class,
                            () -> loop.spawn("bad", () -> Integer.parseInt("x")).await()),
                    "\"bad\"");
            assertThrows(NumberFormatException.class, () -> loop.call(() -> Integer.parseInt("x")));
        }
    }

    @Test void callAndCloseByTheLoopItselfAreRefused() throws Exception {
        try (var loop = EventLoop.open(config)) {
            assertSays(loop.call(() -> assertThrows(IllegalStateException.class, () -> loop.call(() -> 1))),
                    "its own task", "await");
            assertSays(loop.call(() -> assertThrows(IllegalStateException.class, loop::close)), "close",
                    "its own task");
        }
    }

    @Test void aTaskThatWaitsForItselfIsRefused() throws Exception {
        try (var loop = EventLoop.open(config)) {
            assertSays(loop.call(() -> assertThrows(IllegalStateException.class, () -> Task.current().await())),
                    "its own end");
        }
    }

    @Test void outsideOfTasksThereIsNoCurrentLoop() {
        assertSays(assertThrows(IllegalStateException.class, EventLoop::current), "EventLoop.run");
    }

    @Test void aClosedLoopTakesNothing() {
        var loop = EventLoop.open(config.named("shut"));
        loop.close();
        loop.close();
        assertSays(assertThrows(IllegalStateException.class, () -> loop.spawn(() -> 1)), "shut", "closed");
        assertSays(assertThrows(IllegalStateException.class, () -> loop.after(Duration.ZERO, () -> {})), "shut",
                "closed");
        assertSays(assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {})), "shut", "closed");
        assertThrows(RejectedExecutionException.class, () -> loop.executeOnce(() -> {}));
    }

    @Test void resultOfARunningTaskIsRefused() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var endless = loop.spawn("endless", () -> {
                Tasks.sleepForever();
                return 1;
            });
            assertSays(assertThrows(IllegalStateException.class, endless::result), "\"endless\"", "await()");
            assertTrue(endless.cancel("enough of it"));
            assertFalse(endless.cancel("once more"));
            assertSays(assertThrows(CancellationException.class, endless::await), "enough of it", "\"endless\"");
            assertTrue(endless.outcome() instanceof Outcome.Cancelled<?> c && c.why().reason().equals("enough of it"));
        }
    }

    @Test void callbacksRunInOrderAsVirtualThreadsOfTheLoop() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var order = Collections.synchronizedList(new ArrayList<Integer>());
            var done = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                int n = i;
                loop.execute(() -> {
                    if (Thread.currentThread().isVirtual() && EventLoop.current() == loop) order.add(n);
                    done.countDown();
                });
            }
            done.await();
            assertEquals(order.stream().sorted().toList(), order);
            assertEquals(100, order.size());
        }
    }

    @Test void executeOnceRunsEqualCallbacksOnceUntilTheyBegin() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var count = new AtomicInteger();
            Runnable callback = count::incrementAndGet;
            loop.call(() -> {
                for (int i = 0; i < 10; i++) loop.executeOnce(callback);
                while (count.get() == 0) Tasks.giveWay();
                for (int i = 0; i < 10; i++) loop.executeOnce(callback);
                while (count.get() == 1) Tasks.giveWay();
                Tasks.giveWay();
            });
            assertEquals(2, count.get());
        }
    }

    @Test void timersFireInOrderOfTimeThenOfSetting() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var order = Collections.synchronizedList(new ArrayList<String>());
            var done = new CountDownLatch(4);
            loop.call(() -> {
                for (var each : List.of("30", "10", "20", "40"))
                    loop.after(Duration.ofMillis(Integer.parseInt(each)), () -> {
                        order.add(each);
                        done.countDown();
                    });
            });
            done.await();
            assertEquals(List.of("10", "20", "30", "40"), order);
        }
    }

    @Test void aCancelledTimerDoesNotFireAndLeavesNothing() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var fired = new AtomicBoolean();
            var timer = loop.after(Duration.ofMillis(5), () -> fired.set(true));
            boolean intime = timer.cancel();
            assertFalse(timer.cancel());
            var later = new CountDownLatch(1);
            loop.after(Duration.ofMillis(10), later::countDown);
            later.await();
            assertEquals(intime, !fired.get());
            assertEquals(0, loop.waitingTimers());
        }
    }

    @Test void manyTimersSetAndCancelledLeaveNone() throws Exception {
        try (var loop = EventLoop.open(config)) {
            loop.call(() -> {
                for (int i = 0; i < 300_000; i++) assertTrue(loop.after(Duration.ofHours(1), () -> {}).cancel());
            });
            assertEquals(0, loop.waitingTimers());
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is enough
    @Test void foreignSubmitsAgainstTimersLoseNone() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var done = new CountDownLatch(4096);
            var ticking = new AtomicBoolean(true);
            Runnable[] tick = new Runnable[1];
            tick[0] = () -> {
                if (ticking.get()) loop.after(Duration.ofNanos(10_000), tick[0]);
            };
            loop.execute(tick[0]);
            for (int t = 0; t < 4; t++) Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 1024; i++) {
                    loop.execute(done::countDown);
                    if (i % 16 == 0) Thread.yield(); // so that the loop comes to rest now and then
                }
            });
            assertTrue(done.await(20, TimeUnit.SECONDS), () -> done.getCount() + " submits were lost");
            ticking.set(false);
        }
    }

    @Test void aCallbackThatResubmitsItselfForEverStarvesNobody() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var stop = new AtomicBoolean();
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                if (!stop.get()) loop.execute(again[0]);
            };
            loop.execute(again[0]);
            assertEquals(1, loop.call(() -> 1));
            var fired = new CountDownLatch(1);
            loop.after(Duration.ofMillis(1), fired::countDown);
            assertTrue(fired.await(20, TimeUnit.SECONDS), "the timer starved");
            stop.set(true);
        }
    }

    @Test void aTaskWhoseHandleIsDroppedIsNotCollected() throws Exception {
        try (var loop = EventLoop.open(config)) {
            var done = new CountDownLatch(1);
            loop.spawn(() -> {
                Tasks.sleep(Duration.ofMillis(100));
                done.countDown();
            });
            for (int i = 0; i < 10; i++) System.gc();
            assertTrue(done.await(20, TimeUnit.SECONDS), "the task was collected");
        }
    }

    @Test void anUnhandledFailureIsReportedOnce() throws Exception {
        var reports = Collections.synchronizedList(new ArrayList<String>());
        try (var loop = EventLoop
                .open(config.onUnhandled((task, failure) -> reports.add(task.name() + ": " + failure.getMessage())))) {
            var unwatched = loop.spawn("unwatched", () -> {
                throw new IOException("lost");
            });
            Until.holds("it has ended", unwatched::isDone);
            assertThrows(IOException.class, () -> loop.call(() -> {
                throw new IOException("handled");
            }));
            assertThrows(Exception.class, () -> loop.submit(() -> {
                throw new IOException("handled, too");
            }).get());
        }
        assertEquals(List.of("unwatched: lost"), reports);
    }

    @Test void closingWaitsForTasksThatTakeTheirTime() throws Exception {
        var cleaned = new AtomicBoolean();
        var loop = EventLoop.open(config);
        var begun = new CountDownLatch(1);
        loop.spawn(() -> {
            try {
                begun.countDown();
                Tasks.sleepForever();
            } finally {
                CancelScope.shielded(() -> {
                    Tasks.sleep(Duration.ofMillis(30));
                    cleaned.set(true);
                });
            }
        });
        begun.await();
        loop.close();
        assertTrue(cleaned.get());
    }

    @Test void allWhoCloseWaitForTheTasks() throws Exception {
        var loop = EventLoop.open(config);
        var begun = new CountDownLatch(1);
        var release = new AtomicBoolean();
        var ended = new AtomicBoolean();
        loop.spawn(() -> {
            begun.countDown();
            CancelScope.shielded(() -> {
                while (!release.get()) Tasks.sleep(Duration.ofMillis(1));
                ended.set(true);
            });
        });
        begun.await();
        var sawTheEnd = Collections.synchronizedList(new ArrayList<Boolean>());
        var closers = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) closers.add(Thread.ofPlatform().start(() -> {
            loop.close();
            sawTheEnd.add(ended.get());
        }));
        Until.holds("all wait", () -> closers.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        release.set(true);
        for (Thread closer : closers) closer.join();
        assertEquals(List.of(true, true, true), sawTheEnd);
    }

    @Test void oneCarrierConfinesPlainData() throws Exception {
        var plain = new HashSet<Integer>(); // not thread-safe
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            for (int t = 0; t < 20; t++) {
                int base = t * 1000;
                group.fork(() -> {
                    for (int i = 0; i < 1000; i++) {
                        plain.add(base + i);
                        if (i % 10 == 0) Tasks.giveWay();
                    }
                });
            }
        }));
        assertEquals(20_000, plain.size());
    }

    /// Each turn of a baton finds the other awake or asleep, with a permit left over or not.
    @Test void nobodyIsLostWhereTasksGiveWayForLong() throws Exception {
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            for (int k = 0; k < 2; k++) group.fork(() -> {
                for (int i = 0; i < 1_000_000; i++) Tasks.giveWay();
            });
        }));
    }
}
