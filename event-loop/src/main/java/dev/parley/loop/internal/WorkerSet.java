package dev.parley.loop.internal;

import java.util.concurrent.atomic.AtomicLongArray;

/// Some of the workers of a group, by their numbers. Any thread adds and takes; of several that take the same one, one gets it.
final class WorkerSet {
    private final AtomicLongArray words;

    /// An empty set for numbers below `size`.
    WorkerSet(int size) {
        words = new AtomicLongArray((size + 63) / 64);
    }

    void add(int number) { words.getAndAccumulate(number >> 6, 1L << number, (all, one) -> all | one); }

    /// Returns whether it was there, and then it is the caller's.
    boolean take(int number) {
        long bit = 1L << number;
        return (words.getAndAccumulate(number >> 6, bit, (all, one) -> all & ~one) & bit) != 0;
    }

    /// The lowest; -1 if there is none.
    int takeLowest() {
        for (int word = 0; word < words.length(); word++) {
            for (long seen; (seen = words.get(word)) != 0;) {
                int number = (word << 6) + Long.numberOfTrailingZeros(seen);
                if (take(number)) return number;
            }
        }
        return -1;
    }

    boolean contains(int number) { return (words.get(number >> 6) & 1L << number) != 0; }

    boolean isEmpty() {
        for (int word = 0; word < words.length(); word++) if (words.get(word) != 0) return false;
        return true;
    }
}
