package dev.parley.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ResultsTest {
    @TempDir private Path home;

    private Results next() throws Exception {
        return new Results(home, Effort.RESULTS, List.of(), List.of("x: no x here"));
    }

    private static Figure figure(double nanos, Results results) {
        return new Figure(nanos, 1.2, Double.NaN, nanos, results.run());
    }

    private List<String> page() throws IOException { return Files.readAllLines(home.resolve("RESULTS.md")); }

    private boolean has(String beginning) throws IOException {
        return page().stream().anyMatch(line -> line.startsWith(beginning));
    }

    private Results first() throws Exception {
        var results = next();
        results.add("spawn", Map.of("parley@carrier", figure(100, results)));
        results.add("switch", Map.of("parley@carrier", figure(100, results)));
        results.add("rendezvous", Map.of("parley@carrier", figure(150, results)));
        results.grown(List.of("- a curve"));
        results.write(List.of());
        return results;
    }

    @Test void aRunLeavesTheRowsItDoesNotMeasure() throws Exception {
        first();
        var second = next();
        second.add("rendezvous", Map.of("parley@carrier", figure(120.4, second)));
        second.write(List.of("alt-2 jox: no answer"));
        assertTrue(has("| rendezvous | parley@carrier | 120 | 1.2 | - | 1.00 | 120 | 2 |"));
        assertTrue(has("| spawn | parley@carrier | 100 | 1.2 | - | 1.00 | 100 | 1 |"));
        assertTrue(page().stream().anyMatch(line -> line.startsWith("| 2 |") && line.contains("missing: x: no x here")
                && line.contains("FAILED: alt-2 jox: no answer")));
        assertTrue(page().containsAll(List.of("Run 1.", "- a curve")));
    }

    @Test void onlyFiguresOfOneRunAreHeldAgainstEachOther() throws Exception {
        first();
        assertTrue(has("- rendezvous at most 1.10 of the bare switch of the same carrier: 1.50, NOT REACHED"));
        var second = next();
        second.add("rendezvous", Map.of("parley@carrier", figure(105, second)));
        second.write(List.of());
        assertFalse(has("- rendezvous at most 1.10"));
    }

    @Test void aRunIsForgottenWhenNothingIsLeftOfIt() throws Exception {
        first();
        var second = next();
        for (var row : List.of("spawn", "switch", "rendezvous"))
            second.add(row, Map.of("parley@carrier", figure(100, second)));
        second.write(List.of());
        assertTrue(has("| 1 |"), "the curve is of the first run");
        second.grown(List.of("- another"));
        second.write(List.of());
        assertFalse(has("| 1 |"));
        assertEquals(3, next().run());
    }

    @Test void rowsStandInTheOrderOfTheQuestions() throws Exception {
        first();
        assertEquals(List.of("switch", "rendezvous", "spawn"), page().stream()
                .filter(line -> line.contains("| parley@carrier |")).map(line -> line.split(" ", -1)[1]).toList());
    }
}
