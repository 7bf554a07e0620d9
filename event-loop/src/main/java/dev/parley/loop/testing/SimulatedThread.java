package dev.parley.loop.testing;

import org.jspecify.annotations.Nullable;

/// What a scheduler knows of one of its threads.
final class SimulatedThread {
    /// In the order of starting, from 0; the same in every run of the same schedule.
    final int id;
    final String name;
    final Thread thread;
    /// Set when the thread is first ready, that is when it is started.
    @Nullable Runnable continuation;
    /// In the ready queue.
    boolean ready;
    /// Gave way at a preemption point, so that going on is the calm choice.
    boolean preempted;
    /// Waits through the seam of this simulation.
    boolean parked;
    /// Interrupted by the simulation, so that it may end with an InterruptedException.
    boolean interrupted;
    /// The recorded operation that it is in.
    @Nullable Recorded operation;

    SimulatedThread(int id, String name, Thread thread) {
        this.id = id;
        this.name = name;
        this.thread = thread;
    }
}
