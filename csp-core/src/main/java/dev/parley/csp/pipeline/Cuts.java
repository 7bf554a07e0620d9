package dev.parley.csp.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Gatherer;
import org.jspecify.annotations.Nullable;

/// Gatherers that [java.util.stream.Gatherers] does not have.
final class Cuts {
    private Cuts() {}

    /// The first `count` elements, at least one.
    static <T> Gatherer<T, ?, T> take(long count) {
        return Gatherer.<T, Counter, T>ofSequential(Counter::new, Gatherer.Integrator.of(
                (state, element, downstream) -> downstream.push(element) && ++state.seen < count));
    }

    /// All but the first `count` elements.
    static <T> Gatherer<T, ?, T> drop(long count) {
        return Gatherer.<T, Counter, T>ofSequential(Counter::new, Gatherer.Integrator.ofGreedy(
                (state, element, downstream) -> state.seen++ < count || downstream.push(element)));
    }

    private static final class Counter {
        long seen;
    }

    /// Lists of neighbours with equal keys.
    static <T, K> Gatherer<T, ?, List<T>> group(Function<? super T, ? extends K> key) {
        return Gatherer.<T, Group<T>, List<T>>ofSequential(Group::new,
                Gatherer.Integrator.ofGreedy((state, element, downstream) -> {
                    Object its = key.apply(element);
                    boolean more = state.elements.isEmpty() || Objects.equals(its, state.key)
                            || downstream.push(state.take());
                    state.key = its;
                    state.elements.add(element);
                    return more;
                }), (state, downstream) -> {
                    if (!state.elements.isEmpty()) downstream.push(state.take());
                });
    }

    private static final class Group<T> {
        private @Nullable Object key;
        private List<T> elements = new ArrayList<>();

        List<T> take() {
            var taken = elements;
            elements = new ArrayList<>();
            return List.copyOf(taken);
        }
    }
}
