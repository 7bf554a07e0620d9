package dev.parley.loop.waiting;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Waits for events from outside, as those of sockets, and can live on a carrier ([#host]): one that has nothing else to run then rests in [#poll] instead of a
/// park, so that an event needs no second thread, and wakes none.
///
/// [#work], [#poll] and [#hasEnded] are called by one virtual thread, so they may run a user's code and may wait for a lock; other threads of that carrier run
/// meanwhile.
public interface Poller {
    /// For so many slices of others a poller waits at most.
    int SLICES = 64;

    /// A time that does not end.
    long FOREVER = Long.MAX_VALUE;

    /// Does what it was given to do, without waiting.
    void work();

    /// Handles events that are there. If there is none, waits for one, at most for `nanos` (or [#FOREVER]) and as long as `mayWait` says so: it is asked again once a call of
    /// [#wakeUp] cannot be missed any more.
    void poll(long nanos, BooleanSupplier mayWait);

    /// Lets a [#poll] that waits return. By any thread.
    void wakeUp();

    /// Whether it is not to be called again.
    boolean hasEnded();

    /// Has the calling thread's carrier run `poller` until that has ended: whenever it has nothing else to run, at least once in [#SLICES] slices, and when the
    /// thread that this returns is unparked.
    ///
    /// @return the thread that calls `poller`; null if the calling thread is not on a single carrier of ours, or that has a poller already
    static @Nullable Thread host(String name, Poller poller) {
        return Waiting.host(name, poller);
    }
}
