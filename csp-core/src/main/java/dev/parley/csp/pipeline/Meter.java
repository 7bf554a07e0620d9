package dev.parley.csp.pipeline;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What one stage has done so far; written by its processes, read by anyone at any time.
final class Meter {
    final String stage;
    final LongAdder sent = new LongAdder();
    final LongAdder failed = new LongAdder();
    private final @Nullable Link<?> input; // none for a source
    private final boolean sink;

    Meter(String stage, @Nullable Link<?> input, boolean sink) {
        this.stage = stage;
        this.input = input;
        this.sink = sink;
    }

    Progress.Stage read(double seconds) {
        int waiting = input == null ? 0 : input.channel.statistics().buffered();
        long done = sink && input != null ? Math.max(0, input.sent() - waiting) : sent.sum();
        return new Progress.Stage(stage, done, failed.sum(), waiting, seconds > 0 ? done / seconds : 0);
    }
}
