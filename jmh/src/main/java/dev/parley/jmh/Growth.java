package dev.parley.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/// How cost grows: measures the points of each curve, every point in a process of its own, and writes the pictures.
final class Growth {
    /// @param row the question for a value of x
    /// @param size its size then
    private record Plot(String name, String title, String across, List<Integer> xs, List<String> contenders,
            IntFunction<String> row,
            IntUnaryOperator size) {}

    private static final List<Integer> TO_A_MILLION = List.of(1_000, 10_000, 100_000, 1_000_000);
    private static final Effort EFFORT = new Effort(1, 1, 2_000, 3, 300);

    private static final List<Plot> PLOTS = List.of(
            new Plot("chain", "A chain of processes, 10 elements through it", "processes", TO_A_MILLION,
                    List.of("parley@carrier", "jox", "go"), _ -> "chain-0-x10", n -> n),
            new Plot("pairs", "Pairs of processes, 10 elements each", "processes", TO_A_MILLION,
                    List.of("parley@carrier", "jox", "go"), _ -> "pairs-0-x10", n -> n / 2),
            new Plot("alt", "A choice over rendezvous channels", "guards", List.of(1, 8, 64, 1_000),
                    List.of("parley@carrier", "jox", "kotlinx"), n -> "alt-" + n, _ -> 16_000),
            new Plot("mpmc", "Producers and consumers of one rendezvous channel", "producers, and as many consumers",
                    List.of(1, 16, 128, 1_000),
                    List.of("parley@carrier", "jox", "kotlinx", "go"),
                    n -> "mpmc-" + n + "-0", _ -> 64_000));

    private final Path home;
    private final Programs programs;
    private final List<String> report = new ArrayList<>();
    private final Map<String, Double> measured = new HashMap<>();

    Growth(Path home, Programs programs) {
        this.home = home;
        this.programs = programs;
    }

    /// Measures all and writes the pictures into the folder `growth`.
    ///
    /// @return lines of Markdown
    List<String> run() throws Exception {
        Files.createDirectories(home.resolve("growth"));
        for (var plot : PLOTS) draw(plot);
        memory();
        return report;
    }

    private void draw(Plot plot) throws Exception {
        var curve = new Curve(plot.title, plot.across, "processor time per operation, ns");
        for (int x : plot.xs) for (var contender : plot.contenders) {
            var entry = program(contender);
            if (!entry.missing().isEmpty()) continue;
            var samples = new Samples();
            var question = Questions.named(plot.row.apply(x));
            try {
                if (Programs.measure(entry, question, plot.size.applyAsInt(x), EFFORT, samples))
                    curve.add(contender, x, samples.cpu());
            } catch (IllegalStateException failure) {
                report.add("- " + plot.name + ", " + contender + ", " + x + ": FAILED, " + failure.getMessage());
            }
            System.out.printf(Locale.ROOT, "# growth %s %s %d: cpu %.0f ns/op%n", plot.name, contender, x,
                    samples.isEmpty() ? Double.NaN : samples.cpu());
        }
        write(plot.name, curve);
    }

    private void write(String name, Curve curve) throws IOException {
        if (curve.isEmpty()) return;
        curve.write(home.resolve("growth/" + name + ".svg"));
        var exponents = new StringBuilder();
        curve.exponents().forEach((line, exponent) -> exponents.append(exponents.isEmpty() ? "" : ", ")
                .append(String.format(Locale.ROOT, "%s n^%.2f", line, exponent)));
        report.add("- ![" + name + "](growth/" + name + ".svg) " + name + ": " + exponents);
    }

    private Programs.Entry program(String contender) {
        for (var entry : programs.all()) if (entry.name().equals(contender)) return entry;
        var command = java(Contenders.named(contender).jvm());
        command.addAll(List.of(Point.class.getName(), contender));
        return new Programs.Entry(contender, command, "");
    }

    private static List<String> java(List<String> options) {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx5g"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    // Memory

    private void memory() throws Exception {
        report.add("");
        report.add("| bytes of heap for each of 100 000 channels, of a million processes | "
                + String.join(" | ", Memory.KINDS)
                + " |");
        report.add("| --- |" + " --- |".repeat(Memory.KINDS.size()));
        for (var whose : List.of("parley@carrier", "parley@jdk", "jox", "go")) {
            var row = new StringBuilder("| ").append(whose).append(" |");
            for (var kind : Memory.KINDS)
                row.append(' ').append(cell(bytes(whose, kind, Memory.waits(kind) ? 1_000_000 : 100_000))).append(" |");
            report.add(row.toString());
        }
        report.add("");
        var curve = new Curve("Memory of blocked and sleeping processes", "processes", "bytes of heap");
        for (int n : List.of(1_000, 10_000, 100_000, 1_000_000)) {
            for (var whose : List.of("parley@carrier", "parley@jdk", "jox", "go")) {
                double each = bytes(whose, "blocked", n);
                if (!Double.isNaN(each)) curve.add(whose + ", blocked", n, each * n);
            }
            curve.add("parley@carrier, sleeping", n, bytes("parley@carrier", "sleeping", n) * n);
        }
        write("memory", curve);
    }

    private static String cell(double bytes) {
        return Double.isNaN(bytes) ? "-" : String.format(Locale.ROOT, "%.0f", bytes);
    }

    /// @return not a number if `whose` has no such thing
    private double bytes(String whose, String kind, int n) throws Exception {
        var key = whose + " " + kind + " " + n;
        Double known = measured.get(key);
        if (known != null) return known;
        double now = measure(whose, kind, n);
        measured.put(key, now);
        return now;
    }

    private double measure(String whose, String kind, int n) throws Exception {
        if (whose.equals("jox") && !List.of("rendezvous", "buffered-64", "unbounded", "blocked").contains(kind))
            return Double.NaN;
        List<String> command;
        if (whose.equals("go")) {
            var go = programs.all().getFirst();
            if (!go.missing().isEmpty() || List.of("unbounded", "latest", "promise").contains(kind)) return Double.NaN;
            command = new ArrayList<>(go.command());
            command.addAll(List.of("memory", kind, "" + n));
        } else {
            command = java(whose.startsWith("parley") ? Contenders.named(whose).jvm() : List.of());
            command.addAll(List.of(Memory.class.getName(), whose, kind, "" + n));
        }
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || !said.startsWith("bytes "))
            throw new IllegalStateException("memory of " + kind + " of " + whose + ": " + said);
        double bytes = Double.parseDouble(said.substring(6));
        System.out.printf(Locale.ROOT, "memory-%s\t%s\t-\t-\t%.0f\t-\t(%d of them)%n", kind, whose, bytes, n);
        return bytes;
    }
}
