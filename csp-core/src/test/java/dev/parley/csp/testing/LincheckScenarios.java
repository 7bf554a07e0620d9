package dev.parley.csp.testing;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.CTestStructure;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionGenerator;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.CTestConfiguration;
import org.jetbrains.lincheck.datastructures.RandomProvider;

/// Random scenarios in which, whatever the order, nobody is left waiting: Lincheck would report that as a hang. The [Spec] tells.
public final class LincheckScenarios extends ExecutionGenerator {
    private static final Method PERFORM;

    static {
        try {
            PERFORM = LincheckOps.class.getMethod("perform", int.class);
        } catch (NoSuchMethodException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final SplittableRandom random = new SplittableRandom(42);
    private final List<Scenario.Setup> channels;
    private final int from, to;

    /// As Lincheck wants it.
    public LincheckScenarios(CTestConfiguration configuration, CTestStructure structure, RandomProvider ignored) {
        super(configuration, structure);
        channels = LincheckOps.channels(configuration.getTestClass());
        var range = configuration.getTestClass().getAnnotation(LincheckOps.On.class);
        from = range.from();
        to = range.to();
    }

    @Override public ExecutionScenario nextExecution() {
        while (true) {
            var threads = draw();
            if (canEndWithoutWaiters(threads)) return scenario(threads);
        }
    }

    private List<List<Integer>> draw() {
        var unused = new ArrayList<Integer>();
        for (int i = from; i < to; i++) unused.add(i);
        var threads = new ArrayList<List<Integer>>();
        int n = 2 + random.nextInt(2);
        for (int t = 0; t < n; t++) {
            var ops = new ArrayList<Integer>();
            for (int k = 1 + random.nextInt(2); k > 0 && !unused.isEmpty(); k--)
                ops.add(unused.remove(random.nextInt(unused.size())));
            if (!ops.isEmpty()) threads.add(ops);
        }
        return threads;
    }

    static ExecutionScenario scenario(List<List<Integer>> threads) {
        var parallel = threads.stream()
                .map(ops -> ops.stream().map(op -> new Actor(PERFORM, List.of((Object) op))).toList()).toList();
        return new ExecutionScenario(List.of(), parallel, List.of(), null);
    }

    private boolean canEndWithoutWaiters(List<List<Integer>> threads) {
        var ops = threads.stream().flatMap(List::stream).map(number -> LincheckOps.op(number, channels)).toList();
        return explore(threads, new Spec(channels, ops));
    }

    /// Whether from `spec` on every order ends well.
    private boolean explore(List<List<Integer>> threads, Spec spec) {
        boolean over = true;
        boolean moved = false;
        int first = 0;
        for (var thread : threads) {
            int op = first;
            first += thread.size();
            while (op < first && spec.result(op) != null && !(spec.result(op) instanceof Spec.Stand)) op++;
            if (op == first) continue;
            over = false;
            if (spec.result(op) == Spec.Stand.WAITS) continue;
            moved = true;
            var step = spec.next(op);
            int variants = spec.variants(step, op);
            for (int variant = 0; variant < variants; variant++) {
                var after = new Spec(spec);
                after.request(op, variant, step.limit() != ChannelProvider.Limit.NONE);
                if (!explore(threads, after)) return false;
            }
        }
        return over || moved;
    }
}
