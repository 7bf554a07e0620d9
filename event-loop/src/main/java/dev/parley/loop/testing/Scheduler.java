package dev.parley.loop.testing;

import dev.parley.loop.internal.JdkInternals;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What the JDK sees of a simulation: the scheduler of its virtual threads, for one [Run] after another.
///
/// **Idea.** The JDK hands us the continuation of a virtual thread whenever that thread can go on: it was started, unparked, or yielded.
/// We keep it, and to run it is a step, until the thread parks, yields or ends. All steps are taken on one thread, the carrier,
/// which created this object.
///
/// **Invariants**
/// - I1  All but `arrivals` is touched by the carrier only: by the loop of the run, or by the thread mounted in a step. So plain
///       fields do, and no step sees another half done. (A watcher may read `running`, and makes do with an old value.)
/// - I2  `running` is the thread mounted in this step, and null between steps.
///
/// **Threads from outside** (a platform thread that unparks one of ours; the VM's unblocker of monitors) put continuations
/// into `arrivals`. When they come is not ours to decide, so the run is no longer exact.
///
/// **A pool**, because the JDK gives the timed waits of its own classes to a scheduler only if that is a ForkJoinPool, through
/// [#schedule]. It never has a worker.
///
/// **Its end.** If a thread of a run does not give way when the run ends, its executor drops all from then on, and later runs
/// get another scheduler.
@SuppressWarnings("ReferenceEquality") // of threads and continuations, identity is meant
final class Scheduler extends ForkJoinPool {
    static {
        // Threads that the JDK starts for one of ours run here too, but within no seam.
        Waiting.ofUnbound(() -> JdkInternals.schedulerOf(Thread.currentThread()) instanceof Scheduler scheduler
                && scheduler.run != null ? scheduler.run.waiting() : null);
    }

    private final Thread carrier = Thread.currentThread();
    private final Heartbeat heartbeat;
    private final Thread.Builder.OfVirtual builder;
    private final ConcurrentLinkedQueue<Runnable> arrivals = new ConcurrentLinkedQueue<>();
    private volatile boolean spent;
    private @Nullable Run run;
    private @Nullable SimulatedThread running;

    /// Whether a thread has waited as the JDK does. Only then is the real clock asked at each step, which is a tenth of what a short
    /// schedule takes.
    private boolean timed;
    private long stepBegan;

    Scheduler(Heartbeat heartbeat) {
        super(1, defaultForkJoinWorkerThreadFactory, null, false, 0, 1, 0, null, 1, TimeUnit.SECONDS);
        this.heartbeat = heartbeat;
        this.builder = JdkInternals.virtualThreadsOn(this).inheritInheritableThreadLocals(false)
                .uncaughtExceptionHandler((thread, thrown) -> current().uncaught(thread, thrown));
    }

    // ---- what the JDK calls ----

    @Override public void execute(Runnable continuation) {
        if (onCarrier()) {
            current().ready(continuation);
        } else if (!spent) {
            arrivals.add(continuation);
            LockSupport.unpark(carrier);
        }
    }

    /// The timed waits of virtual threads, in the step in which they begin.
    @Override public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        if (!timed) stepBegan = System.nanoTime();
        timed = true;
        return current().time().setByJdk(unit.toNanos(delay), command, running, stepBegan);
    }

    private boolean onCarrier() {
        var caller = Thread.currentThread();
        var mounted = running;
        return caller == carrier || (mounted != null && mounted.thread == caller);
    }

    // ---- what the run calls ----

    Run begin(Config config, Choices choices, long seed, @Nullable Trace trace) {
        var next = new Run(this, config, choices, seed, trace);
        run = next;
        return next;
    }

    Thread unstarted(String name, Runnable body) {
        return builder.name(name).unstarted(body);
    }

    /// Lets `thread` go on until it parks, yields or ends.
    void mount(SimulatedThread thread) {
        heartbeat.beat();
        if (timed) stepBegan = System.nanoTime();
        running = thread;
        var continuation = thread.continuation;
        if (continuation != null) continuation.run();
        running = null;
    }

    /// The thread in whose step we are; a watcher on another thread may see an old one.
    @Nullable SimulatedThread running() {
        return running;
    }

    boolean hasArrivals() {
        return !arrivals.isEmpty();
    }

    /// Takes in what came from outside.
    void admit() {
        for (Runnable continuation; (continuation = arrivals.poll()) != null;)
            current().ready(continuation);
    }

    /// Waits until something comes from outside; false if nothing did in this real time.
    boolean awaitArrival(long nanos) {
        long end = System.nanoTime() + nanos;
        while (arrivals.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) return false;
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    /// Lets the real clock reach `instant`.
    void awaitRealTime(long instant) {
        for (long left; (left = instant - System.nanoTime()) > 0;)
            LockSupport.parkNanos(this, left);
    }

    /// Gives up threads that will not end: this scheduler runs nothing any more.
    void giveUp() {
        spent = true;
    }

    boolean spent() {
        return spent;
    }

    private Run current() {
        if (run == null) throw new IllegalStateException("the scheduler of a simulation is used before its first run");
        return run;
    }

    /// For a watcher: the seed of the run.
    long seed() {
        return run == null ? 0 : run.seed();
    }
}
