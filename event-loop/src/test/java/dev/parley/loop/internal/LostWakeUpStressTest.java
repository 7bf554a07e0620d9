package dev.parley.loop.internal;

import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// Hunts for the moment in which an engine comes to rest while somebody gives it work.
@Timeout(120)
@ParameterizedClass
@EnumSource(EngineContractTest.Kind.class) class LostWakeUpStressTest {
    private final Engine engine;

    LostWakeUpStressTest(EngineContractTest.Kind kind) {
        this.engine = kind.make();
    }

    @Test void oneByOneAsTheEngineComesToRest() throws InterruptedException {
        oneByOne(20_000);
    }

    @Tag("slow")
    @Test void oneByOneForLonger() throws InterruptedException {
        oneByOne(1_000_000);
    }

    private void oneByOne(int rounds) throws InterruptedException {
        var count = new AtomicInteger();
        for (int i = 1; i <= rounds; i++) {
            engine.start(null, count::incrementAndGet);
            await(count, i);
            for (int pause = i % 64; pause > 0; pause--) Thread.onSpinWait(); // meet the engine at another point each time
        }
        engine.retire();
    }

    @Test void twoThreadsOfTwoEnginesWakeEachOther() throws InterruptedException {
        pair(20_000);
    }

    @Tag("slow")
    @Test void twoThreadsOfTwoEnginesWakeEachOtherForLonger() throws InterruptedException {
        pair(500_000);
    }

    /// The way to rest is longest where a new alarm is set on it: each time the wait of the last thread ends earlier than those before.
    @Test void oneByOneWhileAnAlarmIsSet() throws InterruptedException {
        whileAnAlarmIsSet(2_000);
    }

    @Tag("slow")
    @Test void oneByOneWhileAnAlarmIsSetForLonger() throws InterruptedException {
        whileAnAlarmIsSet(50_000);
    }

    private void whileAnAlarmIsSet(int rounds) throws InterruptedException {
        var sleeper = new AtomicReference<Cell>();
        var begun = new AtomicInteger();
        long far = System.nanoTime() + 3_600_000_000_000L;
        engine.start("sleeper", () -> {
            sleeper.set(new Cell());
            for (int i = 1; i <= rounds; i++) {
                begun.set(i);
                Waiting.current().parkUntil(this, far - i * 1000);
            }
        });
        var count = new AtomicInteger();
        for (int i = 1; i <= rounds; i++) {
            await(begun, i);
            for (int pause = i % 256; pause > 0; pause--) Thread.onSpinWait();
            engine.start(null, count::incrementAndGet);
            await(count, i);
            sleeper.get().wake();
        }
        engine.retire();
    }

    private static void await(AtomicInteger count, int least) {
        long giveUp = System.nanoTime() + 20_000_000_000L;
        while (count.get() < least) {
            assertTrue(System.nanoTime() - giveUp < 0, "lost in round " + least);
            Thread.onSpinWait();
        }
    }

    @Test void timedWaitsEnd() throws InterruptedException {
        timed(2_000);
    }

    @Tag("slow")
    @Test void timedWaitsEndForLonger() throws InterruptedException {
        timed(100_000);
    }

    /// Threads whose short waits come due as others begin, so that the next time to wake is set while the last one comes.
    private void timed(int rounds) throws InterruptedException {
        inThreads(3, rounds, "a timed wait did not end", (waiting, thread, round) -> {
            long deadline = waiting.nanoTime() + (thread + 1) * 7_000 + round % 13 * 3_000;
            while (deadline - waiting.nanoTime() > 0) waiting.parkUntil(this, deadline);
        });
    }

    private interface Round {
        void run(Waiting waiting, int thread, int round);
    }

    private void inThreads(int threads, int rounds, String lost, Round body) throws InterruptedException {
        var done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            int me = i;
            engine.start("thread" + i, () -> {
                for (int k = 0; k < rounds; k++) body.run(Waiting.current(), me, k);
                done.countDown();
            });
        }
        assertTrue(done.await(60, TimeUnit.SECONDS), lost);
        engine.retire();
    }

    @Test void turnsComeAtAnyMoment() throws InterruptedException {
        turns(20_000);
    }

    @Tag("slow")
    @Test void turnsComeAtAnyMomentForLonger() throws InterruptedException {
        turns(1_000_000);
    }

    /// Who is next may just be giving up the watch for its turn.
    private void turns(int rounds) throws InterruptedException {
        inThreads(2, rounds, "a turn did not come", (waiting, thread, round) -> {
            for (int pause = round % 64; pause > 0; pause--) Thread.onSpinWait();
            waiting.giveWay();
        });
    }

    @Test void timedWaitsThatAreEndedEarlyEnd() throws InterruptedException {
        endedEarly(5_000);
    }

    @Tag("slow")
    @Test void timedWaitsThatAreEndedEarlyEndForLonger() throws InterruptedException {
        endedEarly(500_000);
    }

    /// A timer may be cancelled while the carrier that keeps it comes to rest, and is called from outside.
    private void endedEarly(int rounds) throws InterruptedException {
        int threads = 4;
        var cells = new AtomicReferenceArray<Cell>(threads);
        var counts = new AtomicInteger[threads];
        long far = System.nanoTime() + 3_600_000_000_000L;
        for (int i = 0; i < threads; i++) {
            int me = i;
            var count = counts[i] = new AtomicInteger();
            engine.start("sleeper" + i, () -> {
                cells.set(me, new Cell());
                for (int k = 1; k <= rounds; k++) {
                    count.set(k);
                    Waiting.current().parkUntil(this, far);
                }
            });
        }
        for (int k = 1; k <= rounds; k++) for (int i = 0; i < threads; i++) {
            await(counts[i], k);
            for (int pause = k % 64; pause > 0; pause--) Thread.onSpinWait();
            cells.get(i).wake();
        }
        engine.retire();
    }

    private static final class Cell {
        private final Waiting waiting = Waiting.current();
        private final Thread thread = Thread.currentThread();

        void wake() { waiting.unpark(thread); }
    }

    private void pair(int rounds) throws InterruptedException {
        var other = new BatonEngine("baton");
        var turn = new AtomicInteger();
        var cells = new Cell[2];
        var ready = new CountDownLatch(2);
        var done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            int me = i;
            (me == 0 ? engine : other).start("side" + me, () -> {
                cells[me] = new Cell();
                ready.countDown();
                while (ready.getCount() > 0) Waiting.current().giveWay();
                for (int k = 0; k < rounds; k++) {
                    while (turn.get() != me) Waiting.current().park(this);
                    turn.set(1 - me);
                    cells[1 - me].wake();
                }
                done.countDown();
            });
        }
        assertTrue(done.await(60, TimeUnit.SECONDS), "a wake-up was lost");
        engine.retire();
    }
}
