package dev.parley.loop.internal;

import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Virtual threads of the JDK, of which only the one that holds the baton runs. Needs no JVM flag.
@SuppressWarnings("ReferenceEquality") // a thread is compared with itself
public final class BatonEngine implements Engine, Lane {
    // The holder of the baton runs. At each wait through our seam it passes the baton to the thread that has been ready
    // longest, and only that thread is resumed by the JVM: one switch per wait, as on the JDK's scheduler alone. A thread is
    // started by being given the baton for the first time.
    //
    // Where there is a second carrier, to wake a thread takes longer than most slices last. So pass() also wakes the thread
    // that will be next, early, and that thread watches for its turn for a short time before it parks again.
    //
    // A wait that does not go through the seam (a JDK lock, a socket, Thread.sleep) keeps the baton: the loop stands still
    // until it ends. That is the price of having no flag; blocking work belongs into an offload.
    //
    // Invariants
    //   I1  The baton is held (`baton` is AWAKE) while exactly one thread is GRANTED or runs, or while one thread is inside
    //       pass(); else it is free (ASLEEP).
    //   I2  ready, timers, holder, slice, slices, early, vain and pause belong to the holder of the baton. So a timed wait is
    //       a timer of this engine and a wait without time for the JVM.
    //   I3  The baton is free only if ready is empty.
    //   I4  A strand is in ready or in the inbox if and only if its state is READY, WATCHING, or NEW at first, and in one of
    //       them once.
    //   I5  What is put into the inbox is seen: who puts it there calls, see Rest.
    //   I6  If the baton is free and there are timers, a keeper thread will take the baton at `alarm` at the latest, which is
    //       not after the first of them. While it is held, pass() looks at the timers, after at most TICK turns.
    //
    // Protocol of a strand's state
    //   RUNNING -> PERMIT    unpark came before park; park then returns at once
    //   RUNNING -> PARKED    by its own thread, which then passes the baton
    //   PARKED  -> READY     by whoever wins the CAS (a waker, a timer, or the thread itself if interrupted), who enqueues it
    //   RUNNING -> READY     by its own thread, which gives way: it enqueues itself and passes the baton
    //   READY   -> GRANTED   by pass(), with an unpark of the JVM thread; then RUNNING by the thread itself
    //   NEW     -> GRANTED   by pass(), with the start of the JVM thread
    //   READY   -> WATCHING  by its own thread, awake early, which looks at the state now, and back if it parks again
    //   WATCHING -> GRANTED  by pass(), and nothing else is needed
    //
    // Memory. The keeper takes the alarm away, then calls; pass() lays the baton down, then looks at the alarm: of the two one
    // sees the other. What I2 guards goes with `baton` and the write of GRANTED. In unpark and
    // after a wait a fullFence stands between the caller's condition and the state, whatever order the condition is
    // written with: a waker that finds READY or GRANTED and does nothing is certain that the woken thread sees its writes.
    //
    // Proof: EngineContractTest, RestStressTest, LostWakeUpStressTest.

    private static final int RUNNING = 0;
    private static final int PERMIT = 1;
    private static final int PARKED = 2;
    private static final int READY = 3;
    private static final int GRANTED = 4;
    private static final int NEW = 5;
    private static final int WATCHING = 6;

    /// After so many turns at the latest the inbox is emptied into ready, and timers are looked at.
    private static final int TICK = 16;

    /// How long a thread that was woken early watches for its turn, in nanoseconds: about what parking and waking it costs.
    private static final long WATCH = 300;

    /// After so many early wake-ups in a row that were in vain, since slices are long or there is one carrier only, the engine
    /// does without for PAUSE turns.
    private static final int TRIES = 32;
    private static final int PAUSE = 32 * TRIES;

    /// One of two that give way to each other lets the JDK's scheduler run the other so often before it parks, if it may not
    /// watch: its turn mostly comes meanwhile, and has cost a yield instead of a park and a wake-up. With more than two it does
    /// not, and each of them would have yielded in vain.
    private static final int YIELDS = 4;

    /// There is no alarm. No deadline is taken for it, since a timer that is due is no reason for an alarm.
    private static final long NO_ALARM = Long.MIN_VALUE;

