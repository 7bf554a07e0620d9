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
    private final List<Kind> kinds;
    private final int from, to;

    /// As Lincheck wants it.
    public LincheckScenarios(CTestConfiguration configuration, CTestStructure structure, RandomProvider ignored) {
        super(configuration, structure);
        kinds = LincheckOps.kinds(configuration.getTestClass());
        var range = configuration.getTestClass().getAnnotation(LincheckOps.Kinds.class);
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
        int n = threads.stream().mapToInt(List::size).sum();
        return explore(threads, new int[threads.size()], new Spec(kinds, n));
    }

    /// Whether from `spec` on, with thread t at its operation `at[t]`, every order ends well.
    private boolean explore(List<List<Integer>> threads, int[] at, Spec spec) {
        boolean over = true;
        boolean moved = false;
        for (int t = 0; t < threads.size(); t++) {
            if (at[t] > 0 && spec.result(number(threads, t, at[t] - 1)) == Spec.WAITS) {
                over = false;
                continue;
            }
            if (at[t] == threads.get(t).size()) continue;
            over = false;
            moved = true;
            int id = number(threads, t, at[t]);
            var op = LincheckOps.TABLE.get(threads.get(t).get(at[t]));
            boolean waits = op.mayWait();
            int variants = spec.variants(op, id);
            for (int variant = 0; variant < variants; variant++) {
                var after = new Spec(spec);
                after.request(op, id, variant, waits);
                if (!waits && after.result(id) == Spec.WAITS) after.skip(id, "timeout");
                var next = at.clone();
                next[t]++;
                if (!explore(threads, next, after)) return false;
            }
        }
        return over || moved;
    }

    private static int number(List<List<Integer>> threads, int thread, int index) {
        int number = index;
        for (int t = 0; t < thread; t++) number += threads.get(t).size();
        return number;
    }
}
