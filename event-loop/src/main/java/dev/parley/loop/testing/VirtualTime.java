package dev.parley.loop.testing;

import java.util.ArrayList;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/// The clock of a run and its timers.
///
/// Cancelled timers stay in the queue until they reach its head or outnumber the others, so that to cancel costs nothing.
///
/// **Waits of the JDK.** Those of `Thread.sleep` and `java.util.concurrent` go back to waiting when too little real time has passed,
/// and have been shortened, before they get here, by the real time since their deadline was set. Which they are shows from the
/// stack of the thread, which can be read only after the step that began the wait; so they are kept apart until somebody
/// asks for the next timer. Then they are made whole milliseconds again, or each run would have an instant of its own.
final class VirtualTime {
    private static final long GRAIN = 1_000_000;

    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ArrayList<Timer> ofJdk = new ArrayList<>();
    private int sweepAt = 64;
    private long number;
    private long now;

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

    Timer setByJdk(long nanos, Runnable command, @Nullable SimulatedThread waiter) {
        var timer = new Timer(after(nanos), false, number++, command, waiter, System.nanoTime(), nanos);
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
                long at = timer.at - timer.delay + whole(timer.delay);
                timer.at = at < 0 ? Long.MAX_VALUE : at;
                timer.loops = true;
            }
            add(timer);
        }
        ofJdk.clear();
    }

    /// Rounded up.
    static long whole(long nanos) {
        return Math.ceilDiv(nanos, GRAIN) * GRAIN;
    }

    private void add(Timer timer) {
        timers.add(timer);
        if (timers.size() <= sweepAt) return;
        timers.removeIf(Timer::isCancelled);
        sweepAt = Math.max(64, 2 * timers.size());
    }
}
