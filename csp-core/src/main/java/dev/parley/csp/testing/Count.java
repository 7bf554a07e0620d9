package dev.parley.csp.testing;

import dev.parley.loop.testing.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Counts what was checked; for several threads.
final class Count {
    private static final int VERBS = Verb.values().length;

    final LongAdder schedules = new LongAdder();
    private final List<Kind> kinds;
    private final AtomicLongArray cells;

    Count(List<Kind> kinds) {
        this.kinds = kinds;
        cells = new AtomicLongArray(kinds.size() * VERBS);
    }

    @SuppressWarnings("EnumOrdinal") // an array of counts is what is wanted here
    private static int index(Verb verb) {
        return verb.ordinal();
    }

    /// A history was explained.
    void add(Scenario scenario, List<Operation> history, List<Op> performed) {
        schedules.increment();
        var used = new boolean[cells.length()];
        for (int i = 0; i < performed.size(); i++) {
            boolean interrupted = Op.interrupted(history.get(i).result());
            for (var use : performed.get(i).uses()) {
                int kind = kinds.indexOf(scenario.channels().get(use.channel()).kind());
                used[kind * VERBS + index(use.verb())] = true;
                if (interrupted) used[kind * VERBS + index(Verb.INTERRUPTION)] = true;
            }
        }
        for (int i = 0; i < used.length; i++) if (used[i]) cells.incrementAndGet(i);
    }

    Coverage coverage(long hash) {
        var rows = new ArrayList<Coverage.Row>();
        for (var verb : Verb.values()) {
            var row = new ArrayList<Long>();
            for (int kind = 0; kind < kinds.size(); kind++) row.add(cells.get(kind * VERBS + index(verb)));
            rows.add(new Coverage.Row(verb, row));
        }
        return new Coverage(schedules.sum(), hash, kinds, rows);
    }
}
