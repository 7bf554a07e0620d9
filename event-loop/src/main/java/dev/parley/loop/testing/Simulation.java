package dev.parley.loop.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/// Runs a concurrent program as a function of a seed: one thread at a time, in an order the seed decides, by a clock that
/// moves only when every thread waits. A test that tries ten thousand orders takes a tenth of a second, and an order that
/// fails is found again from its number.
///
/// ```java
/// Simulation.explore(10_000, sim -> {
///     var mailbox = new Mailbox<String>();
///     sim.spawn("producer", () -> mailbox.put("hello"));
///     assertEquals("hello", mailbox.take());
/// });
/// ```
///
/// **What runs.** The body runs on a virtual thread called `main`. Virtual threads started by simulated threads, through
/// [#spawn], through Parley, or by the JDK (`Thread.ofVirtual()`, a virtual thread per task executor), are simulated too.
///
/// **Where threads change.** Where one parks, yields (`Thread.yield()`) or ends; and, when the system property
/// `dev.parley.preemption` is true, before each lock, compare-and-set, volatile access and park of Parley's own classes. In
/// code of your own, or of others, [Preemptible] puts such places where they belong.
///
/// **What fails a run.** An exception that leaves a thread; a deadlock (all wait, the body among them, and no timer is
/// set); a leak (the body has ended and others wait for ever); more than [Config#maxSteps] steps; a step that takes
/// longer than [Config#stall] of real time. An InterruptedException that ends a thread which the simulation had interrupted
/// is no failure. The [SimulationFailure] carries the seed, the schedule cut down to the switches that matter, and where each
/// thread was.
///
/// **Time.** Waiting through Parley, `LockSupport.parkNanos` and `Object.wait(millis)` follow virtual time. The timed waits of
/// `Thread.sleep` and `java.util.concurrent` measure with [System#nanoTime], which nobody can move: they keep their place
/// in virtual time, to the millisecond, but also take their real time, and a run fails that meets one longer than half of
/// [Config#stall]. If the machine holds up such a wait as it begins, its length is taken for the roundest that it can have been.
///
/// **What makes a run repeatable.** Same seed, same program, same order, in every JVM, as long as the program decides nothing
/// by real time, identity hash codes, unseeded random numbers, or threads outside the simulation. Contended monitors
/// (`synchronized`) work, but the JVM wakes their waiters from a thread of its own at an instant that no seed decides. A report
/// says so when a run was not repeatable.
///
/// **Needs** `java.base/java.lang` opened; without, every call fails at once and names the flag.
///
/// A `Simulation` is used by the threads of its own run only.
public final class Simulation {
    private final Run run;
    private final long seed;

    Simulation(Run run, long seed) {
        this.run = run;
        this.seed = seed;
    }

    /// A program to simulate. It is run many times, so it makes all its state anew.
    @FunctionalInterface public interface Body {
        /// Runs the program once.
        void run(Simulation sim) throws Exception;
    }

    /// What a spawned thread does, if it has no result.
    @FunctionalInterface public interface Action {
        /// Does it.
        void run() throws Exception;
    }

    /// What a number of runs amounted to.
    ///
    /// @param schedules how many schedules were run
    /// @param steps how many steps they took together
    /// @param hash a fingerprint of all their decisions; equal in every JVM for the same program and seeds
    /// @param complete whether these were all schedules there are; always false for [#explore]
    public record Exploration(long schedules, long steps, long hash, boolean complete) {}

    /// How to simulate; start from [#STANDARD].
    ///
    /// @param firstSeed the seed of the first schedule; the others follow
    /// @param spuriousWakeups probability, per step, that a parked thread wakes for no reason
    /// @param interrupts probability, per step, that a thread other than the body's is interrupted
    /// @param slowness probability, per step, that the clock jumps to the next timer although threads are ready, as on a slow
    ///        computer: timeouts then race with what they wait for
    /// @param preemptions at most so many times is a thread stopped at a preemption point for another; -1 for no bound. Two or
    ///        three find most bugs and keep [#exhaust] short (Musuvathi and Qadeer, PLDI 2007)
    /// @param maxSteps a run that takes more fails
    /// @param stall a step that takes more real time fails
    public record Config(long firstSeed, double spuriousWakeups, double interrupts, double slowness, int preemptions,
            int maxSteps, Duration stall) {
        /// Seeds from 1, nothing injected, no bound on preemptions, 100 000 steps, ten seconds.
        public static final Config STANDARD = new Config(1, 0, 0, 0, -1, 100_000, Duration.ofSeconds(10));

        /// Checks the values.
        public Config {
            probability("spuriousWakeups", spuriousWakeups);
            probability("interrupts", interrupts);
            probability("slowness", slowness);
            if (preemptions < -1)
                throw new IllegalArgumentException(
                        "preemptions must be at least 0, or -1 for no bound, but was " + preemptions);
            if (maxSteps < 1) throw new IllegalArgumentException("maxSteps must be at least 1, but was " + maxSteps);
            if (stall.compareTo(Duration.ofMillis(100)) < 0)
                throw new IllegalArgumentException(
                        "stall must be at least 100 ms, or a busy machine fails good runs, but was " + stall);
        }

        private static void probability(String name, double value) {
            if (!(value >= 0 && value < 1))
                throw new IllegalArgumentException(
                        name + " is a probability per step, from 0 to less than 1, but was " + value);
        }

        /// With another first seed.
        public Config withFirstSeed(long seed) {
            return new Config(seed, spuriousWakeups, interrupts, slowness, preemptions, maxSteps, stall);
        }

        /// With wake-ups for no reason.
        public Config withSpuriousWakeups(double probability) {
            return new Config(firstSeed, probability, interrupts, slowness, preemptions, maxSteps, stall);
        }

        /// With interruptions.
        public Config withInterrupts(double probability) {
            return new Config(firstSeed, spuriousWakeups, probability, slowness, preemptions, maxSteps, stall);
        }

        /// With time that passes while threads are ready.
        public Config withSlowness(double probability) {
            return new Config(firstSeed, spuriousWakeups, interrupts, probability, preemptions, maxSteps, stall);
        }

        /// With a bound on preemptions.
        public Config withPreemptions(int most) {
            return new Config(firstSeed, spuriousWakeups, interrupts, slowness, most, maxSteps, stall);
        }

        /// With another bound on steps.
        public Config withMaxSteps(int most) {
            return new Config(firstSeed, spuriousWakeups, interrupts, slowness, preemptions, most, stall);
        }

        /// With another bound on the real time of a step.
        public Config withStall(Duration longest) {
            return new Config(firstSeed, spuriousWakeups, interrupts, slowness, preemptions, maxSteps, longest);
        }

        /// As [Simulation#explore], in this way.
        public Exploration explore(int n, Body body) {
            if (n < 1) throw new IllegalArgumentException("at least 1 schedule must be explored, but n was " + n);
            return new Explorer(this, body).explore(n);
        }

        /// As [Simulation#replay], in this way.
        public Exploration replay(long seed, Body body) {
            return new Explorer(this.withFirstSeed(seed), body).explore(1);
        }

        /// As [Simulation#exhaust], in this way.
        public Exploration exhaust(int most, Body body) {
            if (most < 1) throw new IllegalArgumentException("at least 1 schedule must be run, but most was " + most);
            return new Explorer(this, body).exhaust(most);
        }

        boolean faults() {
            return spuriousWakeups > 0 || interrupts > 0 || slowness > 0;
        }

        long stallNanos() {
            return stall.toNanos();
        }
    }

