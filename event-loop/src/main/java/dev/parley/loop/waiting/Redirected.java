package dev.parley.loop.waiting;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where classes that were made preemptible wait, wake and read time instead of where they were written to: each method does what
/// the one of the JDK of the same name does, through the [Waiting] of the calling thread. Named only by code that is generated
/// (`dev.parley.loop.testing.Preemptible`), hence public; the signatures are those of the JDK, an instance coming first.
public final class Redirected {
    private static final String SOMEBODY = "somebody to unpark it";

    private static final long SOME_DATE = 1_000_000_000_000L;

    private Redirected() {}

    /// Another thread may run here.
    public static void point() {
        Preemption.point();
    }

    /// Of LockSupport.
    public static void park() {
        park(null);
    }

    /// Of LockSupport.
    public static void park(@Nullable Object blocker) {
        Preemption.point();
        Waiting.current().park(blocker == null ? SOMEBODY : blocker);
    }

    /// Of LockSupport.
    public static void parkNanos(long nanos) {
        parkNanos(null, nanos);
    }

    /// Of LockSupport.
    public static void parkNanos(@Nullable Object blocker, long nanos) {
        if (nanos <= 0) return;
        Preemption.point();
        var waiting = Waiting.current();
        waiting.parkUntil(blocker == null ? SOMEBODY : blocker, later(waiting, nanos));
    }

    /// Of LockSupport.
    public static void parkUntil(long millis) {
        parkUntil(null, millis);
    }

    /// Of LockSupport.
    public static void parkUntil(@Nullable Object blocker, long millis) {
        parkNanos(blocker, TimeUnit.MILLISECONDS.toNanos(millis - currentTimeMillis()));
    }

    /// Of LockSupport.
    public static void unpark(@Nullable Thread thread) {
        Preemption.point();
        if (thread != null) Waiting.current().unpark(thread);
    }

    /// Of System.
    public static long nanoTime() {
        return Waiting.current().nanoTime();
    }

    /// Of System, but by the clock of [#nanoTime], so that a simulated day begins on the same date each time. That clock may begin near its
    /// overflow, which is taken as zero here.
    public static long currentTimeMillis() {
        return SOME_DATE + TimeUnit.NANOSECONDS.toMillis(nanoTime() - Long.MAX_VALUE);
    }

    /// Of Thread.
    public static void sleep(long millis) throws InterruptedException {
        sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /// Of Thread.
    public static void sleep(Duration time) throws InterruptedException {
        sleepNanos(TimeUnit.NANOSECONDS.convert(time));
    }

    private static void sleepNanos(long nanos) throws InterruptedException {
        var waiting = Waiting.current();
        long deadline = later(waiting, nanos);
        do {
            if (Thread.interrupted()) throw new InterruptedException();
            waiting.parkUntil("its sleep to end", deadline);
        } while (deadline - waiting.nanoTime() > 0);
        if (Thread.interrupted()) throw new InterruptedException();
    }

    /// Of Thread. Whoever spins waits for another, so this gives way.
    public static void onSpinWait() {
        Waiting.current().giveWay();
    }

    /// Of Runtime: one, so that what follows from it, such as how long to spin, is the same on every machine.
    public static int availableProcessors(Runtime runtime) {
        return 1;
    }

    /// As far as the clock can tell, which may differ by no more than this.
    private static long later(Waiting waiting, long nanos) {
        return waiting.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
    }
}
