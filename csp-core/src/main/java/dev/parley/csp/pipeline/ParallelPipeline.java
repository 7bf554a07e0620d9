package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.loop.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A pipeline whose next stage is done by several processes side by side, each working on another element: `parallel(8).map(Score::of)`.
///
/// The elements keep their order; at most twice as many as there are processes are under way, so that one slow element holds up the others
/// after a while. After [#unordered] each goes on as soon as it is done.
///
/// @param <T> the elements that come
public final class ParallelPipeline<T> {
    private final Pipeline<T> before;
    private final int processes;
    private final boolean ordered;

    ParallelPipeline(Pipeline<T> before, int processes, boolean ordered) {
        if (processes < 1)
            throw new IllegalArgumentException("a stage needs at least 1 process, but processes was " + processes);
        this.before = before;
        this.processes = processes;
        this.ordered = ordered;
    }

    /// The same, with results in the order in which they are done.
    public ParallelPipeline<T> unordered() {
        return new ParallelPipeline<>(before, processes, false);
    }

    /// What `work` makes of each element.
    public <R> Pipeline<R> map(Mapping<? super T, ? extends R> work) {
        return map(work, OnError.<T, R>fail());
    }

    /// What `work` makes of each element, or `onError` of one it fails on.
    public <R> Pipeline<R> map(Mapping<? super T, ? extends R> work, OnError<T, R> onError) {
        Objects.requireNonNull(work, "work");
        return stage("map", onError.sides, (x, meter) -> {
            R made = onError.apply(work, x, meter);
            return made == null ? List.of() : List.of(made);
        });
    }

    /// The elements for which `test` holds.
    public Pipeline<T> filter(Mapping<? super T, Boolean> test) {
        return filter(test, OnError.<T, Boolean>fail());
    }

    /// The elements for which `test` holds, or where it fails, `onError` says so.
    public Pipeline<T> filter(Mapping<? super T, Boolean> test, OnError<T, Boolean> onError) {
        Objects.requireNonNull(test, "test");
        return stage("filter", onError.sides,
                (x, meter) -> Boolean.TRUE.equals(onError.apply(test, x, meter)) ? List.of(x) : List.of());
    }

    /// All elements of the stream that `work` makes of each element; the streams are run to their ends by the parallel processes.
    public <R> Pipeline<R> flatMap(Mapping<? super T, ? extends Stream<? extends R>> work) {
        return flatMap(work, OnError.<T, Stream<? extends R>>fail());
    }

    /// All elements of the stream that `work` makes of each element, or `onError` of one it fails on. A failure that comes later, out of a
    /// stream, ends the pipeline.
    public <R> Pipeline<R> flatMap(Mapping<? super T, ? extends Stream<? extends R>> work,
            OnError<T, Stream<? extends R>> onError) {
        Objects.requireNonNull(work, "work");
        return stage("flatMap", onError.sides, (x, meter) -> {
            try (Stream<? extends R> made = onError.apply(work, x, meter)) {
                return made == null ? List.of() : new ArrayList<R>(made.toList());
            }
        });
    }

    private interface Work<T, R> {
        List<R> apply(T element, Meter meter) throws Exception;
    }

    private <R> Pipeline<R> stage(String name, List<? extends Sender<?>> sides, Work<T, R> work) {
        return before.then(name + " x" + processes, sides, (in, out) -> {
            if (ordered) new Ordered<>(in, out, work).run();
            else unordered(in, out, work).run();
        });
    }

    /// Each takes from the one input and sends into the one output. The first to find the receivers gone retires the input for all.
    private <R> Proc unordered(Receiver<T> in, Link.Outlet<R> out, Work<T, R> work) {
        return Par.times(processes, i -> Assembly.owning("worker-" + i, List.of(in), List.of(), () -> {
            for (var x : in) out.sendAll(work.apply(x, out.meter()));
        }));
    }

    /// Elements go to whatever worker is free; the places for their results stand in a queue, in the order of the elements.
    ///
    /// - O1 a slot is in `order` before it is in `toDo`, and each slot in `toDo` is done by one worker
    /// - O2 the collector takes slots in order and waits for each to be done; `order` bounds how far the others can get ahead
    /// - O3 a collector that finds its receivers gone retires `order` and the input, so the dispatcher ends, so `toDo` is closed, so the
    ///   workers end
    ///
    /// A worker that fails ends the Par of all these; so the collector waits for no slot in vain.
    private final class Ordered<R> {
        private final Receiver<T> in;
        private final Link.Outlet<R> out;
        private final Work<T, R> work;

        private final class Slot extends CompletableFuture<List<R>> {
            private @Nullable T element;

            Slot(T element) {
                this.element = element;
            }

            void fill() throws Exception {
                T given = Objects.requireNonNull(element);
                element = null;
                complete(work.apply(given, out.meter()));
            }
        }

        Ordered(Receiver<T> in, Link.Outlet<R> out, Work<T, R> work) {
            this.in = in;
            this.out = out;
            this.work = work;
        }

        void run() throws Exception {
            var order = Channel.<Slot>buffered("order", processes);
            var toDo = Channel.<Slot>rendezvous("toDo");
            var all = new ArrayList<Proc>();
            all.add(Assembly.owning("dispatcher", List.of(in), List.of(order, toDo), () -> {
                for (var x : in) {
                    var slot = new Slot(x);
                    order.send(slot);
                    toDo.send(slot);
                }
            }));
            for (int i = 0; i < processes; i++)
                all.add(Assembly.owning("worker-" + i, List.of(), List.of(), () -> {
                    for (var slot : toDo) slot.fill();
                }));
            all.add(Assembly.owning("collector", List.of(in, order), List.of(), () -> {
                for (var slot : order) out.sendAll(Tasks.await(slot));
            }));
            new Par("ordered", all).run();
        }
    }
}
