package dev.parley.csp.testing;

import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.Step.Result;
import dev.parley.loop.testing.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides whether a recorded history could have come from the [Spec]: whether the steps of the operations can be requested in some order
/// such that every result is as recorded, an operation that had returned before another was invoked is over before the other
/// is requested, and one that waited before another was invoked is requested before it.
///
/// This is linearizability for operations that wait (dual data structures, Scherer and Scott, DISC 2004), decided by a search over orders as in
/// Wing and Gong, with the states seen remembered as in Lowe's variant. The rule about waiting makes it stricter: it checks that those who wait
/// are served first come, first served.
final class Oracle {
    /// What is known of the operations of a run, by number.
    interface Evidence {
        List<Op> ops();

        /// What came of it; null if it still waits.
        @Nullable Object result(int i);

        /// Whether operation `i` was over before `j` was invoked.
        boolean overBefore(int i, int j);

        /// Whether operation `i` waited before `j` was invoked.
        boolean waitedBefore(int i, int j);

        /// Whether the channels at the end were as in `spec`.
        boolean endsAs(Spec spec);
    }

    private final Evidence evidence;
    private final int size;
    private final Set<List<Object>> seen = new HashSet<>();

    private Oracle(Evidence evidence) {
        this.evidence = evidence;
        size = evidence.ops().size();
    }

    /// Whether what was seen has an explanation.
    static boolean explains(List<Scenario.Setup> channels, Evidence evidence) {
        return new Oracle(evidence).search(new Spec(channels, evidence.ops()));
    }

    /// What the simulation recorded: `ops` in the order in which they were invoked, and how the channels were found at the end.
    record Recorded(List<Operation> history, List<Op> ops, List<Model.End> ends) implements Evidence {
        Recorded {
            for (var operation : history) {
                if (operation.failure() != null)
                    throw new AssertionError("an operation failed: " + operation, operation.failure());
            }
        }

        @Override public @Nullable Object result(int i) {
            var operation = history.get(i);
            return operation.pending() ? null : operation.result();
        }

        @Override public boolean overBefore(int i, int j) {
            return history.get(i).returned() < history.get(j).invoked();
        }

        @Override public boolean waitedBefore(int i, int j) {
            return history.get(i).waited() < history.get(j).invoked();
        }

        @Override public boolean endsAs(Spec spec) {
            return spec.matches(ends);
        }
    }

    private boolean search(Spec spec) {
        if (!agrees(spec)) return false;
        if (allRequested(spec)) return pendingWait(spec) && evidence.endsAs(spec);
        if (!seen.add(spec.fingerprint())) return false;
        for (int next = 0; next < size; next++) {
            var stand = spec.result(next);
            if (stand == null ? !mayBegin(spec, next) : stand != Spec.Stand.GOES_ON) continue;
            var step = spec.next(next);
            var recorded = evidence.result(next);
            if (Op.interrupted(recorded) && step.interruptible()) {
                var after = new Spec(spec);
                after.complete(next, Result.INTERRUPTED);
                if (search(after)) return true;
            }
            boolean mayWait = step.limit() == Limit.ENDLESS
                    || (step.limit() == Limit.SOME && recorded != Result.NOTHING);
            int variants = spec.variants(step, next);
            for (int variant = 0; variant < variants; variant++) {
                var after = new Spec(spec);
                after.request(next, variant, mayWait);
                if (search(after)) return true;
            }
        }
        return false;
    }

    /// Everything that was over, or waited, before `next` was invoked is over, or waited.
    private boolean mayBegin(Spec spec, int next) {
        for (int i = 0; i < size; i++) {
            if (i == next) continue;
            var result = spec.result(i);
            if ((result == null || result instanceof Spec.Stand) && evidence.overBefore(i, next)) return false;
            if (evidence.waitedBefore(i, next) && !hasWaited(spec, i)) return false;
        }
        return true;
    }

    private boolean hasWaited(Spec spec, int op) {
        if (Op.gaveUp(evidence.result(op))) return true; // that left no trace
        var result = spec.result(op);
        return result != null && (result != Spec.Stand.GOES_ON || spec.everWaited(op));
    }

    private boolean agrees(Spec spec) {
        for (int i = 0; i < size; i++) {
            var result = spec.result(i);
            if (result != null && !(result instanceof Spec.Stand) && !result.equals(evidence.result(i))) return false;
        }
        return true;
    }

    private boolean allRequested(Spec spec) {
        for (int i = 0; i < size; i++) {
            var result = spec.result(i);
            if (result == null || result == Spec.Stand.GOES_ON) return false;
        }
        return true;
    }

    private boolean pendingWait(Spec spec) {
        for (int i = 0; i < size; i++) {
            if ((spec.result(i) == Spec.Stand.WAITS) != (evidence.result(i) == null)) return false;
        }
        return true;
    }
}