    private static final VarHandle STATE;
    private static final VarHandle INBOX;
    private static final VarHandle SLICES;
    private static final VarHandle ALARM;
    private static final VarHandle HOLDER;
    private static final MethodHandle STOPS_UNTIL;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Strand.class, "state", int.class);
            INBOX = lookup.findVarHandle(BatonEngine.class, "inbox", Strand.class);
            ALARM = lookup.findVarHandle(BatonEngine.class, "alarm", long.class);
            SLICES = lookup.findVarHandle(BatonEngine.class, "slices", long.class);
            HOLDER = lookup.findVarHandle(BatonEngine.class, "holder", Thread.class);
            STOPS_UNTIL = lookup.findVirtual(Strand.class, "stopsUntil",
                    MethodType.methodType(TimedWait.class, Object.class, long.class));
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// For a thread that has replaced the handler by which its seam is found: it runs, so it holds the baton of its engine.
    private static final CopyOnWriteArrayList<WeakReference<BatonEngine>> ENGINES = new CopyOnWriteArrayList<>();

    static {
        Waiting.ofUnbound(() -> {
            for (var each : ENGINES) {
                var engine = each.get();
                var strand = engine == null ? null : engine.granted;
                if (strand != null && strand.thread == Thread.currentThread()) return strand;
            }
            return null;
        });
    }

    /// No constant, so that the JIT compiler cannot tell what it calls, see [Strand#stopsApart].
    private final MethodHandle stopsUntil = STOPS_UNTIL;

    private final String name;
    private final ArrayDeque<Strand> ready = new ArrayDeque<>();
    private final TimerHeap timers = new TimerHeap();

    /// Read by other threads only to compare it with themselves, which a stale value never equals.
    private @Nullable Thread holder;

    /// The strand that was given the baton last; a thread finds itself here only while it holds it.
    private @Nullable Strand granted;
    private long slices;
    private @Nullable SliceEvent slice; // only while a flight recording asks for them

    private boolean early; // whether the first in ready was woken early
    private int vain; // how many early wake-ups were, in a row
    private int pause; // turns to go without

    private final Rest baton = new Rest(Rest.ASLEEP);

    /// When the keeper will wake; written by the holder of the baton, taken away by the keeper.
    private volatile long alarm = NO_ALARM;
    private volatile @Nullable Thread keeper;

    /// The newest of the strands that other threads made ready, linked to the older ones (Treiber's stack).
    private volatile @Nullable Strand inbox;

    public BatonEngine(String name) {
        this.name = name;
        ENGINES.removeIf(each -> each.get() == null);
        ENGINES.add(new WeakReference<>(this));
    }

    @Override public Thread start(@Nullable String name, Runnable body) {
        var strand = new Strand(name, body);
        enqueue(strand);
        return strand.thread;
    }

    @Override public void begins() { Objects.requireNonNull(granted).goOn(); }

    @Override public void ends() { pass(); }

    /// A keeper that waits for a timer that was cancelled is sent home.
    @Override public void retire() {
        long set = alarm;
        if (set != NO_ALARM && ALARM.compareAndSet(this, set, System.nanoTime())) LockSupport.unpark(keeper);
    }

    /// A thread that waits has to be made ready, which it does itself when an interrupt wakes it. To do it here saves that
    /// thread from parking once more until its turn comes.
    @Override public void interrupt(Thread thread) {
        thread.interrupt();
        if (thread.getUncaughtExceptionHandler() instanceof Strand strand) strand.makeReady();
    }

    @Override public List<Lane> lanes() { return List.of(this); }

    @Override public long slices() { return (long) SLICES.getOpaque(this); }

    @Override public boolean running() { return baton.awake(); }

    @Override public boolean runs(Thread thread) { return (Thread) HOLDER.getOpaque(this) == thread; }

    @Override public String kind() { return "baton"; }

    private void enqueue(Strand strand) {
        if (holder == Thread.currentThread()) {
            ready.addLast(strand);
            return;
        }
        Strand newest;
        do {
            newest = inbox;
            strand.older = newest;
        } while (!INBOX.compareAndSet(this, newest, strand));
        if (baton.call() == Rest.ASLEEP) pass(); // I5
    }

    /// The caller holds the baton and will not run on with it. Returns who shall watch for its turn, which is the next then; if
    /// that is not the caller, it has been woken.
    private @Nullable Strand pass() {
        endSlice();
        holder = null;
        while (true) {
            long turn = slices + 1;
            if (ready.isEmpty() || (turn & TICK - 1) == 0) {
                emptyInbox();
                if (!timers.isEmpty()) timers.fireDue(System.nanoTime());
            }
            Strand strand = ready.pollFirst();
            if (strand != null) {
                SLICES.setOpaque(this, turn);
                holder = strand.thread;
                granted = strand;
                Strand following = toWakeEarly(strand);
                strand.grant();
                if (following != null && following.thread != Thread.currentThread())
                    LockSupport.unpark(following.thread);
                return following;
            }
            boolean alarmed = !timers.isEmpty();
            if (alarmed) setAlarm(timers.earliest());
            // I5, I6
            if (baton.lieDown(Rest.ASLEEP,
                    () -> inbox != null || (alarmed && alarm == NO_ALARM)) != Rest.Outcome.WORKS)
                return null;
        }
    }

    /// The one after `strand`, whose turn has come; null if there is none or it would be in vain.
    private @Nullable Strand toWakeEarly(Strand strand) {
        if (early) {
            early = false;
            vain = strand.state == WATCHING ? 0 : vain + 1;
            if (vain == TRIES) {
                vain = 0;
                pause = PAUSE;
            }
        }
        if (pause > 0) {
            pause--;
            return null;
        }
        Strand following = ready.peekFirst();
        if (following == null || following.state == NEW) return null;
        early = true;
        return following;
    }

    /// I6. The one keeper there may be is woken earlier, or else there is a new one.
    private void setAlarm(long deadline) {
        long wanted = deadline == NO_ALARM ? deadline + 1 : deadline;
        long set;
        do {
            set = alarm;
            if (set != NO_ALARM && set - wanted <= 0) return;
        } while (!ALARM.compareAndSet(this, set, wanted)); // the keeper may just have taken it away
        if (set != NO_ALARM) LockSupport.unpark(keeper);
        else keeper = JdkInternals.virtualThreadsOfTheJdk().name("timers").start(this::keep);
    }

    private void keep() {
        long set;
        do {
            for (long left; (left = (set = alarm) - System.nanoTime()) > 0;) LockSupport.parkNanos(this, left);
        } while (!ALARM.compareAndSet(this, set, NO_ALARM)); // it may just have been set anew
        if (baton.call() == Rest.ASLEEP) pass(); // I6
    }

    /// A strand's wait is over at its time.
    private static final class TimedWait extends TimerHeap.Entry {
        private final Strand strand;

        TimedWait(Strand strand) {
            this.strand = strand;
        }

        @Override public void fire() { strand.due(); }
    }

    private void endSlice() {
        var event = slice;
        if (event == null) return;
        slice = null;
        event.end(name);
    }

    private void emptyInbox() {
        if (inbox == null) return;
        Strand newest = (Strand) INBOX.getAndSet(this, null);
        Strand oldest = null;
        while (newest != null) { // turn the stack round: first in, first out
            Strand older = newest.older;
            newest.older = oldest;
            oldest = newest;
            newest = older;
        }
        while (oldest != null) {
            ready.addLast(oldest);
            Strand newer = oldest.older;
            oldest.older = null;
            oldest = newer;
        }
    }

    /// One thread of the loop, and the seam through which it waits.
    private final class Strand extends Waiting.OfOneThread implements Runnable, Resident.Host {
        final Thread thread;
        private final Runnable body;
        @Nullable Strand older;
        private volatile int state = NEW;

        Strand(@Nullable String name, Runnable body) {
            this.body = body;
            var builder = JdkInternals.virtualThreadsOfTheJdk().uncaughtExceptionHandler(this);
            if (name != null) builder.name(name);
            this.thread = builder.unstarted(body instanceof Resident ? body : this);
        }

        @Override public Runnable body() { return body; }

        @Override public void run() {
            begins();
            try {
                body.run();
            } finally {
                ends();
            }
        }

        @Override public void uncaughtException(Thread failed, Throwable failure) {
            Thread.UncaughtExceptionHandler handler = body instanceof Resident resident
                    ? resident
                    : failed.getThreadGroup();
            handler.uncaughtException(failed, failure);
        }

        void grant() {
            // A full fence: unpark looks first whether the thread has its permit already, and then does nothing. Were this write
            // still under way, a thread that takes that permit, left over from a turn for which it did not have to park, would
            // not see it and park for ever.
            int before = (int) STATE.getAndSet(this, GRANTED);
            if (before == NEW) thread.start();
            else if (before == READY) LockSupport.unpark(thread);
        }

        @Override public void park(Object blocker) {
            if (!stops()) return;
            pass();
            LockSupport.setCurrentBlocker(blocker);
            awaitGrant();
        }

        @Override public void parkUntil(Object blocker, long deadline) {
            var timer = stopsApart(blocker, deadline);
            if (timer == null) return;
            awaitGrant();
            timers.remove(timer);
        }

        /// Inlined into parkUntil, what is done before the wait would make the frame larger that a thread keeps while it waits: 50
        /// bytes for each of a million sleepers. Called through a method handle, it has a frame of its own, which is gone then.
        private @Nullable TimedWait stopsApart(Object blocker, long deadline) {
            try {
                return (TimedWait) stopsUntil.invokeExact(this, blocker, deadline);
            } catch (RuntimeException | Error thrown) {
                throw thrown;
            } catch (Throwable checked) {
                throw new AssertionError(checked);
            }
        }

        /// PARKED from here on, and the baton passed, if there is a result.
        @SuppressWarnings("UnusedMethod") // called by its handle
        private @Nullable TimedWait stopsUntil(Object blocker, long deadline) {
            if (deadline - System.nanoTime() <= 0 || !stops()) return null;
            var timer = new TimedWait(this);
            timers.add(timer, deadline);
            pass();
            LockSupport.setCurrentBlocker(blocker);
            return timer;
        }

        /// PARKED from here on, if the result is true.
        private boolean stops() {
            if (Thread.currentThread() != thread) throw foreign(Thread.currentThread());
            if (state != PERMIT && thread.isInterrupted()) return false;
            if (STATE.compareAndSet(this, RUNNING, PARKED)) return true;
            state = RUNNING; // there was a permit
            VarHandle.fullFence();
            return false;
        }

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // awaitGrant waits, whether or not a yield does something
        public void giveWay() {
            if (Thread.currentThread() != thread) throw foreign(Thread.currentThread());
            if (ready.isEmpty()) emptyInbox();
            if (ready.isEmpty()) return;
            int before = (int) STATE.getAndSet(this, READY);
            boolean ofTwo = ready.size() == 1;
            ready.addLast(this);
            if (pass() == this) watch();
            else if (ofTwo) for (int i = 0; i < YIELDS && state != GRANTED; i++) Thread.yield();
            LockSupport.setCurrentBlocker("its turn");
            awaitGrant();
            if (before == PERMIT) state = PERMIT; // a permit outlives the turn of the others
        }

        /// Keeps in a frame what a million waiting threads can spare, which is little. The JVM's first compiler gives each value of
        /// what it inlines a place of its own in the frame, so what does not wait is in methods that are too big for that.
        private void awaitGrant() {
            while (state != GRANTED) {
                if (Thread.interrupted()) {
                    awaitGrantInterrupted();
                    return;
                }
                LockSupport.park();
                watch();
            }
            goOn();
        }

        /// The interrupt is kept aside, or the JVM would not park this thread while it waits for its turn.
        private void awaitGrantInterrupted() {
            makeReady();
            while (state != GRANTED) {
                LockSupport.park();
                watch();
                Thread.interrupted();
            }
            goOn();
            thread.interrupt();
        }

        /// If it is awake before its turn. Looks for that turn, which is near, without parking.
        private void watch() {
            if (state != READY || !STATE.compareAndSet(this, READY, WATCHING)) return;
            for (long end = System.nanoTime() + WATCH; state == WATCHING; Thread.onSpinWait())
                if (System.nanoTime() - end > 0) STATE.compareAndSet(this, WATCHING, READY); // unless the turn has come
        }

        private void goOn() {
            STATE.setOpaque(this, RUNNING);
            VarHandle.fullFence(); // see "Memory"
            LockSupport.setCurrentBlocker(null);
            var event = new SliceEvent();
            if (!event.isEnabled()) return;
            event.begin();
            slice = event;
        }

        /// On the holder of the baton.
        private void due() {
            if (STATE.compareAndSet(this, PARKED, READY)) ready.addLast(this);
        }

        private void makeReady() {
            if (STATE.compareAndSet(this, PARKED, READY)) enqueue(this);
        }

        @Override public void unpark(Thread woken) {
            if (woken != thread) throw foreign(woken);
            int overlooked = -1;
            while (true) {
                int seen = state;
                switch (seen) {
                    case RUNNING -> {
                        if (STATE.compareAndSet(this, RUNNING, PERMIT)) return;
                    }
                    case PARKED -> {
                        if (STATE.compareAndSet(this, PARKED, READY)) {
                            enqueue(this);
                            return;
                        }
                    }
                    default -> {
                        if (seen == overlooked) return;
                        overlooked = seen;
                        VarHandle.fullFence(); // see "Memory"; a successful CAS is one, too
                    }
                }
            }
        }

        @Override public long nanoTime() { return System.nanoTime(); }

        @Override public Thread start(String name, Runnable body) { return BatonEngine.this.start(name, body); }

        private IllegalStateException foreign(Thread other) {
            return new IllegalStateException("this seam belongs to " + thread + ", not to " + other
                    + "; each thread asks for Waiting.current() itself, and is woken through what it got");
        }
    }
}
