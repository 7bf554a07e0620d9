package dev.parley.loop.testing;

import dev.parley.loop.internal.JdkInternals;
import dev.parley.loop.internal.Resident;
import dev.parley.loop.testing.Failure.Kind;
import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Config;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One run of a simulated program, from the first step to the last.
///
/// **Idea.** Among the threads that are ready, [Choices] picks the one to take the next step, and nothing else decides. Time
/// stands still while a thread is ready, and jumps to the next timer when none is. The run is over when no thread is ready and no
/// timer set; if threads are left then, it has failed.
///
/// **Invariants**
/// - I1  A thread is in `ready` at most once, and exactly if it can go on and is not running.
/// - I2  Time never goes back, and no timer before now is set once a step begins.
/// - I3  Nothing that differs between two JVMs (identity, thread ids, real time, hash order) enters a decision.
///
/// **Ending.** A failed or abandoned run still has threads with frames on them. They are woken with `ending` set: waiting through
/// our [Waiting] then throws [Abandoned], waiting inside the JDK is interrupted. What does not give way spends the scheduler.
///
/// Grown from the idea of FoundationDB's simulation (Zhou and others, SIGMOD 2021) and Coyote's controlled schedules.
@SuppressWarnings("ReferenceEquality") // of threads and continuations, identity is meant
final class Run {
    private static final int UNWINDING_STEPS = 20_000;
    private static final long MONITOR_GRACE_NANOS = 20_000_000;

