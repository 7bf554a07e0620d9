package dev.parley.csp.testing;

import dev.parley.loop.testing.Operation;
import dev.parley.loop.testing.Preemptible;
import dev.parley.loop.testing.Simulation;
import dev.parley.loop.testing.SimulationFailure;
import dev.parley.loop.waiting.Preemption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import java.util.function.ToLongBiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Verifies channels: runs many schedules of many small random programs on them, or every schedule of the smallest ones, and looks for an
/// explanation of each history by a sequential specification. An operation must take effect at one instant between its call and its return,
/// whoever waits must be served first come, first served, and in the end nothing may be lost, left over or waiting that should not.
///
/// ```java
/// var coverage = ChannelSuite.of(new MyChannels()).explore(100, 20);
/// assertEquals(Set.of(), coverage.gaps());
/// ```
///
/// **A failure** is an AssertionError with the program, cut down, the history that has no explanation, the schedule, cut down, and the command
/// that runs it again.
///
/// **Needs** what [Simulation] needs, and the system property `dev.parley.preemption`. Threads change where Parley's own classes
/// allow it, and where they park. Channels with algorithms of their own are made to allow it too, by [Preemptible]:
///
/// ```java
/// var provider = Preemptible.of("com.example.queues.").make(ChannelProvider.class, MyChannels.class);
/// ```
public final class ChannelSuite {
    private static final Simulation.Config CALM = Simulation.Config.STANDARD;
    private static final Simulation.Config FAULTY = CALM.withInterrupts(0.03).withSpuriousWakeups(0.02)
            .withSlowness(0.03);
    private static final String SCENARIO = "parley.scenario";
    private static final int MOST = 1_000_000;

    private final ChannelProvider provider;
    private final List<Scenario.Mix> mixes;
    private final boolean cutsDown;

    private ChannelSuite(ChannelProvider provider, boolean cutsDown) {
        if (!Preemption.ON)
            throw new IllegalStateException(
                    "without -Ddev.parley.preemption=true threads change only where they wait, and this would prove little");
        this.provider = provider;
        this.cutsDown = cutsDown;
        mixes = Scenario.Mix.ALL.stream().map(mix -> mix.only(provider.verbs())).filter(mix -> !mix.isEmpty()).toList();
        if (mixes.isEmpty())
            throw new IllegalArgumentException(
                    provider + " promises no verb that the suite could use; see Verb for what there is");
    }

    /// The suite for the channels of `provider`.
    public static ChannelSuite of(ChannelProvider provider) {
        return new ChannelSuite(Objects.requireNonNull(provider, "provider"), true);
    }

    /// This suite, but a failing program is reported as it was found: for tests that only want to know whether there is one.
    public ChannelSuite withoutCuttingDown() {
        return new ChannelSuite(provider, false);
    }

    /// Runs random programs, `scenarios` of each of several mixes of verbs, on `schedules` schedules each, and half as many with
    /// interruptions, spurious wake-ups and a slow computer. The same numbers do the same in every JVM.
    ///
    /// With the system property `parley.scenario` it runs that one program alone.
    ///
    /// @throws AssertionError if a history has no explanation
    public Coverage explore(int scenarios, int schedules) {
        if (scenarios < 1 || schedules < 1)
            throw new IllegalArgumentException("scenarios and schedules must be at least 1, but were " + scenarios
                    + " and " + schedules);
        // In turn one of each mix, so that each comes early.
        return forAll(scenarios * mixes.size(), i -> {
            var mix = mixes.get(i % mixes.size());
            int number = i / mixes.size();
            return new Program(mix.name() + ":" + number,
                    Scenario.random(new SplittableRandom(number), mix, provider.kinds()));
        }, (program, count) -> run(CALM, schedules, program, count) * 31
                + run(FAULTY, Math.max(1, schedules / 2), program, count));
    }

    /// Runs every schedule of every two threads with one operation each, of every verb promised, on each kind of channel.
    ///
    /// With the system property `parley.scenario` it runs those of one pair alone.
    ///
    /// @throws AssertionError if a history has no explanation
    public Coverage exhaust() {
        var programs = new ArrayList<Program>();
        int ends = provider.verbs().contains(Verb.COUNTED_END) ? 1 : 0;
        for (var kind : provider.kinds()) {
            var ops = Pairs.operations(provider.verbs(), kind.storage() == Kind.Storage.ONCE);
            for (int i = 0; i < ops.size(); i++) {
                for (int k = i; k < ops.size(); k++) {
                    programs.add(
                            new Program(kind + ":" + i + "-" + k, new Scenario(List.of(new Scenario.Setup(kind, ends)),
                                    List.of(List.of(ops.get(i)), List.of(Pairs.other(ops.get(k)))))));
                }
            }
        }
        return forAll(programs.size(), programs::get, this::exhaust);
    }

