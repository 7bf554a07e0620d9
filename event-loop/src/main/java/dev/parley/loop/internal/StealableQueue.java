package dev.parley.loop.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/// The ready continuations of one carrier of a group: first in, first out, of bounded size; its owner adds, all take.
final class StealableQueue {
    // The ring of Go's scheduler (runq in runtime/proc.go, by Vyukov, "Scalable Go scheduler design", 2012).
    //
    //   I1  Only the owner writes slots and tail.
    //   I2  head only grows, by CAS of whoever takes; who wins the CAS from h to h+n owns what slots h to h+n-1 held when
    //       it read them. They cannot have been overwritten meanwhile: the owner writes slot h again only once head > h.
    //   I3  0 <= tail - head <= SIZE.
    //
    // Memory: tail is written with release after the slot, and read with acquire before it by thieves; head is read with
    // acquire by the owner before it overwrites a slot, pairing with the CAS of the taker that has read that slot.
    //
    // Taken slots are not cleared by the taker (it could clear a newer entry); the owner clears them when it runs dry.

    private static final int SIZE = 256;
    private static final int MASK = SIZE - 1;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Runnable[].class);
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            var lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(StealableQueue.class, "head", int.class);
            TAIL = lookup.findVarHandle(StealableQueue.class, "tail", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final @Nullable Runnable[] slots = new Runnable[SIZE];
    private int dirty; // slots from here to head may still refer to what was taken; owner only
    @SuppressWarnings("unused") // through HEAD
    private int head;
    private int tail;

    /// Owner only. Returns false if full.
    boolean offer(Runnable continuation) {
        int t = tail;
        if (t - (int) HEAD.getAcquire(this) == SIZE) return false;
        SLOT.setOpaque(slots, t & MASK, continuation);
        TAIL.setRelease(this, t + 1);
        return true;
    }

    /// Owner or thief. Null if empty.
    @Nullable Runnable poll() {
        while (true) {
            int h = (int) HEAD.getAcquire(this);
            if ((int) TAIL.getAcquire(this) - h <= 0) return null;
            var continuation = (Runnable) SLOT.getOpaque(slots, h & MASK);
            if (HEAD.compareAndSet(this, h, h + 1)) return continuation;
        }
    }

    /// To anyone but the owner a hint.
    int size() { return (int) TAIL.getAcquire(this) - (int) HEAD.getAcquire(this); }

    boolean isEmpty() { return (int) TAIL.getAcquire(this) - (int) HEAD.getAcquire(this) <= 0; }

    /// The owner of `thief` takes the older half of this queue: returns the first of it and moves the rest there.
    /// `thief` must be empty. Null if there is nothing.
    @Nullable Runnable stealInto(StealableQueue thief) {
        while (true) {
            int h = (int) HEAD.getAcquire(this);
            int size = (int) TAIL.getAcquire(this) - h;
            if (size <= 0) return null;
            int n = size - size / 2;
            if (n > SIZE / 2) continue; // head and tail were read at different times
            int t = thief.tail;
            var first = (Runnable) SLOT.getOpaque(slots, h & MASK);
            for (int i = 1; i < n; i++)
                SLOT.setOpaque(thief.slots, t + i - 1 & MASK, (Runnable) SLOT.getOpaque(slots, h + i & MASK));
            if (!HEAD.compareAndSet(this, h, h + n)) continue;
            TAIL.setRelease(thief, t + n - 1);
            return first;
        }
    }

    /// Owner only, if empty: forgets what was taken.
    void clear() {
        int h = (int) HEAD.getAcquire(this);
        for (int i = Math.min(h - dirty, SIZE); i > 0; i--) SLOT.setOpaque(slots, h - i & MASK, null);
        dirty = h;
    }

    /// For tests.
    boolean remembersAnything() {
        for (int i = 0; i < SIZE; i++) if (SLOT.getOpaque(slots, i) != null) return true;
        return false;
    }
}
