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
    //       tenth of a processor. (One that does not get a processor looks the same. The spare it gets does no harm.)
    //   I4  A worker that had no rest and fewer than SHORT slices in a tick spreads what it wakes, until it has more slices.
    //       A slice is then worth more than the waking of a carrier costs.
    //
    // When nothing moves, a tick every millisecond would be for nothing. So after EASY such ticks the monitor sleeps: until it
    // is woken if all are idle, else for LONG_TICK, ASLEEP too, as work from outside of the group and a worker that wakes may
    // need it earlier.

    private static final long TICK = 1_000_000;
    private static final long LONG_TICK = 16 * TICK;
    private static final int EASY = 32;
    private static final int SHORT = 64;

    private final GroupEngine engine;
    private final String name;
    private final Rest rest = new Rest(Rest.ENDED);
    private volatile @Nullable Thread thread;

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
        var seen = new ArrayList<Slice>();
        int quiet = 0;
        while (true) {
            LockSupport.parkNanos(this, TICK);
            quiet = look(seen) ? 0 : quiet + 1;
            boolean idle = engine.allIdle();
            if (quiet < EASY || (idle && engine.spares() > 0)) continue;
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

    /// One tick. Returns whether anything moves.
    private boolean look(List<Slice> seen) {
        boolean moved = false;
        int blocked = 0;
        var workers = engine.workers();
        for (int i = 0; i < workers.length; i++) {
            if (i == seen.size()) seen.add(new Slice(workers[i]));
            var slice = seen.get(i);
            moved |= slice.look();
            boolean busy = engine.busy(workers[i]);
            if (busy && slice.wasBusy) slice.judge();
            slice.wasBusy = busy;
            if (!busy) continue;
            if (slice.ticks > 0) workers[i].relieve();
            if (slice.ticks > 0 && slice.blocked()) blocked++;
        }
        int before = engine.spares();
        engine.compensate(blocked);
        return moved || before != engine.spares();
    }

    /// What is known of one worker's slice.
    private static final class Slice {
        private final GroupWorker worker;
        private long number = -1;
        private long passed; // slices in the last tick
        private int ticks; // for which the present one has lasted
        private long rests;
        private boolean rested;
        private boolean wasBusy; // at the last tick
        private boolean blocked;
        private long since;
        private long used;

        Slice(GroupWorker worker) {
            this.worker = worker;
        }

        /// Returns whether there were new ones.
        boolean look() {
            long now = worker.slices();
            long resting = worker.rests();
            passed = now - number;
            ticks = passed > 0 ? 0 : ticks + 1;
            rested = resting != rests;
            number = now;
            rests = resting;
            return passed > 0;
        }

        /// I4
        void judge() {
            if (passed >= SHORT) worker.spread(false);
            else if (!rested) worker.spread(true);
        }

        /// I3
        boolean blocked() {
            long now = System.nanoTime();
            if (ticks > 1 && now - since < TICK / 2) return blocked;
            long cpu = worker.cpuTime();
            blocked = ticks > 1 && (cpu - used) * 10 < now - since;
            since = now;
            used = cpu;
            return blocked;
        }
    }
}
