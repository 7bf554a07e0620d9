package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a loop on a carrier of its own could get wrong. Each test fails if its cure is taken out.
@Timeout(60) class CarrierTrapsTest {
    private static final Config CARRIER = Config.standard().engine(EngineChoice.CARRIER);

    /// Cure: callbacks are virtual threads. On the carrier itself the callback would wait for a lock whose owner can only go
    /// on when the carrier is free.
    @SuppressWarnings("LockNotBeforeTry") // taking it is all that counts
    @Test void aTimerMayTakeALockWhoseOwnerWaits() throws Exception {
        try (var loop = EventLoop.open(CARRIER)) {
            var lock = new ReentrantLock();
            var done = new CountDownLatch(2);
            loop.spawn(() -> {
                lock.lock();
                try {
                    Tasks.sleep(Duration.ofMillis(20));
                } finally {
                    lock.unlock();
                }
                done.countDown();
            });
            loop.after(Duration.ofMillis(5), () -> {
                lock.lock();
                lock.unlock();
                done.countDown();
            });
            assertTrue(done.await(20, TimeUnit.SECONDS), "the carrier waits for a lock");
        }
    }

    /// Cure: a retired carrier is started anew for what still comes.
    @Test void threadsThatOutliveTheirLoopGoOn() throws Exception {
        var parked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var loop = EventLoop.open(CARRIER);
        loop.call(() -> Thread.startVirtualThread(() -> { // a thread of the loop, unknown to it
            parked.countDown();
            try {
                release.await();
                assertFalse(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)); // a timer of a closed loop
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            ended.countDown();
        }));
        parked.await();
        loop.close();
        release.countDown(); // execute() on a closed loop
        assertTrue(ended.await(20, TimeUnit.SECONDS), "a thread was lost with its loop");
    }

    /// These queues spin before they park, which on one carrier is waiting for somebody who cannot come. They park in the end; so they
    /// work here, and cost more. That we use none ourselves is a rule of the house's tests.
    @Test void queuesOfTheJdkThatSpinWorkBetweenTasksOfOneCarrier() throws Exception {
        for (BlockingQueue<Integer> queue : List.<BlockingQueue<Integer>>of(new SynchronousQueue<>(),
                new LinkedTransferQueue<>()))
            EventLoop.run(CARRIER, () -> TaskGroup.run(group -> {
                group.fork(() -> {
                    for (int i = 0; i < 1000; i++) {
                        if (queue instanceof LinkedTransferQueue<Integer> transfer) transfer.transfer(i);
                        else queue.put(i);
                    }
                });
                group.fork(() -> {
                    for (int i = 0; i < 1000; i++) {
                        Integer taken = i % 2 == 0 ? queue.take() : queue.poll(20, TimeUnit.SECONDS);
                        assertEquals(i, taken);
                    }
                });
            }));
    }

