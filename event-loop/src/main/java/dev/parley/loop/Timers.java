package dev.parley.loop;

import dev.parley.loop.internal.Engine;
import dev.parley.loop.internal.TimerHeap;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The timers of one loop.
final class Timers {
    // One virtual thread of the loop, the keeper, sleeps until the earliest deadline it has seen and fires what is due. So
    // the same code serves every engine, and no timer runs on a carrier.
    //
    //   I1  heap, keeper, wakeAt and closed are guarded by lock. Entries fire without it.
    //   I2  If the heap is not empty there is a keeper, and it is awake or will be by the earliest deadline:
    //       who adds an earlier one than wakeAt wakes it. A cancelled deadline may wake it for nothing, once.
    //   I3  The keeper ends when it wakes and finds the heap empty. So a series of timers that are set and cancelled costs
    //       heap operations only, and a loop without timers has no thread for them.

    /// Fires on the keeper: must neither block nor throw.
    abstract static class Entry extends TimerHeap.Entry {}

    private final ReentrantLock lock = new ReentrantLock();
    private final TimerHeap heap = new TimerHeap();
    private final Engine engine;
    private boolean keeping;
    private boolean closed;
    private @Nullable Thread keeper;
    private @Nullable Waiting keeperWaits;
    private long wakeAt;

    Timers(Engine engine) {
        this.engine = engine;
    }

    /// Returns false if the timers are closed.
    boolean add(Entry entry, long deadline) {
        lock.lock();
        try {
            if (closed) return false;
            heap.add(entry, deadline);
            if (!keeping) {
                keeping = true;
                engine.start("timers", this::keep);
            } else if (deadline - wakeAt < 0) {
                wakeKeeper();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Returns whether it had not fired yet, and now never will.
    boolean cancel(Entry entry) {
        lock.lock();
        try {
            return heap.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return heap.size();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets all timers, takes no more, and lets the keeper end.
    void close() {
        lock.lock();
        try {
            closed = true;
            heap.clear();
            wakeKeeper();
        } finally {
            lock.unlock();
        }
    }

    private void wakeKeeper() {
        if (keeperWaits != null && keeper != null) keeperWaits.unpark(keeper);
    }

    private void keep() {
        var waiting = Waiting.current();
        lock.lock();
        keeper = Thread.currentThread();
        keeperWaits = waiting;
        while (true) {
            TimerHeap.Entry due = heap.pollDue(waiting.nanoTime());
            if (due == null && heap.isEmpty()) {
                keeping = false;
                keeper = null;
                keeperWaits = null;
                lock.unlock();
                return;
            }
            if (due == null) wakeAt = heap.earliest();
            lock.unlock();
            if (due != null) due.fire();
            else waiting.parkUntil(this, wakeAt);
            lock.lock();
        }
    }
}
