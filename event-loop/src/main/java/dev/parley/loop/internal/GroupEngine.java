package dev.parley.loop.internal;

import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// Several carriers that run the continuations of virtual threads in parallel and steal work from each other.
@SuppressWarnings("ReferenceEquality") // a thread is compared with itself
public final class GroupEngine implements Engine {
    // Each carrier is a GroupWorker with a place `next`, a queue `ready` and timers, as in CarrierEngine; others take from
    // its ready when they have nothing. Foreign threads, and a carrier whose ready is full, put into `shared`, which each
    // worker looks at after at most TICK slices and before it steals. After Go's scheduler (Vyukov, 2012).
    //
    //   I1  A worker is busy or its bit is set in exactly one of `parked` and `threadless`. Who clears the bit (CAS) has to
    //       unpark that worker's thread, or start it one; a worker that wakes by its own timer clears it itself.
    //   I2  Whoever adds work that others may take calls signal() afterwards. signal() wakes one worker if one is idle and none
    //       is searching; the woken one counts as searching until it has found work or has given up.
    //   I3  A worker that stops searching because it found work wakes another one if there is more work.
    //   I4  A worker that gives up sets its bit, then leaves `searching`, then looks everywhere once more. A signal that
    //       passed over because someone was searching, or because nobody was idle, is therefore seen: see "Memory".
    //   I5  What sits in the `next` of a worker whose slice takes long, and timers that are due there, are moved by the
    //       monitor within two of its ticks.
    //
    // Memory. signal(): add work, fullFence, read `searching` and the bits. Worker: set its bit, change `searching`, fullFence,
    // look for work. Of two such pairs one sees the other. signal() that took `searching` from 0 to 1 but found nobody idle
    // looks at the bits again after it has put it back, since a second signal may have trusted it meanwhile.
    //
    // Proof: GroupEngineTest, EngineContractTest, LostWakeUpStressTest, StealableQueueTest.

    static final int TICK = 16;
    static final int MOST = 64;

    private final String name;
    private final GroupWorker[] workers;
    private final VirtualThreadScheduler scheduler = new VirtualThreadScheduler(this::execute, this::schedule);
    private final ConcurrentLinkedQueue<Runnable> shared = new ConcurrentLinkedQueue<>();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong threadless;
    private final AtomicInteger searching = new AtomicInteger();
    private final GroupMonitor monitor;
    private volatile boolean retired;

    /// @throws IllegalStateException if [JdkInternals#missing]
    public GroupEngine(String name, int carriers) {
        if (carriers < 1 || carriers > MOST)
            throw new IllegalArgumentException("a group has 1 to " + MOST + " carriers, but was asked for " + carriers);
        this.name = name;
        workers = new GroupWorker[carriers];
        for (int i = 0; i < carriers; i++) workers[i] = new GroupWorker(this, i);
        threadless = new AtomicLong(carriers == MOST ? -1L : (1L << carriers) - 1);
        monitor = new GroupMonitor(this, name + "-monitor");
        JdkInternals.startSocketPollers();
    }

    @Override public Thread start(@Nullable String threadName, Runnable body) {
        return Resident.settle(JdkInternals.virtualThreadsOn(scheduler), threadName, body).start(body);
    }

    @Override public void retire() {
        retired = true;
        for (GroupWorker worker : workers) { // each wakes, finds nothing, and ends
            long bit = worker.bit();
            if (clear(parked, bit)) {
                searching.incrementAndGet();
                LockSupport.unpark(worker.thread);
            }
        }
        monitor.wake();
    }

    @Override public long slices() {
        long sum = 0;
        for (GroupWorker worker : workers) sum += worker.slices();
        return sum;
    }

    @Override public boolean running() { return !allIdle(); }

    @Override public boolean runs(Thread thread) {
        String text = thread.toString();
        int at = text.lastIndexOf('@');
        return at >= 0 && text.startsWith(name + "-", at + 1);
    }

    @Override public String kind() { return "group of " + workers.length + " carriers"; }

    String name() { return name; }

    boolean retired() { return retired; }

    GroupWorker[] workers() { return workers; }

    boolean allIdle() { return Long.bitCount(parked.get() | threadless.get()) == workers.length; }

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
    }

    private VirtualThreadScheduler.TimedWait schedule(Runnable command, long nanos) {
        return ((GroupWorker.Carrier) JdkInternals.currentCarrier()).worker().schedule(command, nanos);
    }

    @Nullable Runnable pollShared() { return shared.poll(); }

    /// I2
    void signal() {
        VarHandle.fullFence();
        while (searching.get() == 0 && (parked.get() | threadless.get()) != 0) {
            if (!searching.compareAndSet(0, 1)) return;
            if (wakeOne()) return;
            searching.decrementAndGet();
        }
    }

    /// The caller has counted the woken one in `searching`.
    private boolean wakeOne() {
        while (true) {
            long bit = Long.lowestOneBit(parked.get());
            if (bit == 0) break;
            if (clear(parked, bit)) {
                LockSupport.unpark(workers[Long.numberOfTrailingZeros(bit)].thread);
                monitor.wake();
                return true;
            }
        }
        while (true) {
            long bit = Long.lowestOneBit(threadless.get());
            if (bit == 0) return false;
            if (clear(threadless, bit)) {
                try {
                    workers[Long.numberOfTrailingZeros(bit)].startThread();
                } catch (Throwable outOfThreads) {
                    set(threadless, bit);
                    searching.decrementAndGet();
                    throw outOfThreads; // the JVM tries again after an OutOfMemoryError
                }
                monitor.wake();
                return true;
            }
        }
    }

    /// For a worker that found nothing of its own. It searches if `alreadyCounted`, or else if not half of all do so already.
    @Nullable Runnable search(GroupWorker thief, boolean alreadyCounted) {
        Runnable found = shared.poll();
        boolean counted = alreadyCounted;
        if (found == null && !counted && 2 * searching.get() < workers.length) {
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
        int n = workers.length;
        int first = ThreadLocalRandom.current().nextInt(n);
        for (int i = 0; i < n; i++) {
            GroupWorker victim = workers[(first + i) % n];
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
        AtomicLong idle = endThread ? threadless : parked;
        set(idle, worker.bit());
        if (worker.stillSearching) {
            worker.stillSearching = false;
            searching.decrementAndGet();
        }
        VarHandle.fullFence();
        if ((anyWork() || (retired && !endThread && worker.hasNoTimer())) && clear(idle, worker.bit())) {
            searching.incrementAndGet();
            worker.stillSearching = true;
            return false;
        }
        return true;
    }

    /// A worker whose park has ended. If nobody else cleared its bit it does, and then counts as searching.
    void wakeUp(GroupWorker worker) {
        if (clear(parked, worker.bit())) {
            searching.incrementAndGet();
            monitor.wake();
        }
        worker.stillSearching = true; // whoever cleared the bit has counted it
    }

    private static void set(AtomicLong bits, long bit) { bits.getAndAccumulate(bit, (all, one) -> all | one); }

    private static boolean clear(AtomicLong bits, long bit) {
        return (bits.getAndAccumulate(~bit, (all, rest) -> all & rest) & bit) != 0;
    }

    void report(Throwable failure) {
        JdkInternals.virtualThreadsOfTheJdk().start(() -> System.getLogger("dev.parley.loop")
                .log(Level.ERROR, "a continuation of loop group \"" + name + "\" failed in the JVM", failure));
    }
}
