package dev.parley.csp.component;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// What a component gives, on many schedules: each run must also end by itself, without a failure and with no process left.
final class Law {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 40);

    private Law() {}

    /// The first of what `source` gives is `expected`; then its receiver retires, which ends it in order.
    @SafeVarargs
    @SuppressWarnings("varargs") static <T> void gives(Function<Channel<T>, Proc> source, T... expected) {
        Simulation.Config.STANDARD.withMaxSteps(1_000_000).explore(SCHEDULES, _ -> {
            var out = Channel.<T>rendezvous("out");
            var seen = new ArrayList<T>();
            new Par(source.apply(out), Proc.named("first").owningIn(out).does(() -> {
                while (seen.size() < expected.length) seen.add(out.receive());
            })).run();
            assertEquals(List.of(expected), seen);
        });
    }

    /// What `stage` makes of all of `given` is `expected`; the end of the input ends it.
    static <T, R> void makes(List<T> given, BiFunction<Channel<T>, Channel<R>, Proc> stage, List<R> expected) {
        Simulation.explore(SCHEDULES, _ -> {
            var in = Channel.<T>rendezvous("in");
            assertEquals(expected, Law.<R>all(out -> new Par(Plumbing.source(given, in), stage.apply(in, out))));
        });
    }

    /// All that `source` gives, until it ends.
    static <T> List<T> all(Function<Channel<T>, Proc> source) throws Exception {
        var out = Channel.<T>rendezvous("out");
        var seen = new ArrayList<T>();
        new Par(source.apply(out), Plumbing.<T>consume(seen::add, out)).run();
        return seen;
    }
}
