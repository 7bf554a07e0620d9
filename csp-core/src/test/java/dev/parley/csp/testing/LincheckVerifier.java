package dev.parley.csp.testing;

import java.util.ArrayList;
import java.util.List;

import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.util.ValueResult;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.jspecify.annotations.Nullable;

/// Judges what Lincheck saw by the same [Oracle] that judges simulations. Lincheck's own verifiers know only one result for each state and operation,
/// and nothing of operations that wait.
public final class LincheckVerifier implements Verifier {
    private final List<Scenario.Setup> channels;

    /// As Lincheck wants it.
    public LincheckVerifier(Class<?> specification) {
        channels = LincheckOps.channels(specification);
    }

    @Override public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        var seen = new Seen(new ArrayList<>());
        for (int t = 0; t < scenario.getParallelExecution().size(); t++) {
            var actors = scenario.getParallelExecution().get(t);
            for (int i = 0; i < actors.size(); i++) {
                var op = LincheckOps.op((Integer) actors.get(i).getArguments().getFirst(), channels);
                var result = results.getParallelResultsWithClock().get(t).get(i);
                if (!(result.getResult() instanceof ValueResult value)) return false;
                seen.all.add(new Seen.One(t, i, op, value.getValue(), result.getClockOnStart()));
            }
        }
        return Oracle.explains(channels, seen);
    }

    private record Seen(List<One> all) implements Oracle.Evidence {
        record One(int thread, int index, Op op, @Nullable Object result, HBClock clock) {}

        @Override public List<Op> ops() {
            return all.stream().map(One::op).toList();
        }

        @Override public @Nullable Object result(int i) {
            return all.get(i).result;
        }

        @Override public boolean overBefore(int i, int j) {
            var earlier = all.get(i);
            return all.get(j).clock.get(earlier.thread) > earlier.index;
        }

        @Override public boolean waitedBefore(int i, int j) {
            return false; // Lincheck does not tell
        }

        @Override public boolean endsAs(Spec spec) {
            return true; // nor does it tell how the channels were left; that nobody is left waiting it sees itself
        }
    }
}
