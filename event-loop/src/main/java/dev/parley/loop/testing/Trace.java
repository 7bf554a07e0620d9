package dev.parley.loop.testing;

import java.util.ArrayList;
import java.util.List;

/// The steps of one run, for people: consecutive steps of one thread are one line.
final class Trace {
    private static final int MOST = 200;

    private final ArrayList<String> lines = new ArrayList<>();
    private String last = "";
    private int more;
    void before(SimulatedThread thread) {
        if (thread.name.equals(last) || lines.size() == MOST) return;
        last = thread.name;
        lines.add("");
    }

    void after(SimulatedThread thread) {
        if (!thread.name.equals(last)) {
            more++;
            return;
        }
        String end = switch (thread.thread.getState()) {
            case TERMINATED -> "runs to its end";
            case WAITING, TIMED_WAITING,
                    BLOCKED -> "runs until it waits at " + Where.inner(thread.thread.getStackTrace());
            case NEW, RUNNABLE -> "runs up to " + Where.inner(thread.thread.getStackTrace());
        };
        lines.set(lines.size() - 1, thread.name + "  " + end);
    }

    List<String> lines() {
        var all = new ArrayList<>(lines);
        if (more > 0) all.add("and " + more + " more steps");
        return all;
    }
}
