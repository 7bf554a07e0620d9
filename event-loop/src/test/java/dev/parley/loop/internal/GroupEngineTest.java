package dev.parley.loop.internal;

import dev.parley.loop.Until;
import dev.parley.loop.waiting.Waiting;
import java.util.Arrays;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a group promises beyond what every engine does: that work is spread.
@Timeout(60) class GroupEngineTest {
    private final GroupEngine engine = new GroupEngine("spread", 3);

    @AfterEach void retire() {
        engine.retire();
    }

    private static String carrier() {
        String text = Thread.currentThread().toString();
        return text.substring(text.lastIndexOf('@') + 1);
    }

    /// As many threads as carriers, started by one of them, each of which goes on only when all run: each carrier must get one.
    @Test void idleCarriersStealWhatABusyOneStarted() throws InterruptedException {
        var running = new AtomicInteger();
        var carriers = ConcurrentHashMap.<String>newKeySet();
        var done = new CountDownLatch(3);
        Runnable meeting = () -> {
            running.incrementAndGet();
            carriers.add(carrier());
            Until.holds("all run at once", () -> running.get() == 3);
            done.countDown();
        };
        engine.start("first", () -> {
            engine.start("second", meeting);
            engine.start("third", meeting);
            meeting.run();
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), "work was not spread");
        assertEquals(3, carriers.size());
    }

    /// Until this carrier keeps what it wakes, as it does where slices are short.
    private static void shortSlices() {
        long end = System.nanoTime() + 20_000_000;
        while (System.nanoTime() - end < 0) Waiting.current().giveWay();
    }

    private long awake() {
        return engine.lanes().stream().filter(Lane::running).count();
    }

    /// Starts `n` threads in one slice of a carrier that may keep four; the others are idle. Returns whether one of them was woken.
    /// Tries again where the monitor may have had a hand in it.
    private boolean wakesForSome(int n) {
        while (true) {
            long before;
            do {
                before = System.nanoTime();
                Waiting.current().giveWay();
            } while (awake() > 1 || engine.anySearching());
            var here = ((GroupWorker.Carrier) JdkInternals.currentCarrier()).worker();
            here.keep(4);
            long rests = restsBeside(here);
            for (int i = 0; i < n; i++) engine.start(null, () -> {});
            boolean woken = awake() > 1 || restsBeside(here) > rests; // it may have had this processor, and be at rest again
            if (here.keeps() == 4 && System.nanoTime() - before < GroupMonitor.TICK) return woken;
        }
    }

    private long restsBeside(GroupWorker here) {
        return engine.lanes().stream().filter(worker -> worker != here).mapToLong(GroupWorker::rests).sum();
    }

    @Test void noCarrierIsWokenForAsManyAsAreToBeKept() throws InterruptedException {
        var forFour = new AtomicInteger();
        var forSix = new AtomicInteger();
        var done = new CountDownLatch(1);
        engine.start("starts", () -> {
            for (int i = 0; i < 100; i++) {
                if (wakesForSome(4)) forFour.incrementAndGet();
                if (wakesForSome(6)) forSix.incrementAndGet();
            }
            done.countDown();
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), "the others are never idle");
        assertEquals(100, forSix.get());
        assertTrue(forFour.get() <= 5, () -> "of 100, woken for four " + forFour); // a tick of the monitor may come early
    }

    /// The one thread that waits in the `next` place of a carrier whose slice does not end.
    @RepeatedTest(5) void whatWaitsBehindALongSliceIsRelieved() throws InterruptedException {
        var relieved = new AtomicBoolean();
        var done = new CountDownLatch(1);
        engine.start("long", () -> {
            shortSlices();
            engine.start("next", () -> relieved.set(true));
            Until.holds("the other ran meanwhile", relieved::get);
            done.countDown();
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), "what waited in next was not relieved");
    }

    @RepeatedTest(3) void timersOfABusyCarrierFire() throws InterruptedException {
        var fired = new AtomicBoolean();
        var done = new CountDownLatch(1);
        engine.start("sleeper", () -> {
            shortSlices();
            String here = carrier();
            engine.start("long", () -> {
                if (carrier().equals(here)) Until.holds("the timer of this carrier fired", fired::get);
                done.countDown();
            });
            long deadline = System.nanoTime() + 5_000_000;
            while (System.nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
            fired.set(true);
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), "a timer waited for a long slice");
    }

    @Test void whatDoesNotFitOneQueueIsShared() throws InterruptedException {
        int n = 10_000;
        var done = new CountDownLatch(n);
        var seen = ConcurrentHashMap.<Integer>newKeySet();
        engine.start("crowd", () -> {
            for (int i = 0; i < n; i++) {
                int k = i;
                engine.start(null, () -> {
                    seen.add(k);
                    done.countDown();
                });
            }
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), () -> done.getCount() + " were lost");
        assertEquals(n, new HashSet<>(seen).size());
    }

    @Test void foreignWorkIsSeenByBusyCarriers() throws InterruptedException {
        var stop = new AtomicBoolean();
        for (int i = 0; i < 6; i++) engine.start("busy", () -> {
            while (!stop.get()) Waiting.current().giveWay();
        });
        var done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) engine.start(null, done::countDown);
        assertTrue(done.await(30, TimeUnit.SECONDS), "foreign work starved");
        stop.set(true);
    }

    /// A carrier that always has something of its own looks for foreign work after at most 16 slices. What else would help, the
    /// monitor and a spare, takes milliseconds, in which there are thousands; and the first takes the median of that.
    @Test void foreignWorkWaitsForAFewSlicesOnly() throws InterruptedException {
        var alone = new GroupEngine("alone", 1);
        var stop = new AtomicBoolean();
        for (int i = 0; i < 3; i++) alone.start("busy", () -> {
            while (!stop.get()) Waiting.current().giveWay();
        });
        Until.holds("they are busy", () -> alone.slices() > 100_000);
        var waited = new long[51];
        for (int i = 0; i < waited.length; i++) {
            var done = new CountDownLatch(1);
            int each = i;
            long before = alone.slices();
            alone.start(null, () -> {
                waited[each] = alone.slices() - before;
                done.countDown();
            });
            assertTrue(done.await(20, TimeUnit.SECONDS), "foreign work starved");
        }
        stop.set(true);
        alone.retire();
        Arrays.sort(waited);
        assertTrue(waited[waited.length / 2] < 500, () -> "slices before foreign work: " + Arrays.toString(waited));
    }

    @Test void theNumberOfCarriersIsChecked() {
        assertThrows(IllegalArgumentException.class, () -> new GroupEngine("none", 0));
        assertThrows(IllegalArgumentException.class, () -> new GroupEngine("many", 65));
        new GroupEngine("most", 64).retire();
    }
}
