package dev.parley.loop;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.parley.Stall")
@Label("Loop stalled")
@Category("Parley")
@StackTrace(false) final class StallEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Task")
    @Nullable String task;

    @Label("Where")
    @Nullable String stack;

    @Label("Stalled for")
    @Timespan long stalledFor;
}
