package dev.parley.loop.internal;

import dev.parley.loop.Until;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What every engine promises.
@Timeout(30)
@ParameterizedClass
@EnumSource class EngineContractTest {
    enum Kind {
        CARRIER, CARRIER_WITH_POLLER, BATON, GROUP_OF_1, GROUP_OF_3, JDK;

        Engine make() {
            return switch (this) {
                case CARRIER -> new CarrierEngine("carrier");
                case CARRIER_WITH_POLLER -> {
                    var engine = new CarrierEngine("carrier");
                    SystemPoller.on(engine);
                    yield engine;
                }
                case BATON -> new BatonEngine("baton");
                case GROUP_OF_1 -> new GroupEngine("group", 1);
                case GROUP_OF_3 -> new GroupEngine("group", 3);
                case JDK -> HostedEngine.byTheJdk();
            };
        }

        boolean isCarrier() { return this == CARRIER || this == CARRIER_WITH_POLLER; }

        boolean confines() { return isCarrier() || this == BATON; }
    }

    private final Kind kind;
    private final Engine engine;

    EngineContractTest(Kind kind) {
        this.kind = kind;
        this.engine = kind.make();
    }

    @AfterEach void retire() {
        engine.retire();
    }

    private void runToEnd(Runnable body) throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var done = new CountDownLatch(1);
        engine.start("body", () -> {
            try {
                body.run();
            } catch (Throwable thrown) {
                failure.set(thrown);
            } finally {
                done.countDown();
            }
        });
        done.await();
        if (failure.get() != null) throw new AssertionError(failure.get());
    }

    @Test void threadsAreVirtualAndNamed() throws Exception {
        runToEnd(() -> {
            assertTrue(Thread.currentThread().isVirtual());
            assertEquals("body", Thread.currentThread().getName());
        });
    }

    @Test void unparkBeforeParkIsNotLost() throws Exception {
        runToEnd(() -> {
            var waiting = Waiting.current();
            waiting.unpark(Thread.currentThread());
            waiting.park(this);
        });
    }

    @Test void twoUnparksAreOnePermit() throws Exception {
        runToEnd(() -> {
            var waiting = Waiting.current();
            waiting.unpark(Thread.currentThread());
            waiting.unpark(Thread.currentThread());
            waiting.park(this);
            long begin = waiting.nanoTime();
            long end = begin + 2_000_000;
            while (waiting.nanoTime() - end < 0) waiting.parkUntil(this, end);
            assertTrue(waiting.nanoTime() - begin >= 2_000_000);
        });
    }

    @Test void aForeignThreadWakes() throws Exception {
        var parker = new AtomicReference<Waiting>();
        var woken = new CountDownLatch(1);
        var allowed = new AtomicInteger();
        var thread = engine.start("parker", () -> {
            parker.set(Waiting.current());
            while (allowed.get() == 0) Waiting.current().park(this);
            woken.countDown();
        });
        Until.holds("it waits", () -> parker.get() != null && thread.getState() == Thread.State.WAITING);
        allowed.set(1);
        Objects.requireNonNull(parker.get()).unpark(thread);
        woken.await();
    }

    @Test void timedParkEndsByItsDeadline() throws Exception {
        runToEnd(() -> {
            var waiting = Waiting.current();
            long deadline = waiting.nanoTime() + 3_000_000;
            while (waiting.nanoTime() - deadline < 0) waiting.parkUntil(this, deadline);
        });
    }

    @Test void deadlinesOfManyComeInOrder() throws Exception {
        assumeTrue(kind.confines());
        // The promise is about deadlines set before they are due; a busy machine may need longer for that.
        for (long first = 5_000_000; !deadlinesComeInOrder(first); first *= 4) {}
    }

    /// With deadlines `first` nanoseconds from now and every 3 ms after that.
    ///
    /// @return whether all were set before the first of them was due
    private boolean deadlinesComeInOrder(long first) throws Exception {
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var late = new AtomicBoolean();
        var done = new CountDownLatch(20);
        runToEnd(() -> {
            long begin = Waiting.current().nanoTime();
            for (int i = 0; i < 20; i++) {
                int n = i;
                long deadline = begin + first + ((n * 7) % 20) * 3_000_000L;
                Waiting.current().start("sleeper", () -> {
                    if (Waiting.current().nanoTime() - begin > first / 2) late.set(true);
                    while (Waiting.current().nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
                    order.add((n * 7) % 20);
                    done.countDown();
                });
            }
        });
        done.await();
        if (late.get()) return false;
        assertEquals(order.stream().sorted().toList(), order);
        return true;
    }

    @Test void interruptEndsAParkAndKeepsTheFlag() throws Exception {
        var parked = new CountDownLatch(1);
        var flag = new AtomicReference<Boolean>();
        var done = new CountDownLatch(1);
        var thread = engine.start("parker", () -> {
            parked.countDown();
            while (!Thread.currentThread().isInterrupted()) Waiting.current().park(this);
            Waiting.current().park(this); // returns at once
            flag.set(Thread.interrupted());
            done.countDown();
        });
        parked.await();
        thread.interrupt();
        done.await();
        assertEquals(true, flag.get());
    }

    @Test void threadsStartInOrder() throws Exception {
        assumeTrue(kind.confines());
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var expected = new ArrayList<Integer>();
        var done = new CountDownLatch(100);
        runToEnd(() -> {
            for (int i = 0; i < 100; i++) {
                int n = i;
                expected.add(n);
                engine.start(null, () -> {
                    order.add(n);
                    done.countDown();
                });
            }
        });
        done.await();
        assertEquals(expected, order);
    }

    @Test void threadsOfOtherThreadsStartInOrder() throws Exception {
        assumeTrue(kind.confines());
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var expected = new ArrayList<Integer>();
        var done = new CountDownLatch(1000);
        for (int i = 0; i < 1000; i++) {
            int n = i;
            expected.add(n);
            engine.start(null, () -> {
                order.add(n);
                done.countDown();
            });
        }
        done.await();
        assertEquals(expected, order);
    }

    @Test void givingWayKeepsTurns() throws Exception {
        assumeTrue(kind.confines());
        var order = Collections.synchronizedList(new ArrayList<String>());
        var done = new CountDownLatch(3);
        runToEnd(() -> {
            for (String name : List.of("a", "b", "c")) engine.start(name, () -> {
                for (int i = 0; i < 20; i++) {
                    order.add(name);
                    Waiting.current().giveWay();
                }
                done.countDown();
            });
        });
        done.await();
        for (int i = 0; i < 60; i += 3) assertEquals(List.of("a", "b", "c"), order.subList(i, i + 3));
    }

    @Test void givingWayLetsRunWhatOtherThreadsHaveStarted() throws Exception {
        assumeTrue(kind == Kind.BATON); // others look outside after some turns
        var ran = new AtomicBoolean();
        var seen = new AtomicBoolean();
        runToEnd(() -> {
            var outside = Thread.ofPlatform().start(() -> engine.start("outside", () -> ran.set(true)));
            while (outside.isAlive()) Thread.onSpinWait();
            Waiting.current().giveWay();
            seen.set(ran.get());
        });
        assertTrue(seen.get(), "it ran only later");
    }

    @Test void aPermitOutlivesGivingWay() throws Exception {
        runToEnd(() -> {
            Waiting.current().unpark(Thread.currentThread());
            Waiting.current().giveWay();
            Waiting.current().park(this);
        });
    }

    @Test void oneAtATimeAndEachSeesWhatTheLastDid() throws Exception {
        assumeTrue(kind.confines());
        int threads = 8;
        int rounds = 2_000;
        var done = new CountDownLatch(threads);
        var plain = new int[1];
        for (int t = 0; t < threads; t++) engine.start(null, () -> {
            for (int i = 0; i < rounds; i++) {
                plain[0]++; // a data race if two ran at once
                Waiting.current().giveWay();
            }
            done.countDown();
        });
        done.await();
        assertEquals(threads * rounds, plain[0]);
    }

    @Test void startedThreadsWaitTheSameWayAndRunOnTheSameEngine() throws Exception {
        var done = new CountDownLatch(1);
        var inner = new AtomicReference<>("");
        runToEnd(() -> Waiting.current().start("child", () -> Waiting.current().start("grandchild", () -> {
            Waiting.current().giveWay();
            inner.set(Thread.currentThread().toString());
            done.countDown();
        })));
        done.await();
        if (kind.isCarrier()) assertTrue(String.valueOf(inner.get()).endsWith("@carrier"), inner.get());
        if (kind == Kind.GROUP_OF_3) assertTrue(String.valueOf(inner.get()).contains("@group-"), inner.get());
    }

    /// A pair that always wakes each other, which the `next` slot favours, must not keep others from running.
    @Test void aBusyPairStarvesNobody() throws Exception {
        var stop = new AtomicInteger();
        var wakers = new AtomicReferenceArray<@Nullable Runnable>(2);
        var both = new CountDownLatch(2);
        var others = new CountDownLatch(10);
        var turn = new AtomicInteger();
        var rounds = new AtomicInteger();
        var longest = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            int me = i;
            engine.start("side" + i, () -> {
                var waiting = Waiting.current();
                var thread = Thread.currentThread();
                wakers.set(me, () -> waiting.unpark(thread));
                Runnable waker;
                while ((waker = wakers.get(1 - me)) == null) waiting.giveWay();
                while (stop.get() == 0) {
                    while (turn.get() != me && stop.get() == 0) waiting.park(this);
                    turn.set(1 - me);
                    waker.run();
                    // by now the other side waits, so what was just woken is in the next slot, and this third thread behind it
                    if (me == 0 && rounds.incrementAndGet() % 100 == 0 && rounds.get() <= 1000) {
                        int begun = rounds.get();
                        engine.start("third", () -> {
                            longest.accumulateAndGet(rounds.get() - begun, Math::max);
                            others.countDown();
                        });
                    }
                }
                waker.run(); // the other may wait for its turn
                both.countDown();
            });
        }
        assertTrue(others.await(20, TimeUnit.SECONDS), "a third thread never ran");
        stop.set(1);
        both.await();
        // where one thing runs at a time, the published bound is a few slices
        if (kind.confines() || kind == Kind.GROUP_OF_1)
            assertTrue(longest.get() <= 10, () -> "a third thread ran only after " + longest + " rounds");
    }

    /// Threads that always have somebody to give way to; what comes from outside, and from time, must get its turn all the same.
    @Test void aBusyEngineLooksOutside() throws Exception {
        assumeTrue(kind != Kind.JDK); // it starves them
        var stop = new AtomicBoolean();
        var busy = new CountDownLatch(6);
        for (int i = 0; i < 6; i++) engine.start("busy", () -> {
            busy.countDown();
            while (!stop.get()) Waiting.current().giveWay();
        });
        busy.await();
        var done = new CountDownLatch(20);
        for (int i = 0; i < 10; i++) {
            engine.start("outside", done::countDown);
            engine.start("timed", () -> {
                long deadline = Waiting.current().nanoTime() + 1_000_000;
                while (Waiting.current().nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
                done.countDown();
            });
        }
        assertTrue(done.await(20, TimeUnit.SECONDS), () -> done.getCount() + " starved");
        stop.set(true);
    }

    @Test void threadsLeftBehindRunOnAfterTheEnd() throws Exception {
        var parked = new AtomicReference<Waiting>();
        var allowed = new AtomicInteger();
        var done = new CountDownLatch(1);
        var left = engine.start("left", () -> {
            parked.set(Waiting.current());
            while (allowed.get() == 0) Waiting.current().park(this);
            long deadline = Waiting.current().nanoTime() + 1_000_000;
            while (Waiting.current().nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
            done.countDown();
        });
        Until.holds("it waits", () -> parked.get() != null && left.getState() == Thread.State.WAITING);
        engine.retire();
        if (kind.isCarrier()) Until.holds("the carrier has ended", () -> !engineThreads("carrier"));
        allowed.set(1);
        Objects.requireNonNull(parked.get()).unpark(left);
        assertTrue(done.await(20, TimeUnit.SECONDS), "a thread of a retired engine was lost");
    }

    @Test void retiredEnginesLeaveNoThread() throws Exception {
        runToEnd(() -> {});
        engine.retire();
        Until.holds("no thread is left", () -> !engineThreads("carrier") && !engineThreads("group-"));
        assertTrue(engine.lanes().stream().noneMatch(Lane::running));
    }

    private static boolean engineThreads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().startsWith(prefix));
    }
}
