package dev.parley.loop.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// Looks after the workers of a group that take long over one slice: moves what waits in their `next` to where others find
/// it, fires their timers, and has spares let in for those that are blocked. Sleeps while all are idle. (Go has `sysmon`
/// for this.)
final class GroupMonitor {
    //   I1  There is at most one monitor thread: made by whoever changes `rest` from ENDED.
    //   I2  A monitor that is at rest while a worker is busy has been called, see Rest: who makes a worker busy takes it out of
    //       its set, then calls. The exception is a monitor that takes it easy, see below.
    //   I3  A worker is taken for blocked if for two ticks it has been in one slice and its carrier has used less than a
    //       tenth of a processor between them. (One that does not get a processor looks the same. The spare it gets does no
    //       harm.) That is only asked while a spare would have something to do, or is there: to ask for a thread's time is
    //       dear.
    //   I4  A worker keeps as many as it will have run in KEPT_FOR, about what the waking of a carrier takes, by how long its slices took
    //       on average. One that had no rest and whose slices took more than SHORT keeps none: a slice is then worth more than a waking.
    //       One that had a rest gets no more than one, as nobody knows how long its slices are.
    //
    // A tick is for nothing if nothing was to do, and is paid for by those who work. So after EASY such ticks the next ones come
    // at EASY_TICK, until there is something to do. When nothing even moves the monitor sleeps: until it is woken if all are idle,
    // else for LONG_TICK, ASLEEP too, as work from outside of the group and a worker that wakes may need it earlier.

    static final long TICK = 1_000_000;
    private static final long EASY_TICK = 4 * TICK;
    private static final long LONG_TICK = 16 * TICK;
    private static final int EASY = 32;
    private static final long SHORT = TICK / 64;
    private static final long KEPT_FOR = SHORT / 2;
    private static final int MOST_KEPT = 64;

    /// Until slices have been measured.
    static final int KEPT_AT_FIRST = 1;

    private final GroupEngine engine;
    private final String name;
    private final Rest rest = new Rest(Rest.ENDED);
    private volatile @Nullable Thread thread;

    // of the monitor's thread, from one to the next through `rest`
    private final List<Slice> seen = new ArrayList<>();
    private int still; // ticks in a row in which nothing moved
    private int easy; // ticks in a row in which nothing was to do

    GroupMonitor(GroupEngine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    void wake() {
        switch (rest.call()) {
            case Rest.ASLEEP -> LockSupport.unpark(thread);
            case Rest.ENDED -> Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false)
                    .start(this::watch);
            default -> {} // it watches
        }
    }

    private void watch() {
        thread = Thread.currentThread();
        while (true) {
            LockSupport.parkNanos(this, easy < EASY ? TICK : EASY_TICK);
            look();
            boolean idle = engine.allIdle();
            if (still < EASY || (idle && engine.spares() > 0)) continue;
            boolean end = idle && engine.retired();
            switch (rest.lieDown(end ? Rest.ENDED : Rest.ASLEEP, () -> idle && !engine.allIdle())) { // I2
                case WORKS -> {
                    continue;
                }
                case CALLED -> {
                    if (end) return; // another monitor has been started
                    continue;
                }
                case RESTS -> {
                    if (end) return;
                }
            }
            if (idle) while (!rest.awake()) LockSupport.park(this);
            else if (!rest.awake()) LockSupport.parkNanos(this, LONG_TICK);
            rest.wake();
        }
    }

    /// One tick.
    private void look() {
        boolean moved = false;
        boolean toDo = false;
        int blocked = 0;
        int before = engine.spares();
        boolean spareWanted = before > 0 || engine.overburdened();
        var workers = engine.workers();
        for (int i = 0; i < workers.length; i++) {
            if (i == seen.size()) seen.add(new Slice(workers[i]));
            var slice = seen.get(i);
            moved |= slice.look();
            boolean busy = engine.busy(workers[i]);
            if (busy && slice.wasBusy) toDo |= slice.judge();
            slice.wasBusy = busy;
            if (!busy || slice.ticks == 0) continue;
            toDo |= workers[i].relieve();
            toDo |= spareWanted;
            if (spareWanted && slice.blocked()) blocked++;
        }
        engine.compensate(blocked);
        still = moved || before != engine.spares() ? 0 : still + 1;
        easy = toDo ? 0 : easy + 1;
    }

    /// What is known of one worker's slice.
    private static final class Slice {
        private final GroupWorker worker;
        private long number = -1;
        private long at; // when the last tick was
        private long average; // how long slices took in it
        private int ticks; // for which the present one has lasted
        private long rests;
        private boolean rested;
        private boolean wasBusy; // at the last tick
        private int keeps = KEPT_AT_FIRST;
        private boolean blocked;
        private long asked = -1; // in which slice the time of the carrier was read last
        private long since;
        private long used;

        Slice(GroupWorker worker) {
            this.worker = worker;
        }

        /// Returns whether there were new ones.
        boolean look() {
            long now = System.nanoTime();
            long slices = worker.slices();
            long resting = worker.rests();
            long passed = slices - number;
            ticks = passed > 0 ? 0 : ticks + 1;
            average = (now - at) / Math.max(passed, 1);
            rested = resting != rests;
            number = slices;
            rests = resting;
            at = now;
            return passed > 0;
        }

        /// I4. Returns whether it keeps none from now on, or no longer none.
        boolean judge() {
            int before = keeps;
            if (average <= SHORT) keeps = Math.clamp(KEPT_FOR / Math.max(average, 1), 1, MOST_KEPT);
            else keeps = rested ? Math.min(keeps, 1) : 0;
            if (before != keeps) worker.keep(keeps);
            return (before == 0) != (keeps == 0);
        }

        /// I3
        boolean blocked() {
            long now = System.nanoTime();
            boolean first = asked != number;
            if (!first && now - since < TICK / 2) return blocked;
            long cpu = worker.cpuTime();
            blocked = !first && (cpu - used) * 10 < now - since;
            asked = number;
            since = now;
            used = cpu;
            return blocked;
        }
    }
}
