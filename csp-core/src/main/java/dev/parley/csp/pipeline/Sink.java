package dev.parley.csp.pipeline;

import dev.parley.csp.Receiver;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// The ends of pipelines: what they do, and where their results are.
final class Sink {
    /// The result of those that have none.
    @SuppressWarnings("NullAway") // nobody looks at a Void
    static final Supplier<Void> NOTHING = () -> null;

    private Sink() {}

    /// What a sink does, from its first element to its last.
    interface Body<T> {
        void run(Receiver<T> in) throws Exception;
    }

    /// Set by the sink's process; read when the Par has ended, which happens after.
    static final class Result<R> implements Supplier<R> {
        @Nullable R value;

        @Override
        @SuppressWarnings("NullAway") // a reader may have answered null
        public R get() {
            return value;
        }
    }

    static <T, A, R> R collect(Collector<? super T, A, R> collector, Receiver<T> in) {
        A container = collector.supplier().get();
        var accumulator = collector.accumulator();
        for (var x : in) accumulator.accept(container, x);
        return collector.finisher().apply(container);
    }
}
