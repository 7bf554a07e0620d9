package dev.parley.loop.testing;

import dev.parley.loop.internal.JdkInternals;
import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.testing.Simulation.Exploration;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs a body on many schedules, and turns the first failure into a report.
///
/// The schedules run on a daemon thread made for the purpose, the carrier; the caller waits and watches its heartbeat. So a step
/// that never ends, which nothing can stop from within, still fails the test, and leaves the carrier behind.
///
/// A failing schedule is run again with its decisions recorded, must fail again, and is then made simple by a [Minimiser].
final class Explorer {
    /// Decisions made while a schedule is made simpler: about a second's worth.
    private static final long PATIENCE = 3_000_000;

    private final Config config;
    private final Body body;
    private final Heartbeat heartbeat = new Heartbeat();
    private final String test;
    private volatile @Nullable Scheduler scheduler;
    private volatile boolean stopped;
    private long schedules;
    private long steps;
    private long hash;

    Explorer(Config config, Body body) {
        this(config, body, caller());
    }

    Explorer(Config config, Body body, String test) {
        var missing = JdkInternals.missing();
        if (missing != null) throw new IllegalStateException("cannot simulate: " + missing);
        if (Waiting.current() instanceof SimulatedWaiting)
            throw new IllegalStateException(
                    "a simulation cannot be started within a simulation; spawn a thread in the one that runs");
        this.config = config;
        this.body = body;
        this.test = test;
    }

    Exploration explore(int n) {
        String seed = System.getProperty("parley.seed");
        String schedule = System.getProperty("parley.schedule");
        if (schedule != null)
            return onCarrier(() -> listed(seed == null ? 0 : Long.decode(seed), Minimiser.parse(schedule)));
        if (seed != null) return onCarrier(() -> seeds(Long.decode(seed), 1));
        return onCarrier(() -> seeds(config.firstSeed(), n));
    }

    Exploration exhaust(int most) {
        String schedule = System.getProperty("parley.schedule");
        if (schedule != null) return onCarrier(() -> listed(0, Minimiser.parse(schedule)));
        return onCarrier(() -> branches(most));
    }

    // ---- on the caller ----

    private Exploration onCarrier(Callable<Exploration> work) {
        var task = new FutureTask<>(work);
        var carrier = Thread.ofPlatform().daemon().name("simulation").unstarted(task);
        carrier.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        carrier.start();
        long tick = Math.max(10, config.stall().toMillis() / 4);
        long last = -1;
        int still = 0;
        while (true) {
            try {
                return task.get(tick, TimeUnit.MILLISECONDS);
            } catch (TimeoutException later) {
                long beats = heartbeat.beats();
                still = beats == last ? still + 1 : 0;
                last = beats;
                if (still >= 4) throw stalled(carrier);
            } catch (InterruptedException interrupted) {
                stopped = true;
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted after " + heartbeat.beats() + " steps");
            } catch (ExecutionException failed) {
                var cause = failed.getCause();
                if (cause instanceof SimulationFailure failure) {
                    failure.setStackTrace(new Throwable().getStackTrace());
                    throw failure;
                }
                throw new IllegalStateException("the simulation itself failed", cause);
            }
        }
    }

    private SimulationFailure stalled(Thread carrier) {
        stopped = true;
        var at = scheduler;
        var running = at == null ? null : at.running();
        var culprit = running == null ? carrier : running.thread;
        var report = new StringBuilder("stall: " + (running == null ? "the simulation" : running.name)
                + " has run for " + Where.seconds(config.stallNanos())
                + " of real time without giving way; it loops, or waits outside the simulation\n");
        for (var frame : culprit.getStackTrace())
            report.append("    at ").append(frame).append('\n');
        culprit.interrupt();
        long seed = at == null ? 0 : at.seed();
        report.append(command("-Dparley.seed=" + seed));
        return new SimulationFailure(report.toString(), seed, null);
    }

    // ---- on the carrier ----

    private Exploration seeds(long first, int n) {
        for (long seed = first; seed != first + n && !stopped; seed++) {
            var failure = run(new Choices.Seeded(seed), seed, null, true);
            if (failure != null) throw report(seed, failure);
        }
        return new Exploration(schedules, steps, hash, false);
    }

    private Exploration branches(int most) {
        // A fault is a branch like any other, so its probability does not matter, but their number does.
        var choices = new Choices.Exhaustive(1);
        boolean complete = false;
        while (!complete && schedules < most && !stopped) {
            var failure = run(choices, 0, null, true);
            if (failure != null) throw report(0, failure, choices.branch());
            complete = !choices.advance();
        }
        return new Exploration(schedules, steps, hash, complete);
    }

