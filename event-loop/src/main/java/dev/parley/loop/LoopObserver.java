package dev.parley.loop;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// Is told what happens in a loop, by the thread in which it happens: must neither wait nor throw. What it throws is logged.
public interface LoopObserver {
    /// A task begins.
    default void started(Task<?> task) {}

    /// A task has ended.
    default void ended(Task<?> task, Outcome<?> how) {}

    /// One slice, of a loop or of one carrier of a group, has taken longer than [EventLoop.Config#stallAfter]. Told once per slice, while it
    /// goes on, by the watchdog's thread.
    default void stalled(Stall stall) {}

    /// What does not let the others run: a task, or a poller that the loop hosts.
    ///
    /// @param loop the name of the loop
    /// @param task the name of the task; null if it is none
    /// @param duration how long the slice has lasted at least
    /// @param stack where it is, innermost first; empty if that cannot be told
    record Stall(String loop, @Nullable String task, Duration duration, List<StackTraceElement> stack) {
        @Override public String toString() {
            var text = new StringBuilder("loop \"" + loop + "\" stands still since " + duration.toMillis() + " ms: "
                    + (task == null ? "a thread that is no task" : "task \"" + task + '"') + " runs without waiting");
            for (var frame : stack) text.append("\n\tat ").append(frame);
            return text.toString();
        }
    }
}
