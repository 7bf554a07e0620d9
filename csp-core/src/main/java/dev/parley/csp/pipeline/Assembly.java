package dev.parley.csp.pipeline;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run of a pipeline being put together: its processes, and what is counted of them.
///
/// **How it ends.** Each stage owns its ends.
///
/// - P1 The end of the sources travels with the elements: a stage that has handled its last element closes its outlet.
/// - P2 A stage that finds its receivers gone retires its input: so does the end of a sink travel back.
/// - P3 A stage that waits for an idle source does not hear of P2. So the last sink to end interrupts the stages whose bodies still run; that
///   a stage ends by this interruption is no failure. A body counts as ended before its outlet is closed; so where the end comes from the sources
///   (P1), no body runs any more when the last sink ends, and nobody is interrupted.
/// - P4 A failure poisons both sides and makes the Par cancel the others; it is what `run` throws.
/// - P5 Ends of channels that lead out of the pipeline are retired by the stage that owns them, and poisoned when the Par has failed.
///
/// **Memory.** `over` and `Stage.thread` are volatile: a stage writes its thread and then reads `over`, the last sink writes `over` and
/// then reads the threads, so one of them sees the other.
final class Assembly {
    final List<Proc> processes = new ArrayList<>();
    final Waiting waiting = Waiting.current();
    private final List<Meter> meters = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();
    private final long start = waiting.nanoTime();
    private final AtomicInteger sinks = new AtomicInteger();
    private final List<Consumer<@Nullable Throwable>> listeners = new ArrayList<>();
    private volatile boolean over;

    /// A channel that `of` fills.
    <T> Link<T> link(Pipeline<T> of) {
        return new Link<>(of.name + ".out", of.capacity);
    }

    /// A channel that `of` fills, and all that is before it.
    <T> Link<T> filled(Pipeline<T> of) {
        var link = link(of);
        of.attach(this, link);
        return link;
    }

    Meter meter(String stage, @Nullable Link<?> input) {
        var meter = new Meter(stage, input, false);
        meters.add(meter);
        return meter;
    }

    /// Adds a process that is not the last, between these links.
    void stage(String name, @Nullable Link<?> in, List<? extends Sender<?>> outs, Ends others, Proc body) {
        whenFailed(others);
        var stage = new Stage(body, others);
        stages.add(stage);
        processes.add(owning(name, in == null ? List.of() : List.of(in.channel), outs, stage));
    }

    /// Adds a process that is the last of its line.
    void sink(String name, Link<?> in, Ends others, Proc body) {
        meters.add(new Meter(name, in, true));
        sinks.incrementAndGet();
        whenFailed(others);
        var owner = owning(name, List.of(in.channel), List.of(), () -> {
            quietly(body);
            others.retire();
        });
        processes.add(Proc.named(name).does(() -> {
            owner.run();
            if (sinks.decrementAndGet() == 0) stop();
        }));
    }

    /// Ends of channels that lead out of the pipeline, owned by one of its stages.
    record Ends(List<? extends Receiver<?>> ins, List<? extends Sender<?>> outs) {
        static final Ends NONE = new Ends(List.of(), List.of());

        static Ends in(Receiver<?> in) {
            return new Ends(List.of(in), List.of());
        }

        static Ends out(Sender<?> out) {
            return new Ends(List.of(), List.of(out));
        }

        void retire() {
            for (var in : ins) in.retire();
            for (var out : outs) out.close();
        }

        void poison(Throwable cause) {
            for (var in : ins) in.poison(cause);
            for (var out : outs) out.poison(cause);
        }
    }

    /// P5: with what the Par throws, since the stage itself may only know that it was cancelled.
    private void whenFailed(Ends ends) {
        whenEnded(failure -> {
            if (failure != null) ends.poison(failure);
        });
    }

    /// A process that owns these ends, and ends in order when its receivers are gone.
    static Proc owning(String name, List<? extends Receiver<?>> ins, List<? extends Sender<?>> outs, Proc body) {
        var named = Proc.named(name);
        for (var in : ins) named = named.owningIn(in);
        for (var out : outs) named = named.owningOut(out);
        return named.does(() -> quietly(body));
    }

    private static void quietly(Proc body) throws Exception {
        try {
            body.run();
        } catch (ChannelPoisoned end) {
            if (!end.receiverGone()) throw end;
            Interruptions.throwAttached(end);
        }
    }

    /// Calls `listener` when the Par has ended, with its failure if it failed.
    void whenEnded(Consumer<@Nullable Throwable> listener) {
        listeners.add(listener);
    }

    void ended(@Nullable Throwable failure) {
        for (var listener : listeners) listener.accept(failure);
    }

    private void stop() {
        over = true;
        Preemption.point();
        for (var stage : stages) {
            var thread = stage.thread;
            if (thread != null) thread.interrupt();
        }
    }

    Progress progress() {
        var elapsed = Duration.ofNanos(waiting.nanoTime() - start);
        double seconds = elapsed.toNanos() / 1e9;
        return new Progress(elapsed, meters.stream().map(meter -> meter.read(seconds)).toList());
    }

    /// The body of a stage, which may be told that it is not needed any more.
    private final class Stage implements Proc {
        private final Proc body;
        private final Ends others;
        private volatile @Nullable Thread thread; // while the body runs

        Stage(Proc body, Ends others) {
            this.body = body;
            this.others = others;
        }

        @Override public void run() throws Exception {
            thread = Thread.currentThread();
            Preemption.point();
            try {
                if (!over) quietly(body);
            } catch (Exception stopped) {
                if (!over || !Interruptions.caused(stopped)) throw stopped;
                Interruptions.throwAttached(stopped);
            } finally {
                thread = null;
            }
            others.retire();
        }
    }
}
