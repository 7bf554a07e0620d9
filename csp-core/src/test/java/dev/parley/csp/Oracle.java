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
    private final List<Operation> history;
    private final Op[] ops;
    private final List<Spec.End> end;
    private final Set<List<Object>> seen = new HashSet<>();

    private Oracle(List<Operation> history, Op[] ops, List<Spec.End> end) {
        this.history = history;
        this.ops = ops;
        this.end = end;
    }

    /// Whether `history`, after which the channels were as `end` says, has an explanation.
    static boolean explains(Scenario scenario, List<Operation> history, Op[] ops, List<Spec.End> end) {
        return new Oracle(history, ops, end).search(new Spec(scenario.kinds(), ops.length), 0);
    }

    private boolean search(Spec spec, int requested) {
        if (requested == ops.length) return spec.matches(end) && pendingWait(spec);
        if (!seen.add(spec.fingerprint())) return false;
        for (int next = 0; next < ops.length; next++) {
            if (spec.result(next) != null || !mayBeNext(spec, next)) continue;
            var recorded = recorded(next);
            if ("interrupted".equals(recorded)) {
                var after = new Spec(spec);
                after.skip(next, recorded);
                if (search(after, requested + 1)) return true;
                continue;
            }
            boolean gaveUp = "timeout".equals(recorded);
            int variants = spec.variants(ops[next], next);
            for (int variant = 0; variant < variants; variant++) {
                var after = new Spec(spec);
                after.request(ops[next], next, variant, !gaveUp);
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
        int invoked = history.get(next).invoked();
        for (int i = 0; i < ops.length; i++) {
            if (i == next) continue;
            var other = history.get(i);
            var result = spec.result(i);
            if (other.returned() < invoked && (result == null || result == Spec.WAITS)) return false;
            if (other.waited() < invoked && result == null && !gaveUp(i)) return false;
        }
        return true;
    }

    private boolean gaveUp(int op) {
        var recorded = recorded(op);
        return "timeout".equals(recorded) || "interrupted".equals(recorded);
    }

    private boolean agrees(Spec spec) {
        for (int i = 0; i < ops.length; i++) {
            var result = spec.result(i);
            if (result == null || result == Spec.WAITS) continue;
            if (!result.equals(recorded(i))) return false;
        }
        return true;
    }

    private boolean pendingWait(Spec spec) {
        for (int i = 0; i < ops.length; i++) {
            if ((spec.result(i) == Spec.WAITS) != history.get(i).pending()) return false;
        }
        return true;
    }

    private @Nullable Object recorded(int op) {
        var operation = history.get(op);
        if (operation.failure() != null)
            throw new AssertionError("an operation failed: " + operation, operation.failure());
        return operation.pending() ? null : operation.result();
    }
}