    /// Thrown through the frames of a thread whose run is over.
    static final class Abandoned extends Error {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("the simulation has ended", null, false, false);
        }
    }

    /// Carries what a body or action threw out of a Runnable.
    static final class Threw extends RuntimeException {
        private static final long serialVersionUID = 1;

        Threw(Exception cause) {
            super(cause);
        }
    }

    private final Scheduler scheduler;
    private final Config config;
    private final Choices choices;
    private final long seed;
    private final @Nullable Trace trace;
    private final Waiting waiting = new SimulatedWaiting(this);
    private final HashMap<Thread, SimulatedThread> known = new HashMap<>();
    private final ArrayList<SimulatedThread> alive = new ArrayList<>();
    private final HashMap<String, SimulatedThread> named = new HashMap<>();
    private final ReadyQueue ready = new ReadyQueue();
    private final VirtualTime time = new VirtualTime();
    private final History history = new History();
    private @Nullable SimulatedThread joiner;
    private @Nullable Failure failure;
    private boolean bodyEnded;
    private boolean ending;
    private boolean abandoning;
    private boolean settled;
    private boolean exact = true;
    private int preemptions;
    private int threads;
    private int steps;
    private long hash;

    Run(Scheduler scheduler, Config config, Choices choices, long seed, @Nullable Trace trace) {
        this.scheduler = scheduler;
        this.config = config;
        this.choices = choices;
        this.seed = seed;
        this.trace = trace;
        hash = seed;
    }

    /// Runs `body` to its end; null if all went well.
    ///
    /// @param describing whether a failure is to say where each thread was
    @Nullable Failure go(Body body, boolean describing) {
        var simulation = new Simulation(this, seed);
        start("main", () -> {
            try {
                body.run(simulation);
            } catch (Exception thrown) {
                throw new Threw(thrown);
            } finally {
                bodyEnded = true;
            }
        });
        loop();
        if (failure == null) return null;
        ending = true;
        var lines = describing ? describe() : List.<String>of();
        var failed = new Failure(failure.kind(), failure.what(), failure.cause(), lines, hash, exact);
        if (!drain(0)) scheduler.giveUp();
        return failed;
    }

    private void loop() {
        while (failure == null) {
            if (scheduler.hasArrivals()) admit();
            if (ready.size() == 0) {
                if (!passTime()) return;
            } else if (steps == config.maxSteps()) {
                fail(Kind.LIVELOCK, "the run has not ended after " + steps
                        + " steps; if that is right, allow more with Config.maxSteps", null);
            } else {
                // Who waited for the others to settle sees them so, even among faults.
                if (config.faults() && !settled) inject();
                settled = false;
                step(pick());
                if (abandoning) abandonNow();
            }
        }
    }

    private SimulatedThread pick() {
        int n = ready.size();
        int choice = 0;
        if (n > 1) {
            boolean continues = ready.continues();
            if (!continues || preemptions != config.preemptions()) {
                choice = choices.thread(n);
                if (choice != 0 && continues) preemptions++;
            }
            hash = (hash ^ (choice + ((long) n << 32))) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return ready.remove(choice);
    }

    private void step(SimulatedThread thread) {
        boolean counts = !ending;
        if (counts) steps++;
        if (counts && trace != null) trace.before(thread);
        thread.preempted = false;
        scheduler.mount(thread);
        if (counts) hash = (hash ^ thread.id) * 0xBF58476D1CE4E5B9L;
        switch (thread.thread.getState()) {
            case TERMINATED -> ended(thread);
            case WAITING, TIMED_WAITING -> history.parked(thread);
            case BLOCKED -> exact = false;
            case NEW, RUNNABLE -> {}
        }
        if (counts && trace != null) trace.after(thread, label(thread));
    }

    private void ended(SimulatedThread thread) {
        alive.remove(thread);
        known.remove(thread.thread);
        if (joiner != null && alive.size() == 1) LockSupport.unpark(joiner.thread);
    }

    /// Nothing is ready: moves the clock; false if the run is over.
    private boolean passTime() {
        var next = time.next();
        if (awaitArrival(next == null ? config.stallNanos() / 2 : MONITOR_GRACE_NANOS)) return true;
        if (next == null) {
            if (alive.isEmpty()) return false;
            fail(bodyEnded ? Kind.LEAK : Kind.DEADLOCK, waits(), null);
            return false;
        }
        fireAll(next);
        return true;
    }

    private String waits() {
        int n = alive.size();
        String who = n == 1 ? "1 thread waits" : n + " threads wait";
        return (bodyEnded
                ? "the body has ended, but " + who + " for ever"
                : who + " and nothing can wake them".replace(
                        "them", n == 1 ? "it" : "them"));
    }

    /// Goes to the instant of `next`, and fires all that is due then: which of them acts first is again a decision.
    private void fireAll(Timer first) {
        if (trace != null && first.at > time.now())
            trace.event("the clock moves to " + Where.seconds(first.at)
                    + (ready.size() == 0 ? "" : ", though threads are ready"));
        for (var next = first; next != null && next.at <= first.at; next = time.next()) {
            if (next != first && next.settles) break;
            time.take(next);
            if (next.loops && !letRealTimePass(next)) return;
            next.fire();
            if (next.settles) {
                settled = true;
                break;
            }
        }
        hash = (hash ^ time.now()) * 0x94D049BB133111EBL;
    }

    /// A wait inside the JDK that loops on the real clock, such as [Thread#sleep], would go back to waiting if it were woken
    /// in virtual time only. So it is given its real time too, as long as that is short.
    private boolean letRealTimePass(Timer timer) {
        long limit = config.stallNanos() / 2;
        var waiter = timer.waiter;
        if (waiter != null && timer.delay > limit) {
            fail(Kind.REAL_TIME,
                    waiter.name + " waits " + Where.seconds(timer.whole)
                            + " by the real clock at " + Where.user(waiter.thread.getStackTrace())
                            + ", but a simulation waits at most " + Where.seconds(limit)
                            + "; wait through what Parley offers, which follows virtual time, or for less",
                    null);
            return false;
        }
        scheduler.awaitRealTime(timer.realStart + timer.delay);
        return true;
    }

    /// Waits for those who wake our threads from a thread of their own: for as long as it takes if one of ours is woken already
    /// but not here yet; up to `nanos` if one waits for a monitor, which the VM may be about to hand over.
    private boolean awaitArrival(long nanos) {
        boolean onTheWay = false;
        boolean blocked = false;
        for (var thread : alive) {
            var state = thread.ready ? Thread.State.NEW : thread.thread.getState();
            onTheWay |= state == Thread.State.RUNNABLE;
            blocked |= state == Thread.State.BLOCKED;
        }
        if (!onTheWay && !blocked) return scheduler.hasArrivals();
        return scheduler.awaitArrival(onTheWay ? config.stallNanos() : nanos);
    }

    private void admit() {
        exact = false;
        scheduler.admit();
    }

    private void inject() {
        if (config.slowness() > 0) {
            var next = time.next();
            if (next != null && !next.settles && choices.chance(config.slowness())) fireAll(next);
        }
        if (config.spuriousWakeups() > 0 && choices.chance(config.spuriousWakeups())) {
            var thread = someone(true);
            if (thread != null) {
                if (trace != null) trace.event(label(thread) + " is woken for no reason");
                LockSupport.unpark(thread.thread);
            }
        }
        if (config.interrupts() > 0 && choices.chance(config.interrupts())) {
            var thread = someone(false);
            if (thread != null) {
                if (trace != null) trace.event(label(thread) + " is interrupted");
                interrupt(thread);
            }
        }
    }

    /// A thread other than the body's: one that is parked, or any.
    private @Nullable SimulatedThread someone(boolean parked) {
        int n = 0;
        for (var thread : alive)
            if (suits(thread, parked)) n++;
        if (n == 0) return null;
        int k = n == 1 ? 0 : choices.number(n);
        for (var thread : alive)
            if (suits(thread, parked) && k-- == 0) return thread;
        return null;
    }

    private boolean suits(SimulatedThread thread, boolean parked) {
        return thread.id != 0 && (!parked || !thread.ready);
    }

    private void interrupt(SimulatedThread thread) {
        thread.interrupted = true;
        thread.thread.interrupt();
    }

    // ---- the end ----

    void uncaught(Thread thread, Throwable thrown) {
        if (thrown instanceof Abandoned || ending) return;
        var simulated = known.get(thread);
        var cause = thrown instanceof Threw ? thrown.getCause() : thrown;
        if (cause instanceof InterruptedException && simulated != null && simulated.interrupted) return;
        fail(Kind.EXCEPTION, (simulated == null ? thread.getName() : simulated.name) + " threw " + cause, cause);
    }

    private void fail(Kind kind, String what, @Nullable Throwable cause) {
        if (failure == null && !ending) failure = new Failure(kind, what, cause, List.of(), 0, true);
    }

    /// A line for each thread. What a thread waits for says itself what it is, on a thread of ours, since to say it may take a lock
    /// that this very run has left locked.
    private List<String> describe() {
        var lines = new ArrayList<String>();
        for (var thread : List.copyOf(alive)) {
            var blocker = LockSupport.getBlocker(thread.thread);
            var name = blocker == null ? null : Where.name(blocker);
            if (blocker != null && name == null) {
                var said = new String[1];
                var speaker = known(start("names", () -> said[0] = String.valueOf(blocker)));
                for (int i = 0; i < UNWINDING_STEPS && speaker.ready; i++) {
                    ready.remove(speaker);
                    step(speaker);
                }
                name = said[0] == null ? Where.type(blocker) : said[0];
            }
            lines.add(label(thread) + "  " + Where.line(thread.thread, name));
        }
        return lines;
    }

    /// The name of a thread in a report; a later thread of the same name also has its number.
    private String label(SimulatedThread thread) {
        var first = named.putIfAbsent(thread.name, thread);
        return first == null || first == thread ? thread.name : thread.name + " #" + thread.id;
    }

    /// The body gave up the other threads, and now waits for their end.
    private void abandonNow() {
        abandoning = false;
        ending = true;
        boolean gone = drain(1);
        ending = false;
        if (gone) {
            time.forget();
            LockSupport.unpark(alive.getFirst().thread);
        } else {
            fail(Kind.LEAK, (alive.size() - 1) + " abandoned threads would not end", null);
        }
    }

    /// Ends all but the first `rest` threads; false if some do not give way.
    private boolean drain(int rest) {
        for (var thread : List.copyOf(alive.subList(rest, alive.size())))
            if (thread.parked) LockSupport.unpark(thread.thread);
            else if (!thread.ready && Where.waitsInsideJdk(thread.thread)) thread.thread.interrupt();
        for (int i = 0; i < UNWINDING_STEPS && alive.size() > rest; i++) {
            if (ready.size() > 0) step(ready.remove(0));
            else if (awaitArrival(MONITOR_GRACE_NANOS)) admit();
            else break;
        }
        return alive.size() == rest;
    }

    // ---- what the scheduler calls ----

    /// A thread can go on.
    void ready(Runnable continuation) {
        var thread = scheduler.running();
        if (thread == null || thread.continuation != continuation) thread = known(JdkInternals.threadOf(continuation));
        if (thread.ready) return;
        thread.continuation = continuation;
        ready.add(thread);
    }

    /// A thread that we did not start ourselves was started by one of ours, and so inherited its scheduler.
    private SimulatedThread known(Thread thread) {
        var simulated = known.get(thread);
        if (simulated == null) {
            simulated = new SimulatedThread(threads,
                    thread.getName().isEmpty() ? "thread " + threads : thread.getName(), thread);
            threads++;
            enlist(simulated);
            if (thread.getUncaughtExceptionHandler() == thread.getThreadGroup())
                thread.setUncaughtExceptionHandler(this::uncaught);
        }
        return simulated;
    }

    private void enlist(SimulatedThread thread) {
        known.put(thread.thread, thread);
        alive.add(thread);
    }

    // ---- what simulated threads call ----

    Thread start(String name, Runnable body) {
        var thread = scheduler.unstarted(name, () -> waiting.within(body));
        if (body instanceof Resident resident) thread.setUncaughtExceptionHandler(resident);
        enlist(new SimulatedThread(threads++, name, thread));
        thread.start();
        return thread;
    }

    /// The calling thread, which must be one of ours.
    SimulatedThread caller() {
        var mounted = scheduler.running();
        if (mounted == null || mounted.thread != Thread.currentThread())
            throw new IllegalStateException(
                    "a Simulation is used by the threads that it runs, but was called from " + Thread.currentThread()
                            + "; call it inside the body, or in what the body spawns");
        return mounted;
    }

    long now() {
        return time.now();
    }

    Choices choices() {
        return choices;
    }

    boolean ending() {
        return ending;
    }

    /// Waits until virtual time is `nanos` later and nothing can be done at that instant any more.
    void settle(long nanos) {
        caller();
        var thread = Thread.currentThread();
        var timer = time.set(time.after(nanos), true, () -> LockSupport.unpark(thread));
        boolean interrupted = false;
        while (!timer.fired()) {
            waiting.park("the others to settle");
            interrupted |= Thread.interrupted();
        }
        if (interrupted) thread.interrupt();
    }

    /// Waits until the calling thread is the only one left.
    void join() {
        var caller = caller();
        if (joiner != null)
            throw new IllegalStateException(joiner.name + " waits for the end of all other threads already");
        joiner = caller;
        boolean interrupted = false;
        while (alive.size() > 1) {
            waiting.park("the end of all others");
            interrupted |= Thread.interrupted();
        }
        joiner = null;
        if (interrupted) caller.thread.interrupt();
    }

    /// Ends all other threads.
    void abandon() {
        var caller = caller();
        if (caller.id != 0)
            throw new IllegalStateException(
                    "only the body may abandon the other threads, but " + caller.name + " tried to");
        abandoning = alive.size() > 1;
        boolean interrupted = false;
        while (abandoning) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) caller.thread.interrupt();
    }

    void interrupt(Thread thread) {
        caller();
        var target = known.get(thread);
        if (target != null) interrupt(target);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield leads straight back into our own queue
    void preempt() {
        // Once the run is ending, a loop of these must not keep the carrier for itself.
        if (ready.size() == 0 && !ending) return;
        var caller = scheduler.running();
        if (caller == null) return;
        caller.preempted = !ending;
        Thread.yield();
        // A pinned thread, such as one in a class initializer, does not yield.
        caller.preempted = false;
    }

    /// Wakes the calling thread `nanos` from now.
    Timer wakeAfter(long nanos) {
        var thread = caller().thread;
        return time.set(time.after(nanos), false, () -> LockSupport.unpark(thread));
    }

    int timers() {
        return time.size();
    }

    Recorded begin(String name) {
        return history.begin(caller(), name);
    }

    void end(Recorded operation) {
        // What is unwound has not returned.
        if (!ending) history.end(caller(), operation);
    }

    List<Operation> history() {
        return history.snapshot();
    }

    Waiting waiting() {
        return waiting;
    }

    VirtualTime time() {
        return time;
    }

    long seed() {
        return seed;
    }

    long hash() {
        return hash;
    }

    int steps() {
        return steps;
    }
}
