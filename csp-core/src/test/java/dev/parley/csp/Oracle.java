package dev.parley.csp;

import dev.parley.loop.testing.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides whether a recorded history could have come from the [Spec]: whether the operations can be requested in some order
/// such that every result is as recorded, an operation that had returned before another was invoked is over before the other
/// is requested, and one that waited before another was invoked is requested before it.
///
/// This is linearizability for operations that wait (dual data structures, Scherer and Scott, DISC 2004), decided by a search over orders as in
/// Wing and Gong, with the states seen remembered as in Lowe's variant. The rule about waiting makes it stricter: it checks that those who wait
/// are served first come, first served.
final class Oracle {
    /// What is known of the operations of a run, by number.
    interface Evidence {
        int size();

        Op op(int i);

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
    private final Set<List<Object>> seen = new HashSet<>();

    private Oracle(Evidence evidence) {
        this.evidence = evidence;
    }

    /// Whether what was seen has an explanation.
    static boolean explains(List<Kind> kinds, Evidence evidence) {
        return new Oracle(evidence).search(new Spec(kinds, evidence.size()), 0);
    }

    /// What the simulation recorded: `ops` in the order in which they were invoked, and how the channels were found at the end.
    record Recorded(List<Operation> history, List<Op> ops, List<Spec.End> ends) implements Evidence {
        Recorded {
            for (var operation : history) {
                if (operation.failure() != null)
                    throw new AssertionError("an operation failed: " + operation, operation.failure());
            }
        }

        @Override public int size() {
            return ops.size();
        }

        @Override public Op op(int i) {
            return ops.get(i);
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

    private boolean search(Spec spec, int requested) {
        if (requested == evidence.size()) return evidence.endsAs(spec) && pendingWait(spec);
        if (!seen.add(spec.fingerprint())) return false;
        for (int next = 0; next < evidence.size(); next++) {
            if (spec.result(next) != null || !mayBeNext(spec, next)) continue;
            var recorded = evidence.result(next);
            if ("interrupted".equals(recorded)) {
                var after = new Spec(spec);
                after.skip(next, recorded);
                if (search(after, requested + 1)) return true;
                continue;
            }
            boolean gaveUp = "timeout".equals(recorded);
            int variants = spec.variants(evidence.op(next), next);
            for (int variant = 0; variant < variants; variant++) {
                var after = new Spec(spec);
                after.request(evidence.op(next), next, variant, !gaveUp);
                if (gaveUp) {
                    if (after.result(next) != Spec.WAITS) continue;
                    after.skip(next, recorded); // it would have waited, then it gave up
                }
                if (agrees(after) && search(after, requested + 1)) return true;
            }
        }
        return false;
    }

    /// Everything that was over, or waited, before `next` was invoked is over, or requested.
    private boolean mayBeNext(Spec spec, int next) {
        for (int i = 0; i < evidence.size(); i++) {
            if (i == next) continue;
            var result = spec.result(i);
            if ((result == null || result == Spec.WAITS) && evidence.overBefore(i, next)) return false;
            if (result == null && evidence.waitedBefore(i, next) && !gaveUp(i)) return false;
        }
        return true;
    }

    private boolean gaveUp(int op) {
        var recorded = evidence.result(op);
        return "timeout".equals(recorded) || "interrupted".equals(recorded);
    }

    private boolean agrees(Spec spec) {
        for (int i = 0; i < evidence.size(); i++) {
            var result = spec.result(i);
            if (result != null && result != Spec.WAITS && !result.equals(evidence.result(i))) return false;
        }
        return true;
    }

    private boolean pendingWait(Spec spec) {
        for (int i = 0; i < evidence.size(); i++) {
            if ((spec.result(i) == Spec.WAITS) != (evidence.result(i) == null)) return false;
        }
        return true;
    }
}
