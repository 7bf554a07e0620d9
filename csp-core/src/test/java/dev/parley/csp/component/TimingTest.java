package dev.parley.csp.component;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.Tasks;
import dev.parley.loop.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/// On virtual time: an instant is exact or wrong.
@Timeout(60) class TimingTest {
    private static final int SCHEDULES = 50;

    /// Gives k at the k-th of `pauses`, each counted from the one before.
    private static Proc at(Channel<Integer> out, int... pauses) {
        return Proc.named("at").owningOut(out).does(() -> {
            for (int k = 0; k < pauses.length; k++) {
                Tasks.sleep(ofMillis(pauses[k]));
                out.send(k);
            }
        });
    }

    /// Receives until the end and notes `element@milliseconds`; takes `pauses` after each.
    private static Proc noting(Simulation sim, Channel<?> in, List<String> notes, int... pauses) {
        return Proc.named("noting").owningIn(in).does(() -> {
            int k = 0;
            for (var x : in) {
                notes.add(x + "@" + sim.now().toMillis());
                if (k < pauses.length) Tasks.sleep(ofMillis(pauses[k++]));
            }
        });
    }

    @Test void fixedDelayDelaysEach() {
        Simulation.explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            var notes = new ArrayList<String>();
            new Par(at(in, 0, 3, 100), Timing.fixedDelay(ofMillis(10), in, out), noting(sim, out, notes)).run();
            assertEquals(List.of("0@10", "1@20", "2@120"), notes);
        });
    }

    @Test void regulateRepeatsForSlowAndDropsForFast() {
        Simulation.explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            var notes = new ArrayList<String>();
            new Par(at(in, 5, 2, 2, 25, 3), Timing.regulate(ofMillis(10), in, out), noting(sim, out, notes)).run();
            assertEquals(List.of("2@15", "2@25", "3@35", "4@45"), notes);
        });
    }

    @Test void regulateDoesNotDriftWhenTheReceiverIsLate() {
        Simulation.explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            var notes = new ArrayList<String>();
            // the receiver of the first is busy for 7, in time for the second, and then for 26, which costs two
            new Par(at(in, 0, 95), Timing.regulate(ofMillis(10), in, out), noting(sim, out, notes, 7, 26)).run();
            assertEquals(List.of("0@10", "0@20", "0@46", "0@50", "0@60", "0@70", "0@80", "0@90", "1@100"), notes);
        });
    }

    @Test void regulateKeepsItsPeriodForADay() {
        var long1 = Duration.ofHours(24);
        Simulation.explore(1, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            new Par(at(in, 0, (int) long1.toMillis()), Timing.regulate(Duration.ofSeconds(7), in, out),
                    Proc.named("checks").owningIn(out).does(() -> {
                        long k = 0;
                        for (var _ : out) assertEquals(Duration.ofSeconds(7 * ++k), sim.now());
                        assertEquals(long1.toSeconds() / 7 + 1, k);
                    })).run();
        });
    }

    @Test void regulateIsNotHeldUpByAFloodOfInput() {
        Simulation.Config.STANDARD.withSlowness(0.05).explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            new Par(Plumbing.generate(() -> 1, in), Timing.regulate(ofMillis(10), in, out), ticker(),
                    Plumbing.consume(3, out)).run();
        });
    }

    /// Gives the clock an instant to jump to.
    private static Proc ticker() {
        return Proc.named("ticker").does(() -> { for (int i = 0; i < 100; i++) Tasks.sleep(ofMillis(1)); });
    }

    @Test void sampleGivesTheNewestOfEachPeriodThatHasOne() {
        Simulation.explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous();
            var out = Channel.<Integer>rendezvous();
            var notes = new ArrayList<String>();
            new Par(at(in, 3, 3, 30, 5), Timing.sample(ofMillis(10), in, out), noting(sim, out, notes)).run();
            assertEquals(List.of("1@10", "2@40", "3@50"), notes);
        });
    }

    @Test void ticksKeepTimeAndTellWhatALateReceiverMissed() {
        Simulation.explore(SCHEDULES, sim -> {
            var out = Channel.<Long>rendezvous();
            var notes = new ArrayList<String>();
            new Par(Timing.ticks(ofMillis(10), out), Proc.named("five").owningIn(out).does(() -> {
                for (int i = 0; i < 5; i++) {
                    notes.add(out.receive() + "@" + sim.now().toMillis());
                    if (i == 1) Tasks.sleep(ofMillis(35));
                }
            })).run();
            assertEquals(List.of("1@10", "2@20", "3@55", "6@60", "7@70"), notes);
        });
    }

    @Test void aPeriodOfNothingIsAnError() {
        var c = Channel.<Long>rendezvous();
        assertEquals("a period must be longer than nothing, but was PT0S",
                assertThrows(IllegalArgumentException.class, () -> Timing.ticks(Duration.ZERO, c)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Timing.regulate(ofMillis(-1), c, c));
    }
}
