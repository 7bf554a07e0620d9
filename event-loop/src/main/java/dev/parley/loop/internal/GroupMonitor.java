package dev.parley.loop.internal;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// Looks after the workers of a group that take long over one slice: moves what waits in their `next` to where others find
/// it, and fires their timers. Sleeps while all are idle. (Go has `sysmon` for this.)
final class GroupMonitor {
    //   I1  There is at most one monitor thread: made by whoever changes state from NONE.
    //   I2  A monitor that is PARKED or NONE while a worker is busy has been woken: it writes its state, then fullFence, then
    //       looks at the workers' bits; who makes a worker busy clears its bit, then reads the state.

    private static final long TICK = 1_000_000;

    private static final int NONE = 0;
    private static final int WATCHING = 1;
    private static final int PARKED = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = java.lang.invoke.MethodHandles.lookup().findVarHandle(GroupMonitor.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final GroupEngine engine;
    private final String name;
    private volatile int state = NONE;
    private volatile @Nullable Thread thread;

    GroupMonitor(GroupEngine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    void wake() {
        int seen = state;
        if (seen == WATCHING || !STATE.compareAndSet(this, seen, WATCHING)) return;
        if (seen == PARKED) LockSupport.unpark(thread);
        else Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).start(this::watch);
    }

    private void watch() {
        thread = Thread.currentThread();
        var workers = engine.workers();
        var before = new long[workers.length];
        while (true) {
            LockSupport.parkNanos(this, TICK);
            for (int i = 0; i < workers.length; i++) {
                long slices = workers[i].slices();
                if (slices == before[i]) relieve(workers[i]);
                before[i] = slices;
            }
            if (!engine.allIdle()) continue;
            int rest = engine.retired() ? NONE : PARKED;
            state = rest;
            VarHandle.fullFence(); // I2
            if (!engine.allIdle()) {
                if (STATE.compareAndSet(this, rest, WATCHING) || rest == PARKED) continue;
                return; // another monitor has been started
            }
            if (rest == NONE) return;
            while (state == PARKED) LockSupport.park(this);
        }
    }

    private void relieve(GroupWorker worker) {
        worker.fireDue();
        Runnable waiting = worker.takeNext();
        if (waiting != null) engine.share(waiting);
    }
}
