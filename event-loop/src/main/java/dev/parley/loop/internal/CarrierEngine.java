package dev.parley.loop.internal;

import dev.parley.loop.waiting.Poller;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/// One platform thread, the carrier, that runs the continuations of virtual threads one at a time.
@SuppressWarnings("ReferenceEquality") // a thread is compared with itself
public final class CarrierEngine implements Engine, Lane {
    // The JVM hands each continuation that can go on to execute(). From where it is called decides where it waits:
    //
    //   next    one place, for what a running task wakes or starts: it gets the carrier as soon as the task waits. That is
    //           the switch of a rendezvous, and it keeps the woken partner's data warm (Go's runnext, JSR 166's "push").
    //   ready   first in, first out; all the rest that comes from the carrier itself: who yields, whose time has come,
    //           what is woken when next is taken.
    //   inbox   first in, first out per sender; from all other threads. A JCTools queue: many put, the carrier takes.
    //
    // Invariants
    //   I1  next, ready, timers, streak and the count of slices belong to the thread in `carrier`, and to it alone.
    //   I2  There is at most one such thread. A new one is only made by whoever changes `rest` from ENDED to AWAKE,
    //       and the old one touches nothing after it has lain down so.
    //   I3  The carrier rests only if next and ready are empty.
    //   I4  A continuation in the inbox is seen: who puts it there calls, see Rest. The fields of I1 go from one carrier
    //       thread to the next through Rest, too.
    //   I5  Only continuations run here, and timers of the JVM, which are as short. User code is always in a virtual thread:
    //       it may wait for a lock whose owner is a continuation that waits in `ready`, and a carrier must never do that.
    //   I6  execute neither blocks nor throws, whatever the state of the loop; the JVM calls it inside unpark.
    //   I7  There is at most one poller, in a virtual thread like all else (I5). While that awaits its turn, the carrier does not park but
    //       gives it the turn; the poller then rests in the carrier's stead, by the same protocol (I4), for nothing else is mounted
    //       meanwhile. A poller that waits for something else (a user's lock) is a thread like others, and the carrier parks.
    //
    // Fairness. What stands k-th in ready begins after at most 4k other slices: at most STREAK of them come from next in
    // a row, then one from ready (a task dispatched as the last of a streak wakes into ready, so order is kept).
    // The inbox and the timers are looked at after at most TICK slices; at most GULP of the inbox are moved at once.
    //
    // A wake-up goes to whatever `resting` names. Who is woken by an event meanwhile looks into the inbox before it rests again, so a wake-up
    // that then goes astray was for work that is seen (I4).
    //
    // Proof: CarrierTrapsTest, HostedPollerTest, EngineContractTest, RestStressTest, LostWakeUpStressTest.

    private static final int STREAK = 3;
    private static final int TICK = 16;
    private static final int GULP = 256;
    private static final int CHUNK = 256;

    /// Seventy years; the differences of deadlines must not overflow.
    static final long FOREVER = Long.MAX_VALUE >> 2;

    private static final VarHandle SLICES;

