package dev.parley.loop.internal;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// Deadlines in the order of time, and of adding where the time is equal. Not thread-safe; adding and removing cost
/// O(log n) whether or not an entry has come due, so what is cancelled leaves nothing behind.
///
/// A heap of four children per node (Johnson, "Priority queues with update and finding minimum spanning trees", 1975), in
/// which each entry knows its place. The array shrinks again after a crowd has gone.
@SuppressWarnings("ReferenceEquality") // an entry is this very entry
public final class TimerHeap {
    private static final int SMALLEST = 16;

    /// A deadline, and what happens then. Is in at most one heap, at most once.
    public abstract static class Entry {
        private long deadline;
        private int order; // may overflow: what is in the heap at the same time is less than two billion apart
        private int place = -1;

        /// Called when the entry has come due and left the heap. Must neither block nor throw.
        public abstract void fire();

        /// By the clock of whoever keeps the heap, in nanoseconds.
        public final long deadline() { return deadline; }

        private boolean before(Entry other) {
            long difference = deadline - other.deadline;
            return difference < 0 || (difference == 0 && order - other.order < 0);
        }
    }

    private @Nullable Entry[] entries = new Entry[SMALLEST];
    private int size;
    private int added;

    public int size() { return size; }

    public boolean isEmpty() { return size == 0; }

    /// The earliest deadline; only if not empty.
    public long earliest() { return at(0).deadline; }

    public void add(Entry entry, long deadline) {
        if (entry.place >= 0) throw new IllegalStateException("a timer is added twice: " + entry);
        if (size == entries.length) entries = Arrays.copyOf(entries, size * 2);
        entry.deadline = deadline;
        entry.order = added++;
        siftUp(size++, entry);
    }

    /// Returns whether it was there.
    public boolean remove(Entry entry) {
        int place = entry.place;
        if (place < 0 || place >= size || entries[place] != entry) return false;
        entry.place = -1;
        Entry last = at(--size);
        entries[size] = null;
        if (last != entry) {
            siftDown(place, last);
            if (entries[place] == last) siftUp(place, last);
        }
        if (size < entries.length / 4 && entries.length > SMALLEST)
            entries = Arrays.copyOf(entries, entries.length / 2);
        return true;
    }

    /// Removes the first entry if it is due at `now`; else null.
    public @Nullable Entry pollDue(long now) {
        if (size == 0 || at(0).deadline - now > 0) return null;
        Entry due = at(0);
        remove(due);
        return due;
    }

    /// Removes and fires all that is due at `now`.
    public void fireDue(long now) {
        for (Entry due; (due = pollDue(now)) != null;) due.fire();
    }

    public void clear() {
        for (int i = 0; i < size; i++) at(i).place = -1;
        entries = new Entry[SMALLEST];
        size = 0;
    }

    private Entry at(int place) {
        Entry entry = entries[place];
        assert entry != null;
        return entry;
    }

    private void put(int place, Entry entry) {
        entries[place] = entry;
        entry.place = place;
    }

    private void siftUp(int from, Entry entry) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 2;
            Entry above = at(parent);
            if (!entry.before(above)) break;
            put(place, above);
            place = parent;
        }
        put(place, entry);
    }

    private void siftDown(int from, Entry entry) {
        int place = from;
        while (true) {
            int first = (place << 2) + 1;
            if (first >= size) break;
            int least = first;
            for (int child = first + 1, end = Math.min(first + 4, size); child < end; child++)
                if (at(child).before(at(least))) least = child;
            if (!at(least).before(entry)) break;
            put(place, at(least));
            place = least;
        }
        put(place, entry);
    }
}
