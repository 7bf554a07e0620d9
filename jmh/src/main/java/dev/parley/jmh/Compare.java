package dev.parley.jmh;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Asks contenders questions, ours and the peers in turn, and prints a line for each: row, contender, nanoseconds per operation, its error, bytes per operation,
/// and how many times as long ours takes on the carrier engine. Where processor time and time disagree by more than a fifth, a seventh column tells
/// the processor time per operation. Lines with `#` are remarks.
public final class Compare {
    private static final int DISAGREE_PERCENT = 20;

    private final Path home;
    private final Programs programs;
    private final PrintStream out;
    private final List<String> only;

    /// By row, by contender.
    private final Map<String, Map<String, Figure>> table = new LinkedHashMap<>();

    private final List<String> failures = new ArrayList<>();

    private Compare(Path home, List<String> only, PrintStream out) throws Exception {
        this.home = home;
        this.only = only;
        this.out = out;
        programs = new Programs(home);
        Files.createDirectories(home.resolve("target/jmh"));
    }

    /// The arguments are rows, or beginnings of rows that end with `-`; see `jmh/compare --help`.
    public static void main(String[] arguments) throws Exception {
        var rows = new ArrayList<String>();
        var only = new ArrayList<String>();
        boolean quick = false, keep = false, growth = false;
        for (var argument : arguments) {
            switch (argument) {
                case "--quick" -> quick = true;
                case "--results" -> keep = true;
                case "--growth" -> growth = true;
                default -> {
                    if (argument.startsWith("--only=")) only.addAll(List.of(argument.substring(7).split(",")));
                    else
                        if (argument.startsWith("--"))
                            throw new IllegalArgumentException(
                                    "unknown option " + argument
                                            + "; there are --quick, --results, --growth and --only=contender,...");
                        else
                            rows.add(argument);
                }
            }
        }
        if ((quick || keep) && rows.isEmpty() && !growth) rows.addAll(Questions.QUICK);
        var questions = rows.isEmpty() && growth ? List.<Question>of() : Questions.of(rows); // a name that is wrong is told of at once
        var compare = new Compare(Path.of(System.getProperty("parley.jmh.home", "jmh")), only, System.out);
        System.setErr(new PrintStream(compare.home.resolve("target/jmh/stderr.log").toFile())); // JMH passes on that of its JVMs
        compare.introduce();
        var effort = quick ? Effort.QUICK : (keep ? Effort.RESULTS : Effort.FULL).underLoad(Results.load());
        var results = keep || growth ? new Results(compare.home, effort, only, compare.missing()) : null;
        for (var question : questions) {
            var row = compare.ask(question, effort, quick, quick || keep, results == null ? 0 : results.run());
            if (results == null) continue;
            results.add(question.id(), row);
            results.write(compare.failures); // each, as there may be hours to come
        }
        Aims.print(compare.table, System.out);
        if (growth && results != null) {
            results.grown(new Growth(compare.home, compare.programs).run());
            results.write(compare.failures);
        }
        if (!compare.failures.isEmpty()) System.exit(1);
    }

    private List<String> missing() {
        return programs.all().stream().filter(entry -> !entry.missing().isEmpty())
                .map(entry -> entry.name() + ": " + entry.missing()).toList();
    }

    private void introduce() {
        int processors = Runtime.getRuntime().availableProcessors();
        out.println("# " + processors + " processors, Java " + Runtime.version() + ", load "
                + String.format(Locale.ROOT, "%.1f", Results.load()));
        out.println(
                "# parley@carrier: carrier engine, 1 carrier; parley@group: carrier engine, " + Math.max(2, processors)
                        + " carriers; parley@baton: baton engine, no flag; parley@jdk: the JDK's scheduler, no flag, "
                        + processors
                        + " carriers");
        out.println(
                "# NAME@1: on one carrier or processor; kotlinx@loop: the event loop of runBlocking; other peers of the JVM: "
                        + processors + " carriers; go: GOMAXPROCS " + processors);
        for (var program : missing()) out.println("# missing: " + program);
        out.println("# row\tcontender\tns/op\terror\tbytes/op\tparley@carrier / contender\tcpu ns/op where it differs");
    }

    private boolean chosen(String contender) { return only.isEmpty() || only.contains(contender); }

