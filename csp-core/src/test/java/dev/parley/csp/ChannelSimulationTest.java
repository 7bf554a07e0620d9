package dev.parley.csp;

import dev.parley.loop.testing.Operation;
import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Preemption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// Every schedule, or very many, of small programs on channels, each judged by the [Oracle].
class ChannelSimulationTest {
    private static final int SCENARIOS = Integer.getInteger("parley.scenarios", 6_000);
    private static final int SCHEDULES = 20;

    static {
        if (!Preemption.ON)
            throw new IllegalStateException(
                    "without -Ddev.parley.preemption=true threads change only where they wait, and this would prove little");
    }

    /// What random scenarios are made of, and what the scheduler injects.
    enum Suite {
        WAITING(new Scenario.Mix(1, false, false, false)), PATIENCE(new Scenario.Mix(1, true, false, false)), ENDS(
                new Scenario.Mix(1, true, true, false)), CHOICE(
                        new Scenario.Mix(2, false, false, true)), CHOICE_PATIENCE(
                                new Scenario.Mix(2, true, false, true)), EVERYTHING(
                                        new Scenario.Mix(3, true, true, true));

        final Scenario.Mix mix;

        Suite(Scenario.Mix mix) {
            this.mix = mix;
        }
    }

    @ParameterizedTest
    @EnumSource void everyHistoryHasAnExplanation(Suite suite) {
        run(suite, SCENARIOS, SCHEDULES, Simulation.Config.STANDARD);
    }

    @ParameterizedTest
    @EnumSource void soItDoesUnderInterruptionsAndSpuriousWakeups(Suite suite) {
        run(suite, SCENARIOS / 2, SCHEDULES,
                Simulation.Config.STANDARD.withInterrupts(0.02).withSpuriousWakeups(0.02).withSlowness(0.02));
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource void manyMore(Suite suite) {
        run(suite, 50_000, 40, Simulation.Config.STANDARD.withSpuriousWakeups(0.01).withSlowness(0.01));
    }

    private static void run(Suite suite, int scenarios, int schedules, Simulation.Config config) {
        for (int i = 0; i < scenarios; i++) {
            var scenario = Scenario.random(new SplittableRandom(i), suite.mix);
            config.explore(schedules, body(scenario));
        }
    }

    /// Looks for mistakes in all suites, a few schedules of each at a time; see MutantsTest.
    static void hunt() {
        for (int i = 0; i < 400; i++) {
            for (var suite : Suite.values()) {
                var body = body(Scenario.random(new SplittableRandom(i), suite.mix));
                Simulation.explore(10, body);
                Simulation.Config.STANDARD.withInterrupts(0.03).withSlowness(0.03).explore(5, body);
            }
        }
    }

    private static final int MOST = 3_000_000;

    private static void exhaust(Kind kind, List<List<Op>> threads) {
        var exploration = Simulation.exhaust(MOST, body(new Scenario(List.of(kind), threads)));
        assertTrue(exploration.complete(), () -> "more than " + MOST + " schedules");
    }

    @Test void allSchedulesOfTwoOperations() {
        for (var kind : Kind.values()) {
            var all = List.<Op>of(new Op.Send(0, 10, Op.Patience.ENDLESS), new Op.Send(0, 11, Op.Patience.NONE),
                    new Op.Send(0, 12, Op.Patience.SOME),
                    new Op.Receive(0, Op.Patience.ENDLESS), new Op.Receive(0, Op.Patience.NONE),
                    new Op.Receive(0, Op.Patience.SOME), new Op.Close(0),
                    new Op.Poison(0),
                    new Op.Choose(List.of(new Op.Offer(0, -1), new Op.Offer(0, 13)), false, Op.Patience.ENDLESS),
                    new Op.Choose(List.of(new Op.Offer(0, 14), new Op.Offer(0, -1)), true, Op.Patience.SOME));
            for (var one : all) for (var two : all) exhaust(kind, List.of(List.of(one), List.of(two)));
        }
    }

    static Simulation.Body body(Scenario scenario) {
        return sim -> {
            var channels = scenario.channels();
            var performed = new ArrayList<Op>();
            var discarded = new ArrayList<List<Integer>>();
            for (var channel : channels) {
                var list = new ArrayList<Integer>();
                discarded.add(list);
                channel.onDiscard(list::add);
            }
            for (int i = 0; i < scenario.threads().size(); i++) {
                var ops = scenario.threads().get(i);
                sim.spawn("p" + i, () -> {
                    for (var op : ops) sim.record(op.toString(), () -> {
                        performed.add(op);
                        return op.perform(channels);
                    });
                });
            }
            List<Operation> history;
            List<Spec.End> end;
            do { // an injected interruption may still move somebody while we look
                sim.advance(Duration.ofSeconds(1));
                history = sim.history();
                end = IntStream.range(0, channels.size())
                        .mapToObj(i -> new Spec.End(channels.get(i).statistics(), List.copyOf(discarded.get(i))))
                        .toList();
                sim.settle();
            } while (!history.equals(sim.history()));
            judge(scenario, history, performed, end);
            sim.abandon();
        };
    }

    private static void judge(Scenario scenario, List<Operation> history, List<Op> performed,
            List<Spec.End> end) {
        assertTrue(Oracle.explains(scenario.kinds(), new Oracle.Recorded(history, performed, end)),
                () -> "no order explains this:\n" + scenario + "\n"
                        + String.join("\n", history.stream().map(Object::toString).toList()) + "\nend: " + end);
    }
}
