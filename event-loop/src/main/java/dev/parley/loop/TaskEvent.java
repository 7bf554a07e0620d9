package dev.parley.loop;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// The life of one task.
@Name("dev.parley.Task")
@Label("Task")
@Category("Parley")
@StackTrace(false) final class TaskEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;

    @Label("Outcome")
    @Nullable String outcome;

    /// Null if nobody records: a waiting task then does not keep one on its stack.
    static @Nullable TaskEvent begun() {
        var event = new TaskEvent();
        if (!event.isEnabled()) return null;
        event.begin();
        return event;
    }

    void end(Task<?> ended, Outcome<?> how) {
        if (!shouldCommit()) return;
        loop = ended.loop().name();
        task = ended.name();
        outcome = how.getClass().getSimpleName();
        commit();
    }
}