    /// Asks all, or the quick ones, a question of its usual or its short size, and prints their lines.
    private Map<String, Figure> ask(Question question, Effort effort, boolean quick, boolean shortly, int run)
            throws Exception {
        int n = shortly ? question.quickSize() : question.size();
        var row = new LinkedHashMap<String, Samples>();
        for (int round = 0; round < effort.rounds(); round++) {
            for (var entry : Contenders.all()) {
                if (!chosen(entry.name()) || (quick && !entry.quick())) continue;
                try (var contender = entry.open()) {
                    if (!contender.does(question)) continue;
                }
                try {
                    measure(entry, question, n, effort, row.computeIfAbsent(entry.name(), _ -> new Samples()));
                } catch (Exception failure) {
                    failed(question, entry.name(), failure);
                }
            }
            for (var program : question instanceof Echo ? programs.servers() : programs.all()) {
                if (!chosen(program.name()) || !program.missing().isEmpty()) continue;
                var samples = row.getOrDefault(program.name(), new Samples());
                try {
                    if (measure(program, question, n, effort, samples)) row.put(program.name(), samples);
                } catch (Exception failure) {
                    failed(question, program.name(), failure);
                }
            }
        }
        var figures = new LinkedHashMap<String, Figure>();
        row.forEach((name, samples) -> {
            if (!samples.isEmpty()) figures.put(name, samples.figure(run));
        });
        table.put(question.id(), figures);
        figures.forEach((name, figure) -> out.println(line(question.id(), name, figure, figures.get(Contenders.OURS))));
        row.forEach((name, samples) -> {
            if (samples.largestShare() > 0)
                out.printf(Locale.ROOT, "# %s %s: a writer is served %.0f to %.0f times of %d%n", question.id(), name,
                        samples.leastShare(), samples.largestShare(), n);
        });
        out.flush();
        return figures;
    }

    private void failed(Question question, String contender, Exception failure) {
        failures.add(question.id() + " " + contender + ": " + failure);
        out.println("# FAILED " + failures.getLast());
    }

    private static String line(String row, String contender, Figure figure, @Nullable Figure ours) {
        boolean differs = Math.abs(figure.cpu() - figure.nanos()) * 100 > figure.nanos() * DISAGREE_PERCENT;
        return String.join("\t", row, contender, Figure.text(figure.nanos()), Figure.text(figure.error()),
                Figure.text(figure.bytes()), figure.ratio(ours))
                + (differs ? "\tcpu " + Figure.text(figure.cpu()) : "");
    }

    /// @return whether it knows the question
    private boolean measure(Programs.Entry program, Question question, int n, Effort effort, Samples samples)
            throws Exception {
        if (!(question instanceof Echo)) return Programs.measure(program, question, n, effort, samples);
        measure(Contenders.server(program.name(), program.command()), question, n, effort, samples);
        return true;
    }

    private void measure(Contenders.Entry entry, Question question, int n, Effort effort, Samples samples)
            throws Exception {
        var jvm = new ArrayList<>(Contenders.JVM);
        jvm.addAll(entry.jvm());
        var results = new Runner(new OptionsBuilder().include("^dev.parley.jmh.Measured.work$")
                .param("question", question.id()).param("contender", entry.name()).param("size", "" + n)
                .operationsPerInvocation(question.operations(n))
                .forks(1).warmupIterations(effort.warmUps())
                .warmupTime(TimeValue.milliseconds((long) effort.warmUpMillis() * question.warmUp()))
                .measurementIterations(effort.iterations()).measurementTime(TimeValue.milliseconds(effort.millis()))
                .timeout(TimeValue.minutes(2)).jvmArgs(jvm.toArray(String[]::new))
                .addProfiler(GCProfiler.class).addProfiler(Costs.class)
                .shouldFailOnError(true).verbosity(VerboseMode.NORMAL)
                .output(home.resolve("target/jmh/" + question.id() + "-" + entry.name() + ".log").toString())
                .build()).run();
        for (var run : results)
            for (var fork : run.getBenchmarkResults()) for (var iteration : fork.getIterationResults()) {
                double nanos = question.timesItself()
                        ? secondary(iteration, Costs.OWN)
                        : iteration.getPrimaryResult().getScore();
                if (question.timesItself()) samples.add(nanos, Double.NaN, Double.NaN);
                else samples.add(nanos, allocated(question, iteration), secondary(iteration, Costs.CPU));
                double largest = secondary(iteration, Costs.LARGEST_SHARE);
                if (largest > 0) samples.shares(secondary(iteration, Costs.LEAST_SHARE), largest);
            }
    }

    /// The bytes of a client are not those of its server.
    private static double allocated(Question question, IterationResult iteration) {
        return question instanceof Echo ? Double.NaN : secondary(iteration, "gc.alloc.rate.norm");
    }

    private static double secondary(IterationResult iteration, String name) {
        var result = iteration.getSecondaryResults().get(name);
        return result == null ? Double.NaN : result.getScore();
    }
}
