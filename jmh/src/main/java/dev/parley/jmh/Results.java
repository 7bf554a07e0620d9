package dev.parley.jmh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The newest table as a page: `RESULTS.md`, with what it was measured on.
final class Results {
    private Results() {}

    /// @param load what others kept the processors busy with, before and after, as the system tells it
    static void write(Path home, Map<String, Map<String, Samples>> table, Effort effort, List<String> missing,
            List<String> growth,
            List<String> failures, double[] load) throws IOException, InterruptedException {
        var lines = new ArrayList<String>();
        lines.add("# Results");
        lines.add("");
        lines.add(
                "Made by `jmh/compare --results`; absolute times of a shared machine are no claims, ratios within this run are. Where others keep the");
        lines.add("processors busy, compare processor time.");
        lines.add("");
        if (Math.max(load[0], load[1]) > 2 * Runtime.getRuntime().availableProcessors()) {
            lines.add(
                    "**Not to be cited: the processors were shared with much else (see load). Compilers had not done their work when measuring began.**");
            lines.add("");
        }
        lines.add("| | |");
        lines.add("| --- | --- |");
        lines.add("| date, commit | " + LocalDate.now(ZoneOffset.UTC) + ", "
                + said(home, "git", "rev-parse", "--short", "HEAD") + " |");
        lines.add("| machine | " + Runtime.getRuntime().availableProcessors() + " processors, " + processor() + " |");
        lines.add(String.format(Locale.ROOT,
                "| load of the machine | %.1f at the beginning, %.1f at the end; 1 would be this run alone |", load[0],
                load[1]));
        lines.add("| Java | " + System.getProperty("java.vm.name") + " " + Runtime.version()
                + ", G1, " + String.join(" ", Contenders.JVM) + " |");
        lines.add("| peers | " + peers(home) + " |");
        lines.add("| effort | " + effort.rounds() + " rounds, each of " + effort.warmUps() + " x "
                + effort.warmUpMillis() + " ms warm-up and "
                + effort.iterations() + " x " + effort.millis() + " ms |");
        for (var name : missing) lines.add("| missing | " + name + " |");
        lines.add("");
        lines.add(
                "`@carrier`, `@group`, `@baton`, `@jdk`: our engines; `@1`: one carrier or processor. Each figure is the median over iterations, the error half the");
        lines.add("distance between the quartiles.");
        lines.add("");
        lines.add("| row | contender | ns/op | error | bytes/op | parley@carrier / contender | processor ns/op |");
        lines.add("| --- | --- | --- | --- | --- | --- | --- |");
        table.forEach((row, contenders) -> contenders.forEach((name, samples) -> {
            if (!samples.isEmpty())
                lines.add("| "
                        + Compare.line(row, name, samples, contenders.get(Contenders.OURS), true).replace("\t", " | ")
                        + " |");
        }));
        lines.add("");
        lines.add("## Aims");
        lines.add("");
        var aims = new ByteArrayOutputStream();
        Aims.print(table, new PrintStream(aims, true, StandardCharsets.UTF_8));
        aims.toString(StandardCharsets.UTF_8).lines().forEach(line -> lines.add(line.replace("# aim: ", "- ")));
        for (var failure : failures) lines.add("- FAILED " + failure);
        lines.add("");
        lines.add("## Growth and memory");
        lines.add("");
        lines.addAll(growth);
        Files.write(home.resolve("RESULTS.md"), lines);
    }

    private static String processor() throws IOException {
        var about = Path.of("/proc/cpuinfo");
        if (!Files.exists(about)) return System.getProperty("os.arch");
        try (var lines = Files.lines(about)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst().orElse(System.getProperty("os.arch"));
        }
    }

    /// The versions of the peers, from the names of their jars and from the programs.
    private static String peers(Path home) throws IOException, InterruptedException {
        var all = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            var jar = Path.of(entry).getFileName().toString();
            if (jar.matches("(channels-|kotlinx-coroutines-core|jcsp|core\\.async|netty-transport-4).*"))
                all.add(jar.replace(".jar", "").replace("channels-", "Jox "));
        }
        all.add(said(home, "go", "version"));
        all.add(said(home, "/usr/bin/python3", "-c",
                "import sys\ntry:\n  import uvloop; u=uvloop.__version__\nexcept ImportError: u='none'\nprint('Python', sys.version.split()[0], 'uvloop', u)"));
        return String.join(", ", all);
    }

    private static String said(Path home, String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "no " + command[0];
        } catch (IOException absent) {
            return "no " + command[0];
        }
    }
}
