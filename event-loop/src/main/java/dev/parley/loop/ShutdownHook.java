package dev.parley.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Cancels the main task of a loop when the JVM is told to end, and holds the JVM until the loop has ended, for a while.
final class ShutdownHook implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Task<?> main;
    private final long grace;
    private final Thread hook;

    ShutdownHook(Task<?> main, Duration grace) {
        this.main = main;
        this.grace = EventLoop.nanos(grace);
        hook = Thread.ofPlatform().name("ends-" + main.loop().name()).unstarted(this::end);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            cancel();
        }
    }

    private void end() {
        cancel();
        try {
            if (!ended.await(grace, TimeUnit.NANOSECONDS))
                System.getLogger("dev.parley.loop").log(System.Logger.Level.WARNING,
                        main.loop() + " has not ended in time after INT or TERM:\n" + main);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel() {
        main.cancel(new Cancellation("the JVM is told to end (INT, TERM or exit)", "the JVM", null));
    }

    /// The loop has ended.
    @Override public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            assert ended.getCount() == 0; // the hook runs, and now goes on
        }
    }
}
