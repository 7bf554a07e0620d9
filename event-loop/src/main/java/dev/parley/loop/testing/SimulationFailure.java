package dev.parley.loop.testing;

import org.jspecify.annotations.Nullable;

/// A schedule was found on which the simulated program fails. The message says what happened, where each thread was, which
/// steps led there after all that is not needed was taken away, and how to run that schedule again. The cause, if any,
/// is what the program threw.
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1;
    private final String report;
    private final long seed;

    SimulationFailure(String report, long seed, @Nullable Throwable cause) {
        super(report, cause);
        this.report = report;
        this.seed = seed;
    }

    /// The report, of several lines.
    @Override public String getMessage() { return report; }

    /// The seed of the failing schedule; for [Simulation#replay].
    public long seed() {
        return seed;
    }
}
