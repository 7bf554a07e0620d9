package dev.parley.csp.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Parley's own channels under the suite that it publishes.
public class ChannelSuiteTest {
    private static final int SCENARIOS = Integer.getInteger("parley.scenarios", 2_700);

    private static ChannelSuite suite() {
        return ChannelSuite.of(new ParleyChannels());
    }

    @Test void everyHistoryHasAnExplanation() throws IOException {
        var coverage = suite().exhaust().plus(suite().explore(SCENARIOS, 20));
        assertEquals(Set.of(), coverage.gaps());
        assertTrue(coverage.schedules() >= Math.min(SCENARIOS * 300L, 1_000_000),
                () -> coverage.schedules() + " schedules");
        Files.writeString(Path.of("target/coverage.md"), coverage.schedules() + " schedules\n\n" + coverage);
    }

    @Test void theSameNumbersDoTheSame() {
        assertEquals(suite().explore(20, 4), suite().explore(20, 4));
    }

    @Tag("slow")
    @Test void soItDoesInTenMillionSchedules() {
        var coverage = suite().explore(17_000, 40);
        assertTrue(coverage.schedules() >= 10_000_000, () -> coverage.schedules() + " schedules");
    }

    /// Looks for mistakes; see MutantsTest.
    public static void hunt() {
        suite().withoutCuttingDown().explore(300, 10);
    }
}
