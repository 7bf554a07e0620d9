package dev.parley.loop.testing;

import java.util.ArrayList;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/// The clock of a run and its timers.
///
/// Cancelled timers stay in the queue until they reach its head or outnumber the others, so that to cancel costs nothing.
///
/// **Waits of the JDK.** Those of `Thread.sleep` and `java.util.concurrent` go back to waiting when too little real time has passed,
/// and have been shortened, before they get here, by the real time since their deadline was set. Which they are shows from the
/// stack of the thread, which can be read only after the step that began the wait; so they are kept apart until somebody
/// asks for the next timer. Then they are made whole again, or each run would have an instant of its own, see [#whole].
final class VirtualTime {
    private static final long GRAIN = 1_000_000;
    /// Waits of the JDK are shorter, see [Simulation.Config#stall].
    private static final long LONG = 100_000_000_000L;

    /// The JDK takes 10 microseconds from setting a deadline to waiting for it, once its classes are loaded. Where it took longer, the
    /// carrier did not run meanwhile.
    private static final long HELD_UP = 100_000;

    static {
        loadWaitsOfJdk();
    }

    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ArrayList<Timer> ofJdk = new ArrayList<>();
    private int sweepAt = 64;
    private long number;
    private long now;

    /// To load them takes 200 microseconds.
    private static void loadWaitsOfJdk() {
        try {
            new Semaphore(0).tryAcquire(1, TimeUnit.NANOSECONDS);
            new ArrayBlockingQueue<>(1).poll(1, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the first wait of a run will take longer to begin
        }
    }

    /// Drops all timers.
    void forget() {
        timers.clear();
        ofJdk.clear();
    }

    /// Nanoseconds since the run began.
    long now() {
        return now;
    }

    /// The instant `nanos` from now, or the end of time.
    long after(long nanos) {
        long at = now + Math.max(nanos, 0);
        return at < 0 ? Long.MAX_VALUE : at;
    }

    Timer set(long at, boolean settles, Runnable command) {
        var timer = new Timer(at, settles, number++, command);
        add(timer);
        return timer;
    }

    /// @param stepBegan when the step began in which this wait does, by the real clock: its deadline was not set before that
    Timer setByJdk(long nanos, Runnable command, @Nullable SimulatedThread waiter, long stepBegan) {
        long real = System.nanoTime();
        var timer = new Timer(after(nanos), false, number++, command, waiter, real, nanos,
                whole(nanos, real - stepBegan));
        ofJdk.add(timer);
        return timer;
    }

    /// The next timer, which stays.
    @Nullable Timer next() {
        if (!ofJdk.isEmpty()) place();
        while (true) {
            var next = timers.peek();
            if (next == null || !next.isCancelled()) return next;
            timers.remove();
        }
    }

    /// Takes out the next timer, and goes to its instant.
    void take(Timer next) {
        timers.remove();
        now = Math.max(now, next.at);
    }

    int size() {
        return timers.size() + ofJdk.size();
    }

    private void place() {
        for (var timer : ofJdk) {
            if (timer.isCancelled()) continue;
            var waiter = timer.waiter;
            if (waiter != null && Where.loopsOnRealClock(waiter.thread)) {
                long at = timer.at - timer.delay + timer.whole;
                timer.at = at < 0 ? Long.MAX_VALUE : at;
                timer.loops = true;
            }
            add(timer);
        }
        ofJdk.clear();
    }

    /// How long a wait was meant to be that is `delay` after it was shortened, by `atMost`: a whole number of milliseconds. That is
    /// the next one, unless the wait was held up in between; then it is the roundest that it can be. Of less than a millisecond it
    /// is likelier that it was asked for.
    static long whole(long delay, long atMost) {
        long next = multiple(delay, GRAIN);
        if (next == GRAIN || next - delay <= HELD_UP) return next;
        long grain = 10 * GRAIN;
        while (grain <= delay / 5 && grain < LONG) grain *= 10;
        for (; grain > GRAIN; grain /= 10) {
            if (multiple(delay, grain) - delay <= atMost) return multiple(delay, grain);
            if (multiple(delay, grain / 2) - delay <= atMost) return multiple(delay, grain / 2);
        }
        return next;
    }

    private static long multiple(long least, long of) {
        return Math.ceilDiv(least, of) * of;
    }

    private void add(Timer timer) {
        timers.add(timer);
        if (timers.size() <= sweepAt) return;
        timers.removeIf(Timer::isCancelled);
        sweepAt = Math.max(64, 2 * timers.size());
    }
}
