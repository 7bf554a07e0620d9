package dev.parley.loop.internal;

import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// Several carriers that run the continuations of virtual threads in parallel and steal work from each other.
@SuppressWarnings("ReferenceEquality") // a thread is compared with itself
public final class GroupEngine implements Engine {
    // Each carrier is a GroupWorker with a place `next`, a queue `ready` and timers, as in CarrierEngine; others take from
    // its ready when they have nothing. Foreign threads, and a carrier whose ready is full, put into `shared`, which each
    // worker looks at after at most TICK slices and before it steals. After Go's scheduler (Vyukov, 2012).
    //
    // A thread that blocks without leaving its carrier (in native code, or in file I/O) takes that carrier from the others. For
    // each carrier so lost, the monitor lets a spare worker in, which leaves again when the carrier is back. Spares are
    // workers like the others, except that they keep no timers, so that they can leave at any time.
    //
    //   I1  A worker is busy or is in exactly one of `parked`, `threadless` and `absent`. Who takes it out has to unpark
    //       its thread, or to start it one; a worker that wakes by its own timer takes itself out.
    //       A thread that has joined `parked` looks whether it is still there before it parks, as the lock of its timers may have used up
    //       the permit of that unpark.
    //   I2  Whoever adds work that others may take calls signal() afterwards. signal() wakes one worker if one is idle and none
    //       is searching; the woken one counts as searching until it has found work or has given up. Nobody is told of what
    //       its worker will have run before another is awake (see GroupWorker), unless a slice takes long.
    //   I3  A worker that stops searching because it found work wakes another one if there is more work.
    //   I4  A worker that gives up joins parked or threadless, then leaves `searching`, then looks everywhere once more. A
    //       signal that passed over because someone was searching, or because nobody was idle, is therefore seen: see "Memory".
    //   I5  For a worker whose slice takes long, the monitor moves what sits in `next`, fires timers that are due, and signals
    //       for what is in `ready`, within two of its ticks (8 ms, 2 ms if something of the kind was seen a short while ago).
    //   I6  `absent` holds spares only. The monitor alone takes from it, while fewer are `present` than `wanted`; a spare joins it
    //       when more are, and its thread then touches nothing of the worker any more. What it held is in `shared`.
    //
    // Memory. signal(): add work, fullFence, read `searching` and the sets. Worker: join a set, change `searching`, fullFence,
    // look for work. Of two such pairs one sees the other. signal() that took `searching` from 0 to 1 but found nobody idle
    // looks at the sets again after it has put it back, since a second signal may have trusted it meanwhile.
    //
    // Proof: GroupEngineTest, SpareCarriersTest, EngineContractTest, LostWakeUpStressTest, StealableQueueTest.

    static final int TICK = 16;
    static final int MOST = 64;

    /// As many as the JDK's own scheduler would make.
    private static final int MOST_SPARES = 254;

    private final String name;
    private final int carriers;
    private volatile GroupWorker[] workers;
    private final VirtualThreadScheduler scheduler = new VirtualThreadScheduler(this::execute, this::schedule);
    private final ConcurrentLinkedQueue<Runnable> shared = new ConcurrentLinkedQueue<>();
    private final WorkerSet parked;
    private final WorkerSet threadless;
    private final WorkerSet absent;
    private final AtomicInteger searching = new AtomicInteger();
    private final AtomicInteger present = new AtomicInteger();
    private volatile int wanted;
    private final GroupMonitor monitor;
    private volatile boolean retired;

    /// @throws IllegalStateException if [JdkInternals#missing]
    public GroupEngine(String name, int carriers) {
        if (carriers < 1 || carriers > MOST)
            throw new IllegalArgumentException("a group has 1 to " + MOST + " carriers, but was asked for " + carriers);
        this.name = name;
        this.carriers = carriers;
        parked = new WorkerSet(carriers + MOST_SPARES);
        threadless = new WorkerSet(carriers + MOST_SPARES);
        absent = new WorkerSet(carriers + MOST_SPARES);
        var regular = new GroupWorker[carriers];
        for (int i = 0; i < carriers; i++) {
            regular[i] = new GroupWorker(this, i, null);
            threadless.add(i);
        }
        workers = regular;
        monitor = new GroupMonitor(this, name + "-monitor");
        JdkInternals.startSocketPollers();
    }

