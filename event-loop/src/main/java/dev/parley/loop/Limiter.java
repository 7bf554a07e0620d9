package dev.parley.loop;

import java.util.LinkedHashSet;
import java.util.concurrent.locks.ReentrantLock;

/// Lets only so many in at the same time; the others wait, first come, first served.
///
/// ```java
/// try (var place = limiter.enter()) {
///     return fetch(page);
/// }
/// ```
///
/// As a semaphore of the JDK, but fit for every engine, with a capacity that can change, and with places that cannot be given back
/// twice. What happens before a place is closed happens-before the next one enters by it.
public final class Limiter {
    // Guarded by lock.
    //   I1  Nobody waits while used < capacity.
    //   I2  A place is handed from the one who leaves to the first who waits: used does not change, and nobody can overtake.

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Waiter> waiting = new LinkedHashSet<>();
    private int capacity;
    private int used;

    /// A limiter for at most `capacity` places.
    ///
    /// @throws IllegalArgumentException if the capacity is not at least 1
    public Limiter(int capacity) {
        this.capacity = checked(capacity);
    }

    private static int checked(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("the capacity of a limiter must be at least 1, but was "
                    + capacity + "; to let nobody in, do not enter it");
        return capacity;
    }

    /// One place; closing it twice is harmless.
    public final class Place implements AutoCloseable {
        private boolean closed;

        private Place() {}

        /// Gives the place back. By any thread.
        @Override public void close() {
            lock.lock();
            try {
                if (closed) return;
                closed = true;
                used--;
                admit();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Takes a place, waiting for one if need be.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled while it waits, it has no place.
    public Place enter() throws InterruptedException {
        Tasks.checkpoint();
        Waiter waiter;
        lock.lock();
        try {
            if (used < capacity) {
                used++;
                return new Place();
            }
            waiter = new Waiter(this);
            waiting.add(waiter);
        } finally {
            lock.unlock();
        }
        if (waiter.await()) return new Place();
        lock.lock();
        try {
            if (waiting.remove(waiter)) throw new InterruptedException();
        } finally {
            lock.unlock();
        }
        Thread.currentThread().interrupt(); // the place came first
        return new Place();
    }

    /// Takes a place if one is free, and returns null if not.
    public @org.jspecify.annotations.Nullable Place tryEnter() {
        lock.lock();
        try {
            if (used >= capacity) return null;
            used++;
            return new Place();
        } finally {
            lock.unlock();
        }
    }

    /// Changes how many may be in; those that are stay in, also if they are more.
    ///
    /// @throws IllegalArgumentException if the capacity is not at least 1
    public void resize(int newCapacity) {
        checked(newCapacity);
        lock.lock();
        try {
            capacity = newCapacity;
            admit();
        } finally {
            lock.unlock();
        }
    }

    private void admit() {
        var first = waiting.iterator();
        while (used < capacity && first.hasNext()) {
            Waiter next = first.next();
            first.remove();
            used++;
            next.wake();
        }
    }

    public int capacity() {
        lock.lock();
        try {
            return capacity;
        } finally {
            lock.unlock();
        }
    }

    /// How many places are taken.
    public int used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /// How many wait for a place.
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    @Override public String toString() {
        lock.lock();
        try {
            return "Limiter[" + used + "/" + capacity + ", " + waiting.size() + " waiting]";
        } finally {
            lock.unlock();
        }
    }
}
