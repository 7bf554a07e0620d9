package dev.parley.loop.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The steps of one run, for people: consecutive steps of one thread are one line.
final class Trace {
    private static final int MOST = 200;

    private final ArrayList<String> lines = new ArrayList<>();
    private @Nullable SimulatedThread last;
    private int more;
    void before(SimulatedThread thread) {
        if (thread == last || lines.size() == MOST) return;
        last = thread;
        lines.add("");
    }

    /// Something that no thread did.
    void event(String what) {
        if (lines.size() == MOST) return;
        last = null;
        lines.add("-- " + what);
    }

    void after(SimulatedThread thread, String label) {
        if (thread != last) {
            more++;
            return;
        }
        String end = switch (thread.thread.getState()) {
            case TERMINATED -> "runs to its end";
            case WAITING, TIMED_WAITING,
                    BLOCKED -> "runs until it waits at " + Where.inner(thread.thread.getStackTrace());
            case NEW, RUNNABLE -> "runs up to " + Where.inner(thread.thread.getStackTrace());
        };
        lines.set(lines.size() - 1, label + "  " + end);
    }

    List<String> lines() {
        var all = new ArrayList<>(lines);
        if (more > 0) all.add("and " + more + " more steps");
        return all;
    }
}
