package dev.parley.loop.internal;

import dev.parley.loop.Until;
import dev.parley.loop.waiting.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// A thread that blocks and does not leave its carrier must not keep the others of its group from running.
@Timeout(60) class SpareCarriersTest {
    private final GroupEngine engine = new GroupEngine("spared", 2);

    @AfterEach void retire() {
        engine.retire();
        Until.holds("all carriers end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("spared-")));
        assertEquals(0, engine.spares());
    }

    /// Classes whose initialisers wait: a thread in one is pinned, since a frame of the JVM is between.
    private static final class Gate {
        static final CountDownLatch OPEN = new CountDownLatch(1);
        static final AtomicInteger WAITING = new AtomicInteger();

        static int pass() {
            WAITING.incrementAndGet();
            try {
                OPEN.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            return 7;
        }
    }

    private static final class First {
        static final int GOT = Gate.pass();
    }

    private static final class Second {
        static final int GOT = Gate.pass();
    }

    private static final class Third {
        static final int GOT = Gate.pass();
    }

    /// More pinned threads than carriers, and the spares are blocked, too. What opens the gate is started after them.
    @Test void othersRunWhileMorePinnedThreadsWaitThanThereAreCarriers() throws InterruptedException {
        var done = new CountDownLatch(3);
        var sum = new AtomicInteger();
        engine.start("first", () -> {
            sum.addAndGet(First.GOT);
            done.countDown();
        });
        engine.start("second", () -> {
            sum.addAndGet(Second.GOT);
            done.countDown();
        });
        engine.start("third", () -> {
            sum.addAndGet(Third.GOT);
            done.countDown();
        });
        Until.holds("all three wait", () -> Gate.WAITING.get() == 3);
        engine.start("opens", Gate.OPEN::countDown);
        assertTrue(done.await(30, TimeUnit.SECONDS), "the pinned threads held all carriers");
        assertEquals(21, sum.get());
    }

    /// Reads a byte from a process that echoes what it gets: the read of a pipe blocks in native code.
    private static int echoed(Process echo) {
        try {
            return echo.getInputStream().read();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static void write(Process echo) {
        try {
            echo.getOutputStream().write(7);
            echo.getOutputStream().flush();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test void othersRunWhileThreadsBlockInNativeCode() throws Exception {
        int blocked = 4;
        var echoes = new ArrayList<Process>();
        var done = new CountDownLatch(blocked);
        var begun = new AtomicInteger();
        for (int i = 0; i < blocked; i++) {
            var echo = new ProcessBuilder("cat").start();
            echoes.add(echo);
            engine.start("reader" + i, () -> {
                begun.incrementAndGet();
                if (echoed(echo) == 7) done.countDown();
            });
        }
        Until.holds("all read, on spares those for which there is no carrier", () -> begun.get() == blocked);
        engine.start("writer", () -> echoes.forEach(SpareCarriersTest::write));
        assertTrue(done.await(30, TimeUnit.SECONDS), "the readers held all carriers");
        Until.holds("the spares leave when they are not needed", () -> engine.spares() == 0);
        echoes.forEach(Process::destroy);
    }

    /// While the carriers are blocked a spare runs sleepers. Their timers are kept by a carrier that cannot look at them.
    @Test void sleepersOnASpareAreWokenInOrder() throws Exception {
        var echoes = ConcurrentHashMap.<Process>newKeySet();
        var begun = new AtomicInteger();
        var done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            var echo = new ProcessBuilder("cat").start();
            echoes.add(echo);
            engine.start("reader", () -> {
                begun.incrementAndGet();
                if (echoed(echo) == 7) done.countDown();
            });
        }
        Until.holds("both read", () -> begun.get() == 2);
        var failure = new AtomicReference<Throwable>();
        var slept = new CountDownLatch(3);
        engine.start("sleeper", () -> {
            try {
                for (int i = 0; i < 3; i++) {
                    assertFalse(new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS)); // a timed wait of the JDK
                    long deadline = System.nanoTime() + 1_000_000;
                    while (System.nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
                    slept.countDown();
                }
            } catch (Throwable thrown) {
                failure.set(thrown);
            }
        });
        assertTrue(slept.await(30, TimeUnit.SECONDS), "a timer of a spare was lost");
        assertNull(failure.get());
        echoes.forEach(SpareCarriersTest::write);
        assertTrue(done.await(30, TimeUnit.SECONDS));
        echoes.forEach(Process::destroy);
    }

    /// The timer of a thread that fell asleep on a spare must not leave with it.
    @Test void aSleeperOutlivesItsSpare() throws Exception {
        var echoes = new ArrayList<Process>();
        var begun = new AtomicInteger();
        var done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            var echo = new ProcessBuilder("cat").start();
            echoes.add(echo);
            engine.start("reader", () -> {
                begun.incrementAndGet();
                if (echoed(echo) == 7) done.countDown();
            });
        }
        Until.holds("both read", () -> begun.get() == 2);
        var slept = new CountDownLatch(1);
        var sleeper = engine.start("sleeper", () -> {
            long deadline = System.nanoTime() + 500_000_000;
            while (System.nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
            slept.countDown();
        });
        Until.holds("it sleeps", () -> sleeper.getState() == Thread.State.TIMED_WAITING);
        echoes.forEach(SpareCarriersTest::write);
        assertTrue(done.await(30, TimeUnit.SECONDS));
        Until.holds("the spare has left", () -> engine.spares() == 0);
        assertTrue(slept.await(20, TimeUnit.SECONDS), "the timer left with the spare");
        echoes.forEach(Process::destroy);
    }

    /// `Object.wait` and a contended monitor leave the carrier free, so no spare is needed.
    @SuppressWarnings({"NakedNotify", "WaitNotInLoop"}) // nothing else is to happen here
    @Test void waitingForAMonitorHoldsNoCarrier() throws InterruptedException {
        var monitor = new Object();
        var waiting = new ArrayList<Thread>();
        var done = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) waiting.add(engine.start("waits", () -> {
            synchronized (monitor) {
                try {
                    monitor.wait();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            }
            done.countDown();
        }));
        Until.holds("all wait", () -> waiting.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
        Until.holds("no spare stays for them", () -> engine.spares() == 0); // one may have come for a slow start
        engine.start("notifies", () -> {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        });
        assertTrue(done.await(30, TimeUnit.SECONDS), "the notified did not run");
    }

    /// Spares come and go while others start, sleep, wake each other and block again.
    @Tag("slow")
    @Test void nothingIsLostWhileSparesComeAndGo() throws Exception {
        int blockers = 5;
        int rounds = 100;
        var done = new CountDownLatch(blockers);
        var bystanders = new AtomicInteger();
        var slow = new ArrayList<Process>();
        for (int i = 0; i < blockers; i++) {
            var answers = new ProcessBuilder("sh", "-c", "while read x; do sleep 0.00" + (2 + i) + "; echo; done")
                    .start();
            slow.add(answers);
            engine.start("blocker", () -> {
                try {
                    for (int k = 0; k < rounds; k++) {
                        answers.getOutputStream().write('\n');
                        answers.getOutputStream().flush();
                        if (answers.getInputStream().read() != '\n') throw new AssertionError("it ended");
                        for (int n = 0; n < 20; n++) engine.start(null, () -> {
                            long deadline = System.nanoTime() + 100_000;
                            while (System.nanoTime() - deadline < 0) Waiting.current().parkUntil(this, deadline);
                            bystanders.incrementAndGet();
                        });
                    }
                    done.countDown();
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
        }
        assertTrue(done.await(50, TimeUnit.SECONDS), () -> done.getCount() + " are lost");
        Until.holds("all bystanders ran", () -> bystanders.get() == blockers * rounds * 20);
        slow.forEach(Process::destroy);
    }
}
