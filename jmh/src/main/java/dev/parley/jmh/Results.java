package dev.parley.jmh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The newest figures of each row as a page, `RESULTS.md`, with the run that each is of and what that was measured on. A run replaces the rows that it
/// measures and leaves the others, since all of them take hours.
final class Results {
    private static final String RUNS = "## Runs";
    private static final String ROWS = "## Rows";
    private static final String AIMS = "## Aims";
    private static final String GROWTH = "## Growth and memory";
    private static final String NOT_TO_BE_CITED = "**not to be cited: the processors were shared with much else**";

    private final Path home;
    private final Path page;
    private final Map<Integer, String> runs = new TreeMap<>();
    private final Map<String, Map<String, Figure>> table = new LinkedHashMap<>();
    private List<String> growth = new ArrayList<>();
    private final String about;
    private final double loadBefore = load();
    private final int run;

    /// Reads what earlier runs left.
    ///
    /// @param only the contenders asked; all if empty
    Results(Path home, Effort effort, Collection<String> only, Collection<String> missing)
            throws IOException, InterruptedException {
        this.home = home;
        page = home.resolve("RESULTS.md");
        if (Files.exists(page)) read(Files.readAllLines(page));
        run = runs.keySet().stream().max(Integer::compare).orElse(0) + 1;
        about = LocalDate.now(ZoneOffset.UTC) + ", commit " + said("git", "rev-parse", "--short", "HEAD") + "; "
                + Runtime.getRuntime().availableProcessors() + " processors, " + processor() + "; "
                + System.getProperty("java.vm.name") + " " + Runtime.version() + ", G1, "
                + String.join(" ", Contenders.JVM) + "; " + effort + "; peers: " + peers()
                + (only.isEmpty() ? "" : "; only " + String.join(", ", only) + " were asked")
                + (missing.isEmpty() ? "" : "; missing: " + String.join(", ", missing));
    }

    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    int run() { return run; }

    /// The figures of a row, which replace those that were there.
    void add(String row, Map<String, Figure> figures) {
        table.put(row, figures);
    }

    /// @param lines of Markdown
    void grown(List<String> lines) {
        growth = new ArrayList<>(List.of("", "Run " + run + ".", ""));
        growth.addAll(lines);
    }

    private void read(List<String> lines) {
        String section = "";
        for (var line : lines) {
            var cells = line.split(" *\\| *", -1); // the first and the last are empty
            if (line.startsWith("## ")) section = line;
            else if (section.equals(RUNS) && line.matches("\\| \\d+ .*")) runs.put(Integer.valueOf(cells[1]), cells[2]);
            else
                if (section.equals(ROWS) && line.matches("(\\| [^|]+){8}\\|") && !line.contains("---")
                        && !cells[1].equals("row"))
                    table.computeIfAbsent(cells[1], _ -> new LinkedHashMap<>()).put(cells[2],
                            new Figure(Figure.number(cells[3]), Figure.number(cells[4]), Figure.number(cells[5]),
                                    Figure.number(cells[7]), Integer.parseInt(cells[8])));
                else
                    if (section.equals(GROWTH)) growth.add(line);
        }
    }

    /// @param failures of this run so far
    void write(List<String> failures) throws IOException {
        double loadNow = load();
        runs.put(run, about
                + String.format(Locale.ROOT, "; load of the machine %.1f at the beginning, %.1f at the end", loadBefore,
                        loadNow)
                + (Math.max(loadBefore, loadNow) > 2 * Runtime.getRuntime().availableProcessors()
                        ? "; " + NOT_TO_BE_CITED
                        : "")
                + (failures.isEmpty() ? "" : "; FAILED: " + String.join(", ", failures).replace('|', '/')));
        runs.keySet().removeIf(number -> number != run && !growth.contains("Run " + number + ".") && table.values()
                .stream().flatMap(row -> row.values().stream()).noneMatch(figure -> figure.run() == number));
        var lines = new ArrayList<String>();
        lines.add("# Results");
        lines.add("");
        lines.add(
                "Made by `jmh/compare --results`, a run for some of the rows. Absolute times of a shared machine are no claims, ratios within a run are. Where others");
        lines.add("keep the processors busy, compare processor time.");
        lines.add("");
        lines.add(
                "`@carrier`, `@group`, `@baton`, `@jdk`: our engines; `@1`: one carrier or processor. Each figure is the median over iterations, the error half the");
        lines.add("distance between the quartiles.");
        lines.addAll(List.of("", RUNS, "", "| run | what it was measured on |", "| --- | --- |"));
        runs.forEach((number, text) -> lines.add("| " + number + " | " + text + " |"));
        lines.addAll(List.of("", ROWS, "",
                "| row | contender | ns/op | error | bytes/op | parley@carrier / contender | processor ns/op | run |",
                "| --- | --- | --- | --- | --- | --- | --- | --- |"));
        var ordered = new LinkedHashMap<String, Map<String, Figure>>();
        for (var question : Questions.all())
            if (table.containsKey(question.id())) ordered.put(question.id(), table.get(question.id()));
        table.forEach(ordered::putIfAbsent);
        ordered.forEach((row, figures) -> figures.forEach((contender, figure) -> lines.add(
                "| " + String.join(" | ", row, contender, Figure.text(figure.nanos()), Figure.text(figure.error()),
                        Figure.text(figure.bytes()), figure.ratio(figures.get(Contenders.OURS)),
                        Figure.text(figure.cpu()), "" + figure.run()) + " |")));
        lines.addAll(List.of("", AIMS, "", "Where both sides are of one run.", ""));
        var aims = new ByteArrayOutputStream();
        Aims.print(ordered, new PrintStream(aims, true, StandardCharsets.UTF_8));
        aims.toString(StandardCharsets.UTF_8).lines().forEach(line -> lines.add(line.replace("# aim: ", "- ")));
        lines.addAll(List.of("", GROWTH));
        lines.addAll(growth);
        Files.write(page, lines);
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
    private String peers() throws InterruptedException {
        var all = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            var jar = Path.of(entry).getFileName().toString();
            if (jar.matches("(channels-|kotlinx-coroutines-core|jcsp|core\\.async|netty-transport-4).*"))
                all.add(jar.replace(".jar", "").replace("channels-", "Jox "));
        }
        all.add(said("go", "version"));
        all.add(said("/usr/bin/python3", "-c",
                "import sys\ntry:\n  import uvloop; u=uvloop.__version__\nexcept ImportError: u='none'\nprint('Python', sys.version.split()[0], 'uvloop', u)"));
        return String.join(", ", all);
    }

    private String said(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "no " + command[0];
        } catch (IOException absent) {
            return "no " + command[0];
        }
    }
}
