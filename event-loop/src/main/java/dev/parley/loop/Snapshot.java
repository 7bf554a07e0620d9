package dev.parley.loop;

import dev.parley.loop.waiting.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// The tasks of a loop, what each waits for, and who waits for it: a tree of tasks, the scopes they are in, and the groups they
/// have opened. Each task is looked at for itself while the others run on, so the picture is not of one instant.
///
/// @param loop the name of the loop
/// @param engine the kind of its engine
/// @param tasks the tasks of the loop itself; theirs are inside
public record Snapshot(String loop, String engine, List<Entry> tasks) {
    /// What an entry is.
    public enum Kind { TASK, GROUP, SCOPE }

    /// A task, or a group or scope that a task has opened.
    ///
    /// @param kind what it is
    /// @param name the name of the task; for a group its policy, for a scope its limit
    /// @param state in words
    /// @param waitsFor what a waiting task waits for, if that is known
    /// @param at the innermost line of the task's code that is not the JDK's nor ours
    /// @param awaitedBy the names of the tasks and threads that wait for a task's end
    /// @param inside what belongs to it
    public record Entry(Kind kind, String name, String state, @Nullable String waitsFor, @Nullable String at,
            List<String> awaitedBy, List<Entry> inside) {}

    static Snapshot of(EventLoop loop) {
        return new Snapshot(loop.name(), loop.engine().kind(), inside(loop.root(), loop));
    }

    private static List<Entry> inside(Cancellable node, EventLoop loop) {
        var children = new ArrayList<Cancellable>();
        node.forEachChild(children::add);
        return children.stream().map(child -> entry(child, loop)).toList();
    }

    private static Entry entry(Cancellable node, EventLoop loop) {
        var inside = inside(node, loop);
        var why = node.cancellation();
        String cancelled = why == null ? "" : "being cancelled: " + why.reason();
        return switch (node) {
            case Task<?> task -> task(task, cancelled, inside, loop);
            case TaskGroup group -> new Entry(Kind.GROUP,
                    group.policy().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    cancelled, null, null, List.of(), inside);
            case CancelScope scope -> new Entry(Kind.SCOPE, scope.limitText(), cancelled, null, null, List.of(),
                    inside);
        };
    }

    private static Entry task(Task<?> task, String cancelled, List<Entry> inside, EventLoop loop) {
        Thread thread = task.thread();
        if (thread == null)
            return new Entry(Kind.TASK, task.name(), task.isDone() ? "ended" : "not begun", null, null,
                    task.awaitedBy(), inside);
        boolean running = loop.engine().runs(thread);
        Object blocker = running ? null : LockSupport.getBlocker(thread);
        String state = running ? "running" : switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> "waiting";
            case BLOCKED -> "waiting for a monitor";
            case TERMINATED -> "ended";
            default -> "ready";
        };
        String waitsFor = state.equals("waiting") && blocker != null ? blocker.toString() : null;
        return new Entry(Kind.TASK, task.name(), cancelled.isEmpty() ? state : state + ", " + cancelled, waitsFor,
                line(thread.getStackTrace()), task.awaitedBy(), inside);
    }

    private static @Nullable String line(StackTraceElement[] stack) {
        var frame = Place.inProgram(stack);
        return frame == null ? null : Place.line(frame);
    }

    /// The tree, a line for each task, group and scope.
    public String render() {
        var text = new StringBuilder(loop).append(" (").append(engine).append(")\n");
        render(tasks, "", text);
        return text.toString();
    }

    private static void render(List<Entry> entries, String indent, StringBuilder text) {
        for (int i = 0; i < entries.size(); i++) {
            boolean last = i == entries.size() - 1;
            var entry = entries.get(i);
            text.append(indent).append(last ? "└─ " : "├─ ");
            if (entry.kind != Kind.TASK) text.append(entry.kind.name().toLowerCase(Locale.ROOT)).append(' ');
            text.append(entry.name);
            if (!entry.state.isEmpty()) text.append(": ").append(entry.state);
            if (entry.waitsFor != null) text.append(" for ").append(entry.waitsFor);
            if (entry.at != null) text.append(" at ").append(entry.at);
            if (!entry.awaitedBy.isEmpty()) text.append(", awaited by ").append(String.join(", ", entry.awaitedBy));
            text.append('\n');
            render(entry.inside, indent + (last ? "   " : "│  "), text);
        }
    }
}
