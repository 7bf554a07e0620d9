package dev.parley.csp;

import java.util.List;
import java.util.stream.Collectors;

/// Processes one after another, as one process: each starts when the one before has ended; the first failure ends it.
public final class Seq implements Proc {
    private final List<Proc> processes;

    /// A sequence of `processes`.
    public Seq(Proc... processes) {
        this.processes = List.of(processes);
    }

    /// A sequence of `processes`.
    public Seq(List<? extends Proc> processes) {
        this.processes = List.copyOf(processes);
    }

    /// Runs the processes in order, on the calling thread. Checks before each whether the thread was interrupted.
    @Override public void run() throws Exception {
        for (var process : processes) {
            if (Thread.interrupted())
                throw new InterruptedException("interrupted before " + process.name() + " of " + name());
            process.run();
        }
    }

    @Override public String name() {
        return processes.stream().map(Proc::name).collect(Collectors.joining("; ", "Seq(", ")"));
    }
}
