package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.testing.Simulation.Exploration;
import org.jspecify.annotations.Nullable;

/// Runs a body on many schedules, on a carrier, and stops at the first that fails.
///
/// That schedule is run again with its decisions recorded, must take the same ones and fail again, and is then made simple by a
/// [Minimiser].
final class Search {
    /// Decisions made while a schedule is made simpler: about a second's worth.
    private static final long PATIENCE = 3_000_000;

    private final Carrier carrier;
    private final Config config;
    private final Body body;
    private volatile boolean stopped;
    private long schedules;
    private long steps;
    private long hash;

    Search(Carrier carrier, Config config, Body body) {
        this.carrier = carrier;
        this.config = config;
        this.body = body;
    }

    /// Starts no further schedule; from another thread.
    void stop() {
        stopped = true;
    }

    Exploration seeds(long first, int n) {
        for (long seed = first; seed != first + n && !stopped; seed++) {
            var failure = run(new Choices.Seeded(seed), seed, null, true);
            if (failure != null) throw found(seed, failure);
        }
        return new Exploration(schedules, steps, hash, false);
    }

    Exploration branches(int most) {
        // A fault is a branch like any other, so its probability does not matter, but their number does.
        var choices = new Choices.Exhaustive(1);
        boolean complete = false;
        while (!complete && schedules < most && !stopped) {
            var failure = run(choices, 0, null, true);
            if (failure != null) throw found(0, schedules, failure, choices.branch());
            complete = !choices.advance();
        }
        return new Exploration(schedules, steps, hash, complete);
    }

    Exploration listed(long seed, int[] list) {
        var failure = run(new Choices.Listed(list), seed, null, true);
        if (failure != null) throw found(seed, schedules, failure, list);
        return new Exploration(schedules, steps, hash, false);
    }

    private @Nullable Failure run(Choices choices, long seed, @Nullable Trace trace, boolean describe) {
        var run = carrier.scheduler().begin(config, choices, seed, trace);
        var failure = run.go(body, describe);
        schedules++;
        steps += run.steps();
        hash = (hash ^ run.hash()) * 0x9E3779B97F4A7C15L;
        return failure;
    }

    private SimulationFailure found(long seed, Failure failure) {
        long tried = schedules;
        var again = new Choices.Seeded(seed).recorded();
        long hash = failure.hash();
        var second = run(again, seed, null, false);
        if (second == null || !failure.resembles(second) || second.hash() != hash)
            return Report.unrepeatable(seed, failure);
        return found(seed, tried, failure, again.made());
    }

    private SimulationFailure found(long seed, long tried, Failure failure, int[] made) {
        var minimiser = new Minimiser(
                choices -> !stopped && failure.resembles(run(choices, seed, null, false)), PATIENCE);
        int[] least = minimiser.minimise(made);
        var trace = new Trace();
        var last = run(new Choices.Listed(least), seed, trace, true);
        if (last == null || !failure.resembles(last)) return Report.unrepeatable(seed, failure);
        return Report.of(seed, tried, last, made, least, trace);
    }
}
