package dev.parley.loop.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What runs the threads of one loop. A thread is started on an engine and stays on it; the engine decides when it runs.
///
/// Once the loop has no task left it calls [#retire]. That is a promise to start nothing more, not an end: threads that the
/// loop never heard of (a program may start some with `Thread.startVirtualThread` inside a task) still run to their end.
public sealed interface Engine permits CarrierEngine, GroupEngine, BatonEngine, HostedEngine {
    /// Starts a virtual thread. In the order of the calls, as far as one thread makes them.
    Thread start(@Nullable String name, Runnable body);

    /// Called by a thread before all else that it does, if its body is a [Resident]: for other bodies the engine does it.
    default void begins() {}

    /// Called by a thread after all else that it does, even if it fails, if its body is a [Resident].
    default void ends() {}

    /// Interrupts a thread that was started here.
    default void interrupt(Thread thread) { thread.interrupt(); }

    /// The clock of this engine's threads, as [dev.parley.loop.waiting.Waiting#nanoTime].
    default long nanoTime() { return System.nanoTime(); }

    /// Ends the engine's own threads as soon as nothing is left that they could run.
    void retire();

    /// Where its threads run; none if that is not the engine's to know. May become more.
    List<? extends Lane> lanes();

    /// How many slices have begun in all lanes.
    default long slices() { return lanes().stream().mapToLong(Lane::slices).sum(); }

    /// Whether `thread` is in a slice now. Not exact while it changes.
    boolean runs(Thread thread);

    /// Whether time and turns are simulated: then nothing that real threads do may touch the loop.
    default boolean simulated() { return false; }

    /// A name for messages, as "carrier" or "baton".
    String kind();
}