    private record Program(String name, Scenario scenario) {}

    /// Checks programs, several at once where there are processors. Of those that fail, the first is reported; or, if it does not matter which, any.
    private Coverage forAll(int n, IntFunction<Program> programs, ToLongBiFunction<Program, Count> check) {
        var only = System.getProperty(SCENARIO);
        var count = new Count(provider.kinds());
        var failures = new ConcurrentSkipListMap<Integer, AssertionError>();
        var test = Replay.caller();
        var hashes = new long[n];
        IntStream.range(0, n).parallel().forEach(i -> {
            if (!failures.isEmpty() && (!cutsDown || failures.firstKey() < i)) return;
            var program = programs.apply(i);
            if (only != null && !only.equals(program.name)) return;
            try {
                hashes[i] = check.applyAsLong(program, count);
            } catch (Unexplained failure) {
                failures.put(i, new Replay(test, " -D" + SCENARIO + "=" + program.name).explain(failure));
            } catch (AssertionError other) {
                failures.put(i, other); // the threads of a parallel stream would lose what it says
            }
        });
        if (!failures.isEmpty()) throw failures.firstEntry().getValue();
        long hash = 0;
        for (long each : hashes) hash = hash * 0x9E3779B97F4A7C15L + each;
        return count.coverage(hash);
    }

    /// A program failed, and so did a part of it, if any does.
    static final class Unexplained extends RuntimeException {
        private static final long serialVersionUID = 1;
        final transient SimulationFailure failure;
        final transient @Nullable Scenario part;
        final transient @Nullable SimulationFailure partFailure;

        Unexplained(SimulationFailure failure, @Nullable Scenario part, @Nullable SimulationFailure partFailure) {
            this.failure = failure;
            this.part = part;
            this.partFailure = partFailure;
        }
    }

    private long run(Simulation.Config config, int schedules, Program program, Count count) {
        try {
            return config.explore(schedules, body(program.scenario, count)).hash();
        } catch (SimulationFailure failure) {
            throw smaller(config, schedules, program.scenario, failure);
        }
    }

    private long exhaust(Program program, Count count) {
        try {
            var exploration = CALM.exhaust(MOST, body(program.scenario, count));
            if (!exploration.complete() && System.getProperty("parley.schedule") == null)
                throw new AssertionError("more than " + MOST + " schedules of two operations:\n" + program.scenario);
            return exploration.hash();
        } catch (SimulationFailure failure) {
            throw new Unexplained(failure, null, null);
        }
    }

    /// Looks for a program with as few of the operations as possible that still fails.
    private Unexplained smaller(Simulation.Config config, int schedules, Scenario scenario, SimulationFailure first) {
        var found = new Unexplained(first, null, null);
        if (!cutsDown || Replay.isReplay()) return found;
        for (boolean better = true; better;) {
            better = false;
            var now = found.part == null ? scenario : found.part;
            for (int t = now.threads().size() - 1; t >= 0 && !better; t--) {
                for (int op = now.threads().get(t).size() - 1; op >= 0 && !better && now.ops().count() > 1; op--) {
                    var candidate = now.without(t, op);
                    try {
                        config.explore(schedules * 20, body(candidate, null));
                    } catch (SimulationFailure failure) {
                        found = new Unexplained(first, candidate, failure);
                        better = true;
                    }
                }
            }
        }
        return found;
    }

    private Simulation.Body body(Scenario scenario, @Nullable Count count) {
        return sim -> {
            var arena = scenario.arena(provider);
            var performed = new ArrayList<Op>();
            for (int i = 0; i < scenario.threads().size(); i++) {
                var ops = scenario.threads().get(i);
                sim.spawn("p" + i, () -> {
                    for (var op : ops) sim.record(op.toString(), () -> {
                        performed.add(op);
                        return op.perform(arena);
                    });
                });
            }
            List<Operation> history;
            List<Model.End> end;
            do { // an injected interruption may still move somebody while we look
                sim.advance(Duration.ofSeconds(1));
                history = sim.history();
                end = arena.look();
                sim.settle();
            } while (!history.equals(sim.history()));
            judge(scenario, history, performed, end);
            if (count != null) count.add(scenario, history, performed);
            sim.abandon();
        };
    }

    private static void judge(Scenario scenario, List<Operation> history, List<Op> performed, List<Model.End> end) {
        if (!Oracle.explains(scenario.channels(), new Oracle.Recorded(history, performed, end)))
            throw new AssertionError("no order explains this:\n" + scenario + "\n"
                    + String.join("\n", history.stream().map(Object::toString).toList()) + "\nend: " + end);
    }
}
