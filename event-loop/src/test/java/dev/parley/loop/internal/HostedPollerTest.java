package dev.parley.loop.internal;

import dev.parley.loop.EventLoop;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.LoopObserver;
import dev.parley.loop.Tasks;
import dev.parley.loop.waiting.Poller;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// When a carrier calls the poller that it hosts. One whose wait keeps the carrier's thread is a kind of engine of its own for [EngineContractTest] and
/// [LostWakeUpStressTest]; real sockets are tried where there are some: by net-channels.
@Timeout(30) class HostedPollerTest {
    /// Its events are permits.
    private static class Permits implements Poller {
        final Semaphore events = new Semaphore(0);
        final AtomicInteger handled = new AtomicInteger(), work = new AtomicInteger(), worked = new AtomicInteger();
        final AtomicBoolean ended = new AtomicBoolean(), awake = new AtomicBoolean();
        volatile @Nullable Thread waiting;

        @Override public void work() {
            worked.set(work.get());
        }

        @Override public void poll(long nanos, BooleanSupplier mayWait) {
            waiting = Thread.currentThread();
            while (!events.tryAcquire()) {
                boolean given = work.get() != worked.get();
                if (nanos == 0 || !mayWait.getAsBoolean() || awake.getAndSet(false) || given) return;
                LockSupport.park(this);
            }
            handled.incrementAndGet();
        }

        @Override public void wakeUp() {
            awake.set(true);
            LockSupport.unpark(waiting);
        }

        void happen() {
            events.release();
            wakeUp();
        }

        @Override public boolean hasEnded() {
            return ended.get();
        }
    }

    private final EventLoop loop = EventLoop.open(EventLoop.Config.standard().engine(EngineChoice.CARRIER));
    private final Permits poller = new Permits();

    private @Nullable Thread host() throws Exception {
        return loop.call(() -> Poller.host("poller", poller));
    }

    @AfterEach void close() {
        poller.ended.set(true);
        poller.wakeUp();
        loop.close();
    }

    @SuppressWarnings("ThreadPriorityCheck") // waits for a fact; each test has a time limit
    private static void until(BooleanSupplier fact) {
        while (!fact.getAsBoolean()) {
            assertFalse(Thread.currentThread().isInterrupted(), "not so in time");
            Thread.yield();
        }
    }

    @Test void onlyASingleCarrierHostsOneAndOnlyOne() throws Exception {
        assertNull(Poller.host("poller", poller), "a thread that is on no carrier");
        try (var group = EventLoop.open(EventLoop.Config.standard().engine(EngineChoice.CARRIER).carriers(2))) {
            assertNull(group.call(() -> Poller.host("poller", poller)), "a group");
        }
        assertNotNull(host());
        assertNull(loop.call(() -> Poller.host("poller", new Permits())), "a second one");
    }

    @Test void anIdleCarrierHandlesEvents() throws Exception {
        host();
        for (int i = 1; i <= 1000; i++) {
            int expected = i;
            poller.happen();
            until(() -> poller.handled.get() == expected);
        }
    }

    @Test void anIdleCarrierRestsInItsPollerAndIsWokenThere() throws InterruptedException {
        var engine = new CarrierEngine("carrier");
        var inSystem = SystemPoller.on(engine);
        for (int i = 0; i < 100; i++) {
            until(inSystem::waits);
            var begun = new CountDownLatch(1);
            engine.start(null, begun::countDown);
            begun.await();
        }
        engine.retire();
        until(() -> !engine.running());
    }

    @Test void aBusyCarrierGivesItsPollerTurns() {
        var engine = new CarrierEngine("carrier");
        var inSystem = SystemPoller.on(engine);
        var ended = new AtomicBoolean();
        engine.start("busy", () -> {
            while (!ended.get()) Waiting.current().giveWay();
        });
        until(() -> engine.slices() > 100); // it has begun
        int before = inSystem.polls();
        until(() -> inSystem.polls() > before + 100);
        ended.set(true);
        engine.retire();
        until(() -> !engine.running());
    }

    @Test void aBusyCarrierHandlesEvents() throws Exception {
        host();
        var ended = new AtomicBoolean();
        var busy = loop.submit(() -> {
            while (!ended.get()) Tasks.giveWay();
            return true;
        });
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            poller.happen();
            until(() -> poller.handled.get() == expected);
        }
        ended.set(true);
        busy.join();
    }

    @Test void whatItIsGivenIsDoneSoonAfterItIsCalled() throws Exception {
        var thread = host();
        for (int i = 1; i <= 1000; i++) {
            int expected = i;
            poller.work.set(i);
            LockSupport.unpark(thread);
            until(() -> poller.worked.get() == expected);
        }
    }

    @Test void tasksAndTimersGoOnBesideOneThatRests() throws Exception {
        host();
        for (int i = 0; i < 1000; i++) assertEquals(i, loop.submit(new Same(i)::get).join());
        loop.call(() -> {
            for (int i = 0; i < 20; i++) Tasks.sleep(Duration.ofMillis(1));
        });
    }

    private record Same(int get) {}

    @Test void oneThatStallsItsCarrierIsToldWithItsStack() throws Exception {
        var told = new CountDownLatch(1);
        var observer = new LoopObserver() {
            @Override public void stalled(Stall what) {
                if (what.task() == null && what.toString().contains("stallUntil")) told.countDown();
            }
        };
        var stalling = new Permits() {
            @Override public void work() {
                stallUntil(told);
                ended.set(true);
            }
        };
        var config = EventLoop.Config.standard().engine(EngineChoice.CARRIER).observer(observer);
        try (var watched = EventLoop.open(config.stallAfter(Duration.ofMillis(20)))) {
            watched.call(() -> Poller.host("poller", stalling));
            assertTrue(told.await(20, TimeUnit.SECONDS), "the stall went unnoticed");
        }
    }

    /// Lets go in the end, so that a test that is told of nothing fails and does not hang.
    private static void stallUntil(CountDownLatch told) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
        while (told.getCount() > 0 && System.nanoTime() - giveUp < 0) Thread.onSpinWait();
    }

    @Test void oneThatHasEndedMakesRoomForAnother() throws Exception {
        host();
        poller.ended.set(true);
        poller.wakeUp();
        var next = new Permits();
        until(() -> {
            try {
                return loop.call(() -> Poller.host("poller", next)) != null;
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
        next.happen();
        until(() -> next.handled.get() == 1);
        next.ended.set(true);
        next.wakeUp();
    }
}
