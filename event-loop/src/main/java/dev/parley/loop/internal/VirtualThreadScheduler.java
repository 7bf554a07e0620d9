package dev.parley.loop.internal;

import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// The shape in which the JVM takes a scheduler of virtual threads that also keeps their timers: a `ForkJoinPool`, of which
/// it calls `execute` and `schedule` only. (A plain `Executor` works too, but then all timed waits are woken by a thread of
/// the JDK.) The pool underneath is shut down from the start and never has a thread.
final class VirtualThreadScheduler extends ForkJoinPool {
    /// Keeps the timers of waiting threads. Called and cancelled on the carrier of the waiting thread.
    interface Timers {
        TimedWait schedule(Runnable command, long nanos);
    }

    private final Executor continuations;
    private final Timers timers;

    VirtualThreadScheduler(Executor continuations, Timers timers) {
        super(1);
        super.shutdown();
        this.continuations = continuations;
        this.timers = timers;
    }

    @Override public void execute(Runnable continuation) { continuations.execute(continuation); }

    @Override public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return timers.schedule(command, unit.toNanos(delay));
    }

    /// The timer of one timed wait. The JVM only ever cancels it.
    abstract static class TimedWait extends TimerHeap.Entry implements ScheduledFuture<Object> {
        private final Runnable command;

        TimedWait(Runnable command) {
            this.command = command;
        }

        @Override public void fire() { command.run(); }

        @Override public long getDelay(TimeUnit unit) {
            return unit.convert(deadline() - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override public boolean isCancelled() { throw internal(); }

        @Override public boolean isDone() { throw internal(); }

        @Override public Object get() { throw internal(); }

        @Override public Object get(long timeout, TimeUnit unit) { throw internal(); }

        private static UnsupportedOperationException internal() {
            return new UnsupportedOperationException("the timer of a waiting virtual thread can only be cancelled");
        }
    }
}