    @Override public Thread start(@Nullable String threadName, Runnable body) {
        return Resident.settle(JdkInternals.virtualThreadsOn(scheduler), threadName, body).start(body);
    }

    @Override public void retire() {
        retired = true;
        for (GroupWorker worker : workers) wakeParked(worker); // each finds nothing, and ends
        monitor.wake();
    }

    @Override public List<GroupWorker> lanes() { return Arrays.asList(workers); }

    @Override public boolean runs(Thread thread) {
        String text = thread.toString();
        int at = text.lastIndexOf('@');
        return at >= 0 && text.startsWith(name + "-", at + 1);
    }

    @Override public String kind() { return "group of " + carriers + " carriers"; }

    String name() { return name; }

    boolean retired() { return retired; }

    GroupWorker[] workers() { return workers; }

    boolean busy(GroupWorker worker) {
        int number = worker.number();
        return !parked.contains(number) && !threadless.contains(number) && !absent.contains(number);
    }

    /// Whether nobody has called it since it gave up. Once it has been, its thread is, or will be, unparked.
    boolean isParked(GroupWorker worker) { return parked.contains(worker.number()); }

    boolean allIdle() {
        for (GroupWorker worker : workers) if (busy(worker)) return false;
        return true;
    }

    private boolean nobodyIdle() { return parked.isEmpty() && threadless.isEmpty(); }

    private void execute(Runnable continuation) {
        Thread carrier = JdkInternals.currentCarrier();
        if (carrier instanceof GroupWorker.Carrier own && own.engine() == this)
            own.worker().add(continuation, Thread.currentThread() != carrier);
        else
            share(continuation);
    }

    void share(Runnable continuation) {
        shared.add(continuation);
        signal();
        monitor.wake(); // it may be needed if nobody is idle, and may be taking it easy
    }

    private VirtualThreadScheduler.TimedWait schedule(Runnable command, long nanos) {
        return ((GroupWorker.Carrier) JdkInternals.currentCarrier()).worker().keeper().schedule(command, nanos);
    }

    @Nullable Runnable pollShared() { return shared.poll(); }

    /// I2
    void signal() {
        VarHandle.fullFence();
        while (searching.get() == 0 && !nobodyIdle()) {
            if (!searching.compareAndSet(0, 1)) return;
            if (wakeOne()) return;
            searching.decrementAndGet();
        }
    }

    /// The caller has counted the woken one in `searching`.
    private boolean wakeOne() {
        int sleeper = parked.takeLowest();
        if (sleeper >= 0) {
            LockSupport.unpark(workers[sleeper].thread);
            monitor.wake();
            return true;
        }
        int bare = threadless.takeLowest();
        if (bare < 0) return false;
        startThread(workers[bare], threadless);
        monitor.wake();
        return true;
    }

    /// The caller has taken the worker out of `home` and has counted it in `searching`.
    private void startThread(GroupWorker worker, WorkerSet home) {
        try {
            worker.startThread();
        } catch (Throwable outOfThreads) {
            home.add(worker.number());
            searching.decrementAndGet();
            throw outOfThreads; // the JVM tries again after an OutOfMemoryError
        }
    }

    /// Lets it look around again, if it is parked.
    void wakeParked(GroupWorker worker) {
        if (!parked.take(worker.number())) return;
        searching.incrementAndGet();
        LockSupport.unpark(worker.thread);
        monitor.wake();
    }

    /// Lets it look around again, if it is idle.
    void rouse(GroupWorker worker) {
        wakeParked(worker);
        if (!threadless.take(worker.number())) return;
        searching.incrementAndGet();
        startThread(worker, threadless);
        monitor.wake();
    }

    /// Whether there is work that a spare could do, and nobody else who is idle.
    boolean overburdened() { return nobodyIdle() && anyWork(); }