    /// Cure: a timed wait that is woken takes its timer along. Else it would hold the carrier, and memory, until the time is over.
    @Test void aTimedWaitThatIsWokenEarlyLeavesNoTimer() throws Exception {
        try (var loop = EventLoop.open(CARRIER.named("woken-early"))) {
            loop.call(() -> TaskGroup.run(group -> {
                var event = new CountDownLatch(1);
                group.fork(() -> {
                    assertTrue(event.await(1, TimeUnit.HOURS));
                });
                group.fork(() -> event.countDown());
            }));
        }
        Until.holds("the carrier ends with its loop", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("woken-early")));
    }

    /// Cure: timed waits of all code are the loop's own timers, so they come in time however busy other loops are.
    @SuppressWarnings("WaitNotInLoop") // that it returns is all that counts
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // without the cure no interrupt ends it
    @Test void jdkSleepsAndTimedWaitsJustWork() throws Exception {
        EventLoop.run(CARRIER, () -> {
            Thread.sleep(Duration.ofMillis(2)); // that the JDK's own sleep works here is what is tested
            assertEquals(false, new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS));
            var lock = new Object();
            synchronized (lock) {
                lock.wait(2);
            }
        });
    }

    @Test void aMonitorHeldAcrossAWaitDoesNotStopTheLoop() throws Exception {
        EventLoop.run(CARRIER, () -> {
            var lock = new Object();
            TaskGroup.run(group -> {
                for (int i = 0; i < 3; i++) group.fork(() -> {
                    synchronized (lock) {
                        Tasks.sleep(Duration.ofMillis(2));
                    }
                });
            });
        });
    }

    /// The first socket I/O of its JVM is done in a loop. With the loop's carrier occupied, and again with the loop closed, socket
    /// I/O elsewhere must go on.
    public static final class FirstSocketIo {
        private FirstSocketIo() {}

        public static void main(String[] args) throws Exception {
            var loop = EventLoop.open(CARRIER);
            loop.call(() -> echo());
            var elsewhere = new AtomicBoolean();
            var hogging = new CountDownLatch(1);
            var hog = loop.submit(() -> {
                hogging.countDown();
                long giveUp = System.nanoTime() + 10_000_000_000L;
                while (!elsewhere.get() && System.nanoTime() - giveUp < 0) Thread.onSpinWait();
                return elsewhere.get();
            });
            hogging.await();
            inDefaultThread(() -> {
                echo();
                elsewhere.set(true);
            });
            System.out.println("while occupied: " + hog.get());
            loop.close();
            inDefaultThread(() -> System.out.println("after the close: " + echo()));
        }

        private interface Body {
            void run() throws Exception;
        }

        private static void inDefaultThread(Body body) throws InterruptedException {
            Thread.startVirtualThread(() -> {
                try {
                    body.run();
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            }).join();
        }

        private static int echo() throws Exception {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var reader = Thread.currentThread();
                var accepted = new CountDownLatch(1);
                var client = Thread.startVirtualThread(() -> {
                    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                        accepted.await();
                        while (reader.getState() != Thread.State.WAITING) Thread.yield(); // the server is to wait in its read
                        socket.getOutputStream().write(7);
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
                try (var socket = server.accept()) {
                    accepted.countDown();
                    int got = socket.getInputStream().read();
                    client.join();
                    return got;
                }
            }
        }
    }

    /// Cure: the JDK's socket pollers are started before the first loop, on the JDK's scheduler.
    @Test void aLoopThatDoesTheFirstSocketIoDoesNotOwnIt() throws Exception {
        var result = FreshJvm.run(FirstSocketIo.class, FreshJvm.OPEN);
        assertTrue(result.output().contains("while occupied: true"), result.output());
        assertTrue(result.output().contains("after the close: 7"), result.output());
    }

    /// Prints the kind of the loop that is chosen.
    public static final class Chosen {
        private Chosen() {}

        public static void main(String[] args) throws Exception {
            System.out.println(EventLoop.run(() -> EventLoop.current().toString()));
            System.out.println(EventLoop.run(() -> EventLoop.current().toString()));
            try {
                EventLoop.open(CARRIER).close();
            } catch (IllegalStateException refusal) {
                System.out.println("refused: " + refusal.getMessage());
            }
        }
    }

    /// Cure: the internals are probed, and what is missing is named in one line.
    @Test void withoutTheFlagTheBatonEngineRunsAndTheFlagIsNamedOnce() throws Exception {
        String output = FreshJvm.run(Chosen.class).output();
        assertTrue(output.contains("EventLoop[loop-1, baton]"), output);
        assertEquals(2, output.split("event loops run on", -1).length, output);
        assertTrue(output.contains("event loops run on the baton engine, since java.lang is not open to Parley; "
                + "start Java with --add-opens java.base/java.lang=ALL-UNNAMED"), output);
        assertTrue(output.contains("refused: the carrier engine was asked for but cannot run"), output);
    }

    @Test void withTheFlagTheCarrierEngineRunsAndSaysSo() throws Exception {
        String output = FreshJvm.run(Chosen.class, FreshJvm.OPEN).output();
        assertTrue(output.contains("EventLoop[loop-1, carrier]"), output);
        assertTrue(output.contains("event loops run on the carrier engine"), output);
        assertTrue(output.contains("BATON"), output);
    }

    @Test void theNumberOfCarriersIsChecked() {
        assertThrows(IllegalArgumentException.class, () -> Config.standard().carriers(0));
        assertThrows(IllegalArgumentException.class, () -> Config.standard().carriers(65));
    }
}