    private Exploration listed(long seed, int[] list) {
        var failure = run(new Choices.Listed(list), seed, null, true);
        if (failure != null) throw report(seed, failure, list);
        return new Exploration(schedules, steps, hash, false);
    }

    private @Nullable Failure run(Choices choices, long seed, @Nullable Trace trace, boolean describe) {
        var at = scheduler;
        if (at == null || at.spent()) scheduler = at = new Scheduler(config, heartbeat);
        var failure = at.run(choices, seed, body, trace, describe);
        schedules++;
        steps += at.steps();
        hash = (hash ^ at.hash()) * 0x9E3779B97F4A7C15L;
        return failure;
    }

    private long lastHash() {
        var at = scheduler;
        return at == null ? 0 : at.hash();
    }

    private boolean lastExact() {
        var at = scheduler;
        return at == null || at.exact();
    }

    private SimulationFailure report(long seed, Failure failure) {
        long found = lastHash();
        boolean exact = lastExact();
        var again = new Choices.Seeded(seed).recorded();
        if (!failure.resembles(run(again, seed, null, false)) || lastHash() != found)
            return unrepeatable(seed, failure, exact);
        return report(seed, failure, again.made());
    }

    private SimulationFailure report(long seed, Failure failure, int[] made) {
        long tried = schedules;
        int[] least = new Minimiser(choices -> !stopped && failure.resembles(run(choices, seed, null, false)), PATIENCE)
                .minimise(made);
        var trace = new Trace();
        var last = run(new Choices.Listed(least), seed, trace, true);
        if (last == null || !failure.resembles(last)) return unrepeatable(seed, failure, lastExact());
        var at = scheduler;
        var text = new StringBuilder(head(last)).append(" (seed ").append(seed).append(", schedule ").append(tried)
                .append(")\n");
        section(text, "threads that had not ended:", last.threads());
        section(text,
                "the schedule, cut down from " + Minimiser.deviations(made).length + " to "
                        + Minimiser.deviations(least).length
                        + " decisions and to " + (at == null ? 0 : at.steps()) + " steps:",
                trace.lines());
        if (!Preemption.ON)
            text.append(
                    "preemption is off (-Ddev.parley.preemption=true): Parley's own classes gave way only where they parked\n");
        text.append(command("-Dparley.seed=" + seed)).append(" runs the schedule as it was found\n");
        text.append(command("-Dparley.seed=" + seed + " -Dparley.schedule=" + Minimiser.format(least)))
                .append(" runs it cut down");
        return new SimulationFailure(text.toString(), seed, last.cause());
    }

    private SimulationFailure unrepeatable(long seed, Failure failure, boolean exact) {
        var text = new StringBuilder(head(failure)).append(" (seed ").append(seed).append(")\n");
        section(text, "threads that had not ended:", failure.threads());
        text.append("The same seed run again went another way, so the program follows something besides the schedule: ")
                .append(exact
                        ? "real time, identity hash codes, its own random numbers, or state kept from run to run\n"
                        : "a contended monitor, or a thread outside the simulation\n")
                .append(command("-Dparley.seed=" + seed));
        return new SimulationFailure(text.toString(), seed, failure.cause());
    }

    private static String head(Failure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + failure.what();
    }

    private static void section(StringBuilder text, String title, Iterable<String> lines) {
        var all = new ArrayList<String>();
        lines.forEach(all::add);
        if (all.isEmpty()) return;
        text.append("  ").append(title).append('\n');
        for (var line : all)
            text.append("    ").append(line).append('\n');
    }

    private String command(String properties) {
        return "  mvn test -Dtest=" + test + " " + properties;
    }

    /// The test that simulates, as Maven's `-Dtest` names it: of the class that called us, the outermost method.
    private static String caller() {
        var frames = StackWalker.getInstance().walk(all -> all.map(
                frame -> frame.getClassName().replaceFirst("\\$.*", "") + "#" + frame.getMethodName()).toList());
        int first = 0;
        while (frames.get(first).matches("dev\\.parley\\.loop\\.testing\\.(Explorer|Simulation)#.*"))
            first++;
        var type = frames.get(first).substring(0, frames.get(first).indexOf('#') + 1);
        int last = frames.size() - 1;
        while (!frames.get(last).startsWith(type))
            last--;
        return frames.get(last).replaceFirst("^.*\\.", "").replaceFirst("#lambda\\$(.*)\\$.*", "#$1");
    }
}