    /// Runs `body` on `n` schedules, one for each seed from 1 to n, and stops at the first that fails.
    ///
    /// With the system property `parley.seed`, or `parley.schedule`, it runs that one schedule alone.
    ///
    /// @throws SimulationFailure if one fails
    /// @throws IllegalStateException if `java.lang` is not open, or from within a simulation
    /// @throws java.util.concurrent.CancellationException if the calling thread is interrupted; its interrupt status is kept
    public static Exploration explore(int n, Body body) {
        return Config.STANDARD.explore(n, body);
    }

    /// Runs `body` on the schedule of one seed, for looking at a failure.
    ///
    /// @throws SimulationFailure if it fails
    public static Exploration replay(long seed, Body body) {
        return Config.STANDARD.replay(seed, body);
    }

    /// Runs `body` on every schedule there is, depth first, but on no more than `most`; for small programs, such as two
    /// threads with one operation each. Of what [Config] injects, at most one happens in each run.
    ///
    /// @throws SimulationFailure if one fails
    public static Exploration exhaust(int most, Body body) {
        return Config.STANDARD.exhaust(most, body);
    }

    /// Starts a simulated thread.
    public Thread spawn(String name, Action action) {
        run.caller();
        return run.start(name, () -> {
            try {
                action.run();
            } catch (Exception thrown) {
                throw new Run.Threw(thrown);
            }
        });
    }

    /// Lets the others run until each of them has ended. To wait for some only, use [Thread#join()].
    ///
    /// **Interruption** is kept for later.
    public void run() {
        run.join();
    }

    /// Lets the others run until each of them has ended or waits, without any time passing.
    ///
    /// **Interruption** is kept for later.
    public void settle() {
        run.settle(0);
    }

    /// Lets `time` pass, and all that falls due meanwhile happen at its instant; returns when, at the end of that time, nobody can
    /// go on.
    ///
    /// **Interruption** is kept for later.
    public void advance(Duration time) {
        if (time.isNegative())
            throw new IllegalArgumentException("time does not go back, but advance was called with " + time);
        run.settle(nanos(time));
    }

    /// The virtual time since the run began.
    public Duration now() {
        return Duration.ofNanos(run.now());
    }

    /// The seed of this run.
    public long seed() {
        return seed;
    }

    /// A number from 0 to `bound - 1` that follows the seed; [#exhaust] tries them all.
    public int random(int bound) {
        if (bound < 1) throw new IllegalArgumentException("bound must be at least 1, but was " + bound);
        run.caller();
        return bound == 1 ? 0 : run.choices().number(bound);
    }

    /// Interrupts a simulated thread; it may then end with an InterruptedException. No effect on one that has ended.
    public void interrupt(Thread thread) {
        run.interrupt(thread);
    }

    /// Ends all threads but the body's, wherever they wait: for a test that has seen what it wanted, some operations being
    /// left pending. What they do from here on does not fail the run.
    public void abandon() {
        run.abandon();
    }

    /// Does `operation`, and records when it was invoked, whether it waited, and what came of it.
    ///
    /// @return what the operation returned
    public <T extends @Nullable Object> T record(String name, Callable<T> operation) throws Exception {
        var recorded = run.begin(name);
        try {
            T result = operation.call();
            recorded.result = result;
            return result;
        } catch (Throwable thrown) {
            recorded.failure = thrown;
            throw thrown;
        } finally {
            run.end(recorded);
        }
    }

    /// As [#record(String, Callable)], for an operation without result.
    public void record(String name, Action operation) throws Exception {
        this.<@Nullable Void>record(name, () -> {
            operation.run();
            return null;
        });
    }

    /// The recorded operations of this run in the order they were invoked, the pending ones among them.
    public List<Operation> history() {
        return run.history();
    }

    /// For tests of the instrument: how many timers it keeps, cancelled ones among them.
    int timers() {
        return run.timers();
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }
}
