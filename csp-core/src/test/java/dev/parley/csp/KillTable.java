package dev.parley.csp;

import dev.parley.csp.testing.ChannelLincheckTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Asks every instrument about every mistake of [MutantsTest], each time in a JVM of its own with a time limit, and writes target/kill-table.md. What
/// target/kills has from an earlier run is not asked again.
///
/// An instrument must first call the right sources innocent. Whoever then takes too much processor time is found, by the tests, which always end; the
/// suite and Lincheck may just not have come to it.
public final class KillTable {
    static final String ANSWER = "the hunt is over";
    private static final Path CELLS = Path.of("target/kills");
    private static final Mutant NONE = new Mutant("nothing", "", "", "");

    /// @param found what was found; empty if nothing
    private record Cell(long millis, String found) {
        String text() {
            return found.isEmpty() ? "– (" + seconds() + " s)" : found.equals(NOT_TRIED) ? found : seconds() + " s";
        }

        private String seconds() {
            return String.format(Locale.ROOT, "%.1f", millis / 1000.0);
        }
    }

    private static final String NOT_TRIED = "n/a";
    private static final String ASLEEP = "somebody waits for ever";
    private static final int QUIET_SECONDS = 15, QUIET_MILLIS = 100; // a JVM that takes less than this in that time sleeps
    private static final int MOST_MILLIS = 60_000; // of processor time: what finds nothing takes 3 s to 15 s here

    private KillTable() {}

    /// @param args names of instruments; all if there is none
    public static void main(String[] args) throws Exception {
        var asked = Arrays.stream(args).filter(arg -> !arg.isBlank()).map(Hunt.Instrument::valueOf).toList();
        for (var instrument : asked.isEmpty() ? List.of(Hunt.Instrument.values()) : asked) column(instrument);
        var table = table();
        Files.writeString(Path.of("target/kill-table.md"), table.text);
        IO.println(table.text);
        if (!table.free.isEmpty()) throw new AssertionError("found by nobody: " + table.free);
    }

    /// Asks about what is not known yet.
    private static void column(Hunt.Instrument instrument) throws IOException, InterruptedException {
        Files.createDirectories(CELLS);
        if (!cells(instrument).containsKey(NONE.mistake())) {
            var innocent = hunt(instrument, NONE, Path.of("target/classes"));
            if (!innocent.found.isEmpty())
                throw new AssertionError(
                        instrument.title + " finds something in the right sources: " + innocent.found);
            save(instrument, NONE, innocent);
        }
        var known = cells(instrument);
        for (var mutant : MutantsTest.MUTANTS) {
            if (known.containsKey(mutant.mistake())) continue;
            if (instrument == Hunt.Instrument.LINCHECK && !ChannelLincheckTest.looksAt(mutant.file())) {
                save(instrument, mutant, new Cell(0, NOT_TRIED));
                continue;
            }
            var classes = CELLS.resolve("classes").resolve(mutant.mistake().replace(' ', '-'));
            write(mutant, classes);
            save(instrument, mutant, hunt(instrument, mutant, classes));
        }
    }

    private static void save(Hunt.Instrument instrument, Mutant mutant, Cell cell) throws IOException {
        var row = mutant.mistake() + "\t" + cell.millis + "\t" + cell.found;
        IO.println(instrument.title + "\t" + row);
        Files.writeString(CELLS.resolve(instrument.name()), row + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /// What is known already, by mistake.
    private static Map<String, Cell> cells(Hunt.Instrument instrument) throws IOException {
        var file = CELLS.resolve(instrument.name());
        if (!Files.exists(file)) return Map.of();
        return Files.readAllLines(file).stream().map(line -> line.split("\t", -1))
                .collect(Collectors.toMap(row -> row[0], row -> new Cell(Long.parseLong(row[1]), row[2])));
    }

    private static void write(Mutant mutant, Path classes) throws IOException {
        for (var compiled : mutant.compile().entrySet()) {
            var file = classes.resolve(compiled.getKey().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, compiled.getValue());
        }
    }

    private static Cell hunt(Hunt.Instrument instrument, Mutant mutant, Path classes)
            throws IOException, InterruptedException {
        var log = Files.createDirectories(CELLS.resolve("logs")).resolve(instrument.name() + ".log").toFile();
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2g",
                "-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow", "--add-opens",
                "java.base/java.lang=ALL-UNNAMED", "-Ddev.parley.preemption=true", "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"), Hunt.class.getName(),
                instrument.name(), mutant.file()).redirectErrorStream(true).redirectOutput(log).start();
        long start = System.nanoTime();
        var cutOff = cutOff(process);
        process.destroyForcibly().waitFor();
        var answer = Files.readAllLines(log.toPath()).stream().filter(line -> line.startsWith(ANSWER)).findFirst();
        if (answer.isPresent()) {
            var parts = answer.get().split("\t", -1);
            return new Cell(Long.parseLong(parts[1]), parts[2]);
        }
        if (cutOff == null) throw new AssertionError("no answer about \"" + mutant + "\"; see " + log);
        boolean ends = instrument == Hunt.Instrument.CONTRACT || instrument == Hunt.Instrument.ACCOUNT;
        return new Cell((System.nanoTime() - start) / 1_000_000, ends || cutOff.equals(ASLEEP) ? cutOff : "");
    }

    /// Waits for the end of `process`, told by its own processor time, since the machine may be busy.
    ///
    /// @return why it will not end; null if it has
    private static @Nullable String cutOff(Process process) throws InterruptedException {
        long lookedAt = 0;
        while (!process.waitFor(QUIET_SECONDS, TimeUnit.SECONDS)) {
            long now = process.info().totalCpuDuration().orElseThrow().toMillis();
            if (now > MOST_MILLIS) return "does not end";
            if (now - lookedAt < QUIET_MILLIS) return ASLEEP;
            lookedAt = now;
        }
        return null;
    }

    /// @param free mistakes that nobody found
    private record Table(String text, List<String> free) {}

    private static Table table() throws IOException {
        var columns = new LinkedHashMap<Hunt.Instrument, Map<String, Cell>>();
        for (var instrument : Hunt.Instrument.values()) {
            var cells = cells(instrument);
            if (!cells.isEmpty()) columns.put(instrument, cells);
        }
        var text = new StringBuilder("| mistake | in |");
        columns.keySet().forEach(instrument -> text.append(' ').append(instrument.title).append(" |"));
        text.append("\n| --- | --- |").append(" ---: |".repeat(columns.size())).append('\n');
        var free = new ArrayList<String>();
        int byMoreThanOne = 0;
        for (var mutant : MutantsTest.MUTANTS) {
            text.append("| ").append(mutant.mistake()).append(" | ").append(mutant.file()).append(" |");
            int found = 0;
            for (var column : columns.values()) {
                var cell = column.get(mutant.mistake());
                text.append(' ').append(cell == null ? "" : cell.text()).append(" |");
                if (finds(cell)) found++;
            }
            text.append('\n');
            if (found == 0) free.add(mutant.mistake());
            if (found > 1) byMoreThanOne++;
        }
        text.append("\n").append(MutantsTest.MUTANTS.size()).append(" mistakes, ").append(byMoreThanOne)
                .append(" found by more than one instrument");
        columns.forEach((instrument, column) -> text.append("; ").append(instrument.title).append(": ")
                .append(column.values().stream().filter(KillTable::finds).count()));
        return new Table(text.append(".\n").toString(), free);
    }

    private static boolean finds(@Nullable Cell cell) {
        return cell != null && !cell.found.isEmpty() && !cell.found.equals(NOT_TRIED);
    }
}
