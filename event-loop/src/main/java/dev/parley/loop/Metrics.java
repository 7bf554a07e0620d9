package dev.parley.loop;

/// Numbers of one loop, since it was opened. Each is exact for itself; they are not read at one instant.
///
/// @param started tasks begun
/// @param succeeded tasks that returned
/// @param failed tasks that threw
/// @param cancelled tasks that were cancelled
/// @param unhandled failures that nobody waited for
/// @param slices how often a task was resumed (0 where the engine does not know)
/// @param stalls slices that took longer than the configured limit
/// @param timers timers that wait for their time
public record Metrics(long started, long succeeded, long failed, long cancelled, long unhandled, long slices,
        long stalls, int timers) {
    /// Tasks that have begun and not ended.
    public long running() { return started - succeeded - failed - cancelled; }
}
