package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Preemption;
import java.util.List;
import java.util.Locale;

/// Writes what a user reads when a schedule fails.
final class Report {
    /// Stands for the name of the test, which is known only on the thread that runs it.
    static final String TEST = "{test}";

    private Report() {}

    static SimulationFailure of(long seed, long tried, Failure failure, int[] found, int[] least, Trace trace) {
        var text = new StringBuilder(head(failure));
        text.append(" (").append(seed == 0 ? "" : "seed " + seed + ", ").append("schedule ").append(tried)
                .append(")\n");
        section(text, "threads that had not ended:", failure.threads());
        section(text, "the schedule, cut down from " + switches(found) + " to " + switches(least)
                + " decisions that are not calm:", trace.lines());
        if (!Preemption.ON)
            text.append(
                    "  preemption is off (-Ddev.parley.preemption=true): Parley's own classes gave way only where they parked\n");
        String chosen = seed == 0 ? "" : " -Dparley.seed=" + seed;
        String asFound = seed == 0 ? " -Dparley.schedule=" + Minimiser.format(found) : chosen;
        String cutDown = chosen + " -Dparley.schedule=" + Minimiser.format(least);
        text.append(command(asFound));
        if (!cutDown.equals(asFound))
            text.append("    as it was found\n").append(command(cutDown)).append("    cut down");
        return new SimulationFailure(text.toString(), seed, failure.cause());
    }

    static SimulationFailure unrepeatable(long seed, Failure failure) {
        var text = new StringBuilder(head(failure)).append(" (seed ").append(seed).append(")\n");
        section(text, "threads that had not ended:", failure.threads());
        text.append(
                "  the same seed run again went another way, so the program follows something besides the schedule:\n    ")
                .append(failure.exact()
                        ? "real time, identity hash codes, random numbers of its own, or state kept from run to run\n"
                        : "a contended monitor, or a thread outside the simulation\n")
                .append(command(" -Dparley.seed=" + seed));
        return new SimulationFailure(text.toString(), seed, failure.cause());
    }

    /// From another thread than the carrier, which is stuck.
    static SimulationFailure stall(Carrier carrier, Config config) {
        var scheduler = carrier.watched();
        var running = scheduler == null ? null : scheduler.running();
        var culprit = running == null ? carrier.thread : running.thread;
        long seed = scheduler == null ? 0 : scheduler.seed();
        var text = new StringBuilder("stall: ").append(running == null ? "the simulation" : running.name)
                .append(" has run for ").append(Where.seconds(config.stallNanos()))
                .append(" of real time without giving way; it loops, or waits outside the simulation\n");
        for (var frame : culprit.getStackTrace())
            text.append("    at ").append(frame).append('\n');
        culprit.interrupt();
        return new SimulationFailure(text.append(command(" -Dparley.seed=" + seed)).toString(), seed, null);
    }

    private static String head(Failure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + failure.what();
    }

    private static int switches(int[] schedule) {
        return Minimiser.deviations(schedule).length;
    }

    private static void section(StringBuilder text, String title, List<String> lines) {
        if (lines.isEmpty()) return;
        text.append("  ").append(title).append('\n');
        for (var line : lines)
            text.append("    ").append(line).append('\n');
    }

    private static String command(String properties) {
        return "  mvn test -Dtest=" + TEST + properties;
    }
}
