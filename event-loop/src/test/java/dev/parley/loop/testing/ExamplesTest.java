package dev.parley.loop.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The examples of the documentation, run; and a check that they are the ones in the documentation.
class ExamplesTest {
    private static final Pattern EXAMPLE = Pattern.compile("/// ```java\n(.*?)/// ```", Pattern.DOTALL);

    @Test void exploresTenThousandSchedules() {
        Simulation.explore(10_000, sim -> {
            var mailbox = new Mailbox<String>();
            sim.spawn("producer", () -> mailbox.put("hello"));
            assertEquals("hello", mailbox.take());
        });
    }

    @SimulatedTest(seeds = 10_000) void whatIsPutIsTaken(Simulation sim) throws Exception {
        var mailbox = new Mailbox<String>();
        sim.spawn("producer", () -> mailbox.put("hello"));
        assertEquals("hello", mailbox.take());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Simulation", "SimulatedTest"}) void examplesAreTheOnesAbove(String type)
            throws Exception {
        var here = Files.readString(Path.of("src/test/java/dev/parley/loop/testing/ExamplesTest.java"));
        var documented = Files.readString(Path.of("src/main/java/dev/parley/loop/testing/" + type + ".java"));
        var example = EXAMPLE.matcher(documented);
        assertTrue(example.find(), "no example in " + type);
        var code = example.group(1).replace("///", "");
        assertTrue(squeezed(here).contains(squeezed(code)), code);
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ");
    }
}
