package dev.parley.loop.testing;

import dev.parley.loop.testing.Mailbox.Mistake;
import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Preemption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/// The instrument proven by mistakes that it must find, and by a right program that it must leave alone.
class SeededMistakesTest {
    private static final Config HOSTILE = Config.STANDARD.withSpuriousWakeups(0.05).withInterrupts(0.02)
            .withSlowness(0.1);

    /// Two put, two take, one of them after a look; nothing is lost or doubled.
    private static Body meeting(Mistake mistake) {
        return sim -> {
            var mailbox = new Mailbox<Integer>(mistake);
            var taken = new ArrayList<Integer>();
            sim.spawn("put 0", () -> mailbox.put(0));
            sim.spawn("put 1", () -> mailbox.put(1));
            sim.spawn("take", () -> taken.add(mailbox.take()));
            sim.spawn("poll or take", () -> {
                var there = mailbox.poll();
                taken.add(there != null ? there : mailbox.take());
            });
            sim.run();
            assertEquals(List.of(0, 1), taken.stream().sorted().toList());
        };
    }

    /// Who waits before another begins is served before the other.
    private static Body queue(Mistake mistake) {
        return sim -> {
            var mailbox = new Mailbox<Integer>(mistake);
            for (int i = 0; i < 3; i++)
                sim.spawn("take " + i, () -> sim.record("take", () -> mailbox.take()));
            sim.spawn("put", () -> {
                for (int i = 0; i < 3; i++)
                    mailbox.put(i);
            });
            sim.run();
            for (var one : sim.history())
                for (var other : sim.history())
                    if (one.waited() < other.invoked())
                        assertTrue(letter(one) < letter(other), sim.history()::toString);
        };
    }

    private static int letter(Operation take) {
        return take.result() instanceof Integer letter ? letter : fail(take.toString());
    }

    /// Takers with and without patience, interrupted or not: what was put is taken once or still there.
    private static Body hostile(Mistake mistake) {
        return sim -> {
            var mailbox = new Mailbox<Integer>(mistake);
            var taken = new ArrayList<Integer>();
            sim.spawn("take", () -> taken.add(mailbox.take()));
            sim.spawn("take for 10 ns", () -> {
                var letter = mailbox.take(10);
                if (letter != null) taken.add(letter);
            });
            sim.spawn("put", () -> {
                mailbox.put(1);
                mailbox.put(2);
            });
            sim.run();
            for (Integer letter; (letter = mailbox.poll()) != null;)
                taken.add(letter);
            assertEquals(List.of(1, 2), taken.stream().sorted().toList());
        };
    }

    @ParameterizedTest
    @EnumSource(Mistake.class) void findsEachMistakeAndNothingElse(Mistake mistake) {
        Runnable search = switch (mistake) {
            case UNFAIR -> () -> Simulation.explore(1_000, queue(mistake));
            case TRUSTS_EVERY_WAKE_UP, DROPS_WHEN_INTERRUPTED,
                    DROPS_AT_TIMEOUT -> () -> HOSTILE.explore(10_000, hostile(mistake));
            case NONE -> () -> {
                Simulation.explore(3_000, meeting(mistake));
                Simulation.explore(3_000, queue(mistake));
                HOSTILE.explore(10_000, hostile(mistake));
            };
            default -> () -> Simulation.explore(10_000, meeting(mistake));
        };
        if (mistake == Mistake.NONE) search.run();
        else assertThrows(SimulationFailure.class, search::run);
    }

    @Test void allSchedulesOfOnePutAndOneTakeAreRight() {
        Body body = sim -> {
            var mailbox = new Mailbox<Integer>(Mistake.NONE);
            sim.spawn("put", () -> mailbox.put(1));
            assertEquals(1, mailbox.take());
        };
        var all = Simulation.exhaust(1_000, body);
        assertTrue(all.complete());
        assertEquals(all, Simulation.exhaust(1_000, body));
    }

    @Test void exhaustRunsEachInterleavingOnce() {
        Body threeStepsEach = sim -> {
            for (var name : List.of("a", "b"))
                sim.spawn(name, () -> {
                    Preemption.point();
                    Preemption.point();
                });
            sim.run();
        };
        // of 6 steps, 3 are of a: 6 over 3
        assertEquals(20, Simulation.exhaust(1_000, threeStepsEach).schedules());
        // a runs through or b does; or one is stopped for the other at one of two points
        assertEquals(2 + 4, Config.STANDARD.withPreemptions(1).exhaust(1_000, threeStepsEach).schedules());
    }

    @Test void timeJumpsWhenAllWait() {
        Simulation.explore(100, sim -> {
            var mailbox = new Mailbox<Integer>(Mistake.NONE);
            assertEquals(null, mailbox.take(Duration.ofDays(1).toNanos()));
            assertEquals(Duration.ofDays(1), sim.now());
        });
    }
}
