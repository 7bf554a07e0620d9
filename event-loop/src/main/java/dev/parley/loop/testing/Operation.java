package dev.parley.loop.testing;

import org.jspecify.annotations.Nullable;

/// One operation of a simulated run, as recorded by [Simulation#record(String, java.util.concurrent.Callable)].
///
/// `invoked`, `waited` and `returned` are places in one order of events of the run, so that
/// `a.returned() < b.invoked()` says that a was over before b began, and `a.waited() < b.invoked()` that a was already
/// in its queue.
///
/// @param thread the name of the thread
/// @param name what it did
/// @param result what the operation returned; null if nothing, or if it failed or is pending
/// @param failure what it threw, or null
/// @param invoked when it began
/// @param waited when it first parked for something other than a lock; [#NEVER] if it did not
/// @param returned when it returned or threw; [#NEVER] if it is pending
public record Operation(String thread, String name, @Nullable Object result, @Nullable Throwable failure, int invoked,
        int waited, int returned) {
    /// Later than all events.
    public static final int NEVER = Integer.MAX_VALUE;

    /// Whether it had not returned when the history was asked for.
    public boolean pending() {
        return returned == NEVER;
    }

    @Override public String toString() {
        String end = pending() ? "..." : failure != null ? "threw " + failure : "= " + result;
        return thread + ": " + name + " " + end + " [" + invoked + (waited == NEVER ? "" : ", waits " + waited)
                + (pending() ? "" : ", " + returned) + "]";
    }
}
