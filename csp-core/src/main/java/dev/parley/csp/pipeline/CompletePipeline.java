package dev.parley.csp.pipeline;

import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A pipeline from its sources to its sinks: a process that can be run, alone or in a [Par], and gives a result.
///
/// @param <R> the result
public final class CompletePipeline<R> implements Proc, Callable<R> {
    /// Puts one run together, and says where its result will be when it is over.
    interface Plan<R> {
        Supplier<R> attach(Assembly assembly);
    }

    final Plan<R> plan;
    private final String name;
    private final @Nullable Duration interval;
    private final Consumer<? super Progress> display;
    private volatile @Nullable Assembly current;

    CompletePipeline(Plan<R> plan) {
        this("pipeline", plan, null, _ -> {});
    }

    private CompletePipeline(String name, Plan<R> plan, @Nullable Duration interval,
            Consumer<? super Progress> display) {
        this.name = name;
        this.plan = plan;
        this.interval = interval;
        this.display = display;
    }

    /// The same pipeline; reports call it `name`.
    public CompletePipeline<R> named(String name) {
        return new CompletePipeline<>(Objects.requireNonNull(name, "name"), plan, interval, display);
    }

    /// The same pipeline, which shows `display` its progress once in each `interval` while it runs, and at the end: `showing(ofSeconds(1),
    /// IO::println)`. The rates are those since the last time. What `display` throws ends the pipeline as a failure.
    public CompletePipeline<R> showing(Duration interval, Consumer<? super Progress> display) {
        if (interval.isNegative() || interval.isZero())
            throw new IllegalArgumentException(
                    "progress is shown at intervals longer than nothing, but interval was " + interval);
        return new CompletePipeline<>(name, plan, interval, Objects.requireNonNull(display, "display"));
    }

    /// Runs the pipeline to its end and returns its result. It may be run again if its sources can.
    ///
    /// **Failure.** As that of a [Par]: the first stage that fails ends the others, and what it threw is thrown when all have ended.
    ///
    /// **Interruption.** Ends the stages, waits for them, and throws `InterruptedException`. Elements under way are lost.
    @Override public R call() throws Exception {
        var assembly = new Assembly();
        var result = plan.attach(assembly);
        current = assembly;
        if (interval != null)
            assembly.stage("progress", null, List.of(), Assembly.Ends.NONE, () -> show(assembly, interval));
        try {
            new Par(name, assembly.processes).run();
        } catch (Exception | Error thrown) {
            var failure = Interruptions.root(thrown);
            if (Interruptions.caused(failure) && Thread.interrupted()) {
                failure = new InterruptedException("interrupted while running " + this);
                failure.addSuppressed(thrown);
            }
            assembly.ended(failure);
            switch (failure) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalStateException(failure);
            }
        }
        assembly.ended(null);
        if (interval != null) display.accept(assembly.progress());
        return result.get();
    }

    /// As [#call], without the result.
    @Override public void run() throws Exception {
        call();
    }

    private void show(Assembly assembly, Duration interval) throws InterruptedException {
        long begin = assembly.waiting.nanoTime();
        var last = assembly.progress();
        for (long k = 1;; k++) {
            Tasks.sleep(Duration.ofNanos(begin + k * interval.toNanos() - assembly.waiting.nanoTime()));
            var now = assembly.progress();
            display.accept(now.since(last));
            last = now;
        }
    }

    /// How far the run is that began last; before the first, an empty progress. May be asked from any thread.
    public Progress progress() {
        var assembly = current;
        return assembly == null ? new Progress(Duration.ZERO, List.of()) : assembly.progress();
    }

    @Override public String name() {
        return name;
    }

    @Override public String toString() {
        return "Pipeline \"" + name + "\" [" + progress() + "]";
    }
}