    static {
        try {
            SLICES = MethodHandles.lookup().findVarHandle(CarrierEngine.class, "slices", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final String name;
    private final VirtualThreadScheduler scheduler = new VirtualThreadScheduler(this::execute, this::schedule);
    private final MpscUnboundedVarHandleArrayQueue<Runnable> inbox = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);

    /// Read by other threads only to compare it with the thread they run on, which a stale value never equals.
    private @Nullable Thread carrier;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final TimerHeap timers = new TimerHeap();
    private @Nullable Runnable next;
    private int streak;
    private long slices;
    private Runnable unparkCarrier = () -> {};

    private final Rest rest = new Rest(Rest.ENDED);
    private volatile Runnable resting = () -> {}; // wakes it
    private volatile @Nullable Hosted hosted; // as I1, except that the watchdog looks
    private volatile boolean retired;

    /// @throws IllegalStateException if [JdkInternals#missing]
    public CarrierEngine(String name) {
        this.name = name;
        JdkInternals.startSocketPollers();
    }

    @Override public Thread start(@Nullable String threadName, Runnable body) {
        return Resident.settle(JdkInternals.virtualThreadsOn(scheduler), threadName, body).start(body);
    }

    @Override public void retire() {
        retired = true;
        wake();
    }

    @Override public List<Lane> lanes() { return List.of(this); }

    @Override public long slices() { return (long) SLICES.getOpaque(this); }

    @Override public boolean running() { return rest.awake(); }

    /// The JVM tells the carrier of a mounted thread nowhere but in its name.
    @Override public boolean runs(Thread thread) { return thread.toString().endsWith("@" + name); }

    @Override public @Nullable Thread runningPoller() {
        var guest = hosted;
        Thread thread = guest == null ? null : guest.thread;
        return thread != null && runs(thread) ? thread : null;
    }

    @Override public String kind() { return "carrier"; }

    boolean retired() { return retired; }

    private void execute(Runnable continuation) {
        if (JdkInternals.currentCarrier() == carrier) {
            // On the carrier itself, not in a task: a yield, or a timer.
            if (next == null && streak < STREAK && Thread.currentThread() != carrier) next = continuation;
            else ready.addLast(continuation);
        } else {
            inbox.offer(continuation);
            wake(); // I4
        }
    }

    /// Called by the JVM on the carrier, as a continuation stops for a timed wait.
    private VirtualThreadScheduler.TimedWait schedule(Runnable command, long nanos) {
        assert Thread.currentThread() == carrier;
        var wait = new TimedWait(command);
        timers.add(wait, System.nanoTime() + Math.min(nanos, FOREVER));
        return wait;
    }

    /// The timer of a thread that waits. It does not know its engine, as there may be a million of them: it is cancelled on the
    /// carrier, which does.
    private static final class TimedWait extends VirtualThreadScheduler.TimedWait {
        TimedWait(Runnable command) {
            super(command);
        }

        @Override public boolean cancel(boolean mayInterrupt) {
            return ((Carrier) JdkInternals.currentCarrier()).engine.timers.remove(this);
        }
    }

    private static final class Carrier extends Thread {
        final CarrierEngine engine;

        Carrier(CarrierEngine engine) {
            super(null, engine::carry, engine.name, 0, false);
            this.engine = engine;
            setDaemon(true);
        }
    }

    private void wake() {
        switch (rest.call()) {
            case Rest.ASLEEP -> resting.run();
            case Rest.ENDED -> startCarrier();
            default -> {} // it is awake
        }
    }

    private void startCarrier() {
        try {
            new Carrier(this).start();
        } catch (Throwable outOfThreads) {
            rest.lieDown(Rest.ENDED, () -> false); // the JVM tries again after an OutOfMemoryError
            throw outOfThreads;
        }
    }

    private void carry() {
        var self = Thread.currentThread();
        carrier = self;
        unparkCarrier = () -> LockSupport.unpark(self);
        while (true) {
            Runnable continuation = pick();
            if (continuation != null) {
                try {
                    SliceEvent.of(name, continuation);
                } catch (Throwable failure) {
                    report(failure);
                }
            } else if (!lieDown()) {
                return;
            }
        }
    }

    private @Nullable Runnable pick() {
        long turn = slices + 1;
        if ((turn & TICK - 1) == 0) lookOutside();
        if ((turn & Poller.SLICES - 1) == 0) giveTurnToPoller();
        Runnable continuation = next;
        if (continuation != null) {
            next = null;
            streak++;
        } else {
            continuation = ready.pollFirst();
            streak = 0;
            if (continuation == null) return null;
        }
        SLICES.setOpaque(this, turn);
        return continuation;
    }

    private void lookOutside() {
        for (int i = 0; i < GULP; i++) {
            Runnable continuation = inbox.relaxedPoll();
            if (continuation == null) break;
            ready.addLast(continuation);
        }
        if (!timers.isEmpty()) timers.fireDue(System.nanoTime());
    }

    /// Nothing in next and ready. Returns false if the carrier has to end.
    private boolean lieDown() {
        lookOutside();
        if (!ready.isEmpty() || giveTurnToPoller()) return true;
        boolean timed = !timers.isEmpty();
        boolean kept = timed || hosted != null;
        boolean end = retired && !kept;
        resting = unparkCarrier;
        switch (rest.lieDown(end ? Rest.ENDED : Rest.ASLEEP,
                () -> inbox.relaxedPeek() != null || (retired && !end && !kept))) {
            case WORKS -> {
                return true;
            }
            case CALLED -> {
                return !end; // who called has woken this carrier, or starts another
            }
            case RESTS -> {
                if (end) return false;
            }
        }
        if (timed) LockSupport.parkNanos(this, timers.earliest() - System.nanoTime());
        else LockSupport.park(this);
        Thread.interrupted(); // else a stray interrupt of the carrier would keep it from parking
        rest.wake();
        return true;
    }

    // The poller (I7)

    private static final class Hosted {
        final Poller poller;
        volatile @Nullable Thread thread;
        boolean awaitsTurn;

        Hosted(Poller poller) {
            this.poller = poller;
        }
    }

    /// As [Poller#host].
    static @Nullable Thread hostHere(String name, Poller poller) {
        return JdkInternals.currentCarrier() instanceof Carrier here ? here.engine.host(name, poller) : null;
    }

    private @Nullable Thread host(String name, Poller poller) {
        if (hosted != null) return null;
        var guest = new Hosted(poller);
        hosted = guest;
        var thread = JdkInternals.virtualThreadsOn(scheduler).name(name).start(() -> poll(guest));
        guest.thread = thread;
        return thread;
    }

    private boolean giveTurnToPoller() {
        var guest = hosted;
        if (guest == null || !guest.awaitsTurn) return false;
        guest.awaitsTurn = false;
        LockSupport.unpark(guest.thread);
        return true;
    }

    private void poll(Hosted guest) {
        var poller = guest.poller;
        try {
            while (!poller.hasEnded()) {
                poller.work();
                if (next == null && ready.isEmpty()) restIn(poller);
                else poller.poll(0, () -> false);
                guest.awaitsTurn = true;
                LockSupport.park(poller);
                guest.awaitsTurn = false;
                Thread.interrupted(); // else what left an interrupt behind would keep it from parking
            }
        } finally {
            hosted = null;
        }
    }

    private void restIn(Poller poller) {
        resting = poller::wakeUp;
        switch (rest.lieDown(Rest.ASLEEP, () -> inbox.relaxedPeek() != null)) {
            case WORKS, CALLED -> poller.poll(0, () -> false);
            case RESTS -> {
                long nanos = timers.isEmpty() ? Poller.FOREVER : Math.max(0, timers.earliest() - System.nanoTime());
                try {
                    poller.poll(nanos, () -> rest.state() == Rest.ASLEEP);
                } finally {
                    rest.wake();
                }
            }
        }
    }

    /// Logging takes locks that tasks may hold: not on the carrier (I5).
    private void report(Throwable failure) {
        JdkInternals.virtualThreadsOfTheJdk().start(() -> System.getLogger("dev.parley.loop")
                .log(Level.ERROR, "a continuation of loop \"" + name + "\" failed in the JVM", failure));
    }
}
