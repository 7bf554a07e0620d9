package dev.parley.loop.testing;

import dev.parley.loop.internal.JdkInternals;
import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.testing.Simulation.Exploration;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The caller's side of an exploration: gives a [Search] to a [Carrier], waits for its end, and watches its heartbeat.
///
/// The schedules run on a thread of their own so that a step that never ends, which nothing can stop from within, still fails the
/// test; it leaves its carrier behind.
final class Explorer {
    private final Config config;
    private final Body body;
    private final @Nullable String test;

    Explorer(Config config, Body body) {
        this(config, body, null);
    }

    /// @param test what to run again after a failure, as Maven's `-Dtest` names it; null if the stack of the caller tells
    Explorer(Config config, Body body, @Nullable String test) {
        var missing = JdkInternals.missing();
        if (missing != null) throw new IllegalStateException("cannot simulate: " + missing);
        if (Waiting.current() instanceof SimulatedWaiting)
            throw new IllegalStateException(
                    "a simulation cannot be started within a simulation; spawn a thread in the one that runs");
        this.config = config;
        this.body = body;
        this.test = test;
    }

    Exploration explore(int n) {
        String seed = System.getProperty("parley.seed");
        String schedule = System.getProperty("parley.schedule");
        if (schedule != null) {
            int[] list = Minimiser.parse(schedule);
            return search(of -> of.listed(seed == null ? 0 : Long.decode(seed), list));
        }
        if (seed != null) return search(of -> of.seeds(Long.decode(seed), 1));
        return search(of -> of.seeds(config.firstSeed(), n));
    }

    Exploration exhaust(int most) {
        String schedule = System.getProperty("parley.schedule");
        if (schedule == null) return search(of -> of.branches(most));
        int[] list = Minimiser.parse(schedule);
        return search(of -> of.listed(0, list));
    }

    private Exploration search(Function<Search, Exploration> kind) {
        var carrier = Carrier.take();
        var search = new Search(carrier, config, body);
        var task = new FutureTask<>(() -> kind.apply(search));
        carrier.thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        carrier.run(task);
        long tick = Math.max(10, config.stall().toMillis() / 4);
        long last = -1;
        int still = 0;
        while (true) {
            try {
                return task.get(tick, TimeUnit.MILLISECONDS);
            } catch (TimeoutException later) {
                long beats = carrier.heartbeat.beats();
                still = beats == last ? still + 1 : 0;
                last = beats;
                if (still < 4) continue;
                search.stop();
                throw named(Report.stall(carrier, config));
            } catch (InterruptedException interrupted) {
                search.stop();
                Thread.currentThread().interrupt();
                throw new CancellationException("the simulation was interrupted");
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof SimulationFailure failure) throw named(failure);
                throw new IllegalStateException("the simulation itself failed", failed.getCause());
            }
        }
    }

    /// As if it came from the calling thread, whose stack tells the name of the test.
    private SimulationFailure named(SimulationFailure failure) {
        return new SimulationFailure(failure.getMessage().replace(Report.TEST, test == null ? caller() : test),
                failure.seed(), failure.getCause());
    }

    /// The test that simulates: of the class that called us, the outermost method.
    private static String caller() {
        var frames = StackWalker.getInstance().walk(all -> all.map(
                frame -> frame.getClassName().replaceFirst("\\$.*", "") + "#" + frame.getMethodName()).toList());
        int first = 0;
        while (frames.get(first).matches("dev\\.parley\\.loop\\.testing\\.(Explorer|Simulation)#.*"))
            first++;
        var type = frames.get(first).substring(0, frames.get(first).indexOf('#') + 1);
        int last = frames.size() - 1;
        while (!frames.get(last).startsWith(type))
            last--;
        return frames.get(last).replaceFirst("^.*\\.", "").replaceFirst("#lambda\\$(.*)\\$.*", "#$1");
    }
}
