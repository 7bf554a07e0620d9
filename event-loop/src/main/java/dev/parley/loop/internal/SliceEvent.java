package dev.parley.loop.internal;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/// From the moment a thread gets its turn to its next wait. Off unless a recording asks for it.
@Name("dev.parley.Slice")
@Label("Slice")
@Category("Parley")
@StackTrace(false)
@Enabled(false)
@Threshold("1 ms") final class SliceEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    /// Runs `continuation` as one slice.
    static void of(String loop, Runnable continuation) {
        var event = new SliceEvent();
        event.begin();
        try {
            continuation.run();
        } finally {
            event.end(loop);
        }
    }

    void end(String where) {
        if (!shouldCommit()) return;
        loop = where;
        commit();
    }
}