    /// I6, by the monitor at each tick: so many workers are blocked.
    void compensate(int blocked) {
        wanted = Math.min(blocked, MOST_SPARES);
        if (present.get() < wanted) {
            if (overburdened()) letIn();
        } else if (present.get() > wanted) {
            for (GroupWorker worker : workers) if (worker.isSpare()) wakeParked(worker);
        }
    }

    private void letIn() {
        int number = absent.takeLowest();
        if (number < 0) {
            var before = workers;
            number = before.length;
            var after = Arrays.copyOf(before, number + 1);
            after[number] = new GroupWorker(this, number, before[number % carriers]);
            workers = after;
        }
        present.incrementAndGet();
        searching.incrementAndGet();
        try {
            startThread(workers[number], absent);
        } catch (Throwable outOfThreads) {
            present.decrementAndGet();
            report(outOfThreads); // tried again at the next tick
        }
    }

    int spares() { return present.get(); }

    /// For tests: whether somebody looks for work.
    boolean anySearching() { return searching.get() > 0; }

    /// I6. Whether a spare that is between two slices has to leave; it has then been counted out.
    boolean sendsHome(boolean idle) {
        while (true) {
            int now = present.get();
            if (now <= wanted && !(idle && retired)) return false;
            if (present.compareAndSet(now, now - 1)) return true;
        }
    }

    /// The last thing its thread does with it.
    void leave(GroupWorker spare, boolean counted) {
        absent.add(spare.number());
        if (counted) searching.decrementAndGet();
        VarHandle.fullFence();
        if (anyWork()) signal();
    }

    /// For a worker that found nothing of its own. It searches if `alreadyCounted`, or else if not half of all do so already.
    @Nullable Runnable search(GroupWorker thief, boolean alreadyCounted) {
        Runnable found = shared.poll();
        boolean counted = alreadyCounted;
        if (found == null && !counted && 2 * searching.get() < carriers) {
            searching.incrementAndGet();
            counted = true;
        }
        if (found == null && counted) found = steal(thief);
        if (counted && found != null) foundWork();
        if (counted && found == null) thief.stillSearching = true;
        return found;
    }

    /// I3, by a worker that was counted as searching.
    void foundWork() {
        if (searching.decrementAndGet() == 0 && anyWork()) signal();
    }

    private @Nullable Runnable steal(GroupWorker thief) {
        var all = workers;
        int first = ThreadLocalRandom.current().nextInt(all.length);
        for (int i = 0; i < all.length; i++) {
            GroupWorker victim = all[(first + i) % all.length];
            if (victim == thief) continue;
            Runnable found = victim.ready.stealInto(thief.ready);
            if (found != null) return found;
        }
        return null;
    }

    private boolean anyWork() {
        if (!shared.isEmpty()) return true;
        for (GroupWorker worker : workers) if (!worker.ready.isEmpty()) return true;
        return false;
    }

    /// I4. Returns false if the worker goes on, and then counts as searching.
    boolean giveUp(GroupWorker worker, boolean endThread) {
        WorkerSet idle = endThread ? threadless : parked;
        idle.add(worker.number());
        if (worker.stillSearching) {
            worker.stillSearching = false;
            searching.decrementAndGet();
        }
        VarHandle.fullFence();
        boolean toDo = anyWork() || (endThread ? !worker.hasNoTimer() : retired && worker.hasNoTimer());
        if (toDo && idle.take(worker.number())) {
            searching.incrementAndGet();
            worker.stillSearching = true;
            return false;
        }
        return true;
    }

    /// A worker whose park has ended. If nobody else has taken it out of `parked` it does, and then counts as searching.
    void wakeUp(GroupWorker worker) {
        if (parked.take(worker.number())) {
            searching.incrementAndGet();
            monitor.wake();
        }
        worker.stillSearching = true; // whoever took it out has counted it
    }

    void report(Throwable failure) {
        JdkInternals.virtualThreadsOfTheJdk().start(() -> System.getLogger("dev.parley.loop")
                .log(Level.ERROR, "a continuation of loop group \"" + name + "\" failed in the JVM", failure));
    }
}
