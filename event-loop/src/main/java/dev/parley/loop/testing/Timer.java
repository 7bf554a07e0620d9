package dev.parley.loop.testing;

import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/// Something to be done at an instant of virtual time. The JDK wants a future for its timed waits, and uses of it
/// only [#cancel].
final class Timer implements ScheduledFuture<Void> {
    /// Virtual nanoseconds since the run began. Not changed once the timer is queued.
    long at;
    /// Fires after all else of the same instant, alone, and only when nothing is ready.
    final boolean settles;
    final long number;
    final Runnable command;
    /// For a timed wait of the JDK's own: who waits, since when by the real clock, how long, how long it was meant to be, and
    /// whether by the real clock.
    final @Nullable SimulatedThread waiter;
    final long realStart;
    final long delay;
    final long whole;
    boolean loops;
    private boolean cancelled;
    private boolean fired;

    Timer(long at, boolean settles, long number, Runnable command) {
        this(at, settles, number, command, null, 0, 0, 0);
    }

    Timer(long at, boolean settles, long number, Runnable command, @Nullable SimulatedThread waiter, long realStart,
            long delay, long whole) {
        this.at = at;
        this.settles = settles;
        this.number = number;
        this.command = command;
        this.waiter = waiter;
        this.realStart = realStart;
        this.delay = delay;
        this.whole = whole;
    }

    void fire() {
        fired = true;
        command.run();
    }

    boolean fired() {
        return fired;
    }

    @Override public int compareTo(Delayed other) {
        var that = (Timer) other;
        if (at != that.at) return Long.compare(at, that.at);
        if (settles != that.settles) return settles ? 1 : -1;
        return Long.compare(number, that.number);
    }

    @Override public boolean equals(@Nullable Object other) { return this == other; }

    @Override public int hashCode() { return Long.hashCode(number); }

    @Override public boolean cancel(boolean mayInterrupt) {
        if (fired || cancelled) return false;
        cancelled = true;
        return true;
    }

    @Override public boolean isCancelled() { return cancelled; }

    @Override public boolean isDone() { return fired || cancelled; }

    @Override public long getDelay(TimeUnit unit) { return unit.convert(at, TimeUnit.NANOSECONDS); }

    @Override public Void get() throws ExecutionException { throw notWaitedFor(); }

    @Override public Void get(long timeout, TimeUnit unit) throws ExecutionException { throw notWaitedFor(); }

    private static ExecutionException notWaitedFor() {
        return new ExecutionException(new IllegalStateException("a timer of a simulation cannot be waited for"));
    }
}
