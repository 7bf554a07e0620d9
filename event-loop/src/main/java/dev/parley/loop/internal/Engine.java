package dev.parley.loop.internal;

import org.jspecify.annotations.Nullable;

/// What runs the threads of one loop. A thread is started on an engine and stays on it; the engine decides when it runs.
///
/// Once the loop has no task left it calls [#retire]. That is a promise to start nothing more, not an end: threads that the
/// loop never heard of (a program may start some with `Thread.startVirtualThread` inside a task) still run to their end.
public sealed interface Engine permits CarrierEngine, GroupEngine, BatonEngine, HostedEngine {
    /// Starts a virtual thread. In the order of the calls, as far as one thread makes them.
    Thread start(@Nullable String name, Runnable body);

    /// The clock of this engine's threads, as [dev.parley.loop.waiting.Waiting#nanoTime].
    default long nanoTime() { return System.nanoTime(); }

    /// Ends the engine's own threads as soon as nothing is left that they could run.
    void retire();

    /// How many slices have begun: from being given a processor to the next wait. If it stands still while [#running] says
    /// true, one slice is taking all that time. Not exact while it changes.
    long slices();

    /// Whether a thread of this engine is in a slice now.
    boolean running();

    /// Whether `thread` is in a slice now. Not exact while it changes.
    boolean runs(Thread thread);

    /// Whether time and turns are simulated: then nothing that real threads do may touch the loop.
    default boolean simulated() { return false; }

    /// A name for messages, as "carrier" or "baton".
    String kind();
}
