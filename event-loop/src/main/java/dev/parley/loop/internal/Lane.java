package dev.parley.loop.internal;

import org.jspecify.annotations.Nullable;

/// One of the places where an engine runs threads, one at a time: what the watchdog watches.
public interface Lane {
    /// How many slices have begun: from being given a processor to the next wait. If it stands still while [#running] says
    /// true, one slice is taking all that time. Not exact while it changes.
    long slices();

    /// Whether a thread is in a slice here now.
    boolean running();

    /// Whether `thread` is in a slice here now. Not exact while it changes.
    boolean runs(Thread thread);

    /// The thread of the poller that this place hosts, if that is in a slice here now; else null. Not exact while it changes.
    default @Nullable Thread runningPoller() { return null; }
}
