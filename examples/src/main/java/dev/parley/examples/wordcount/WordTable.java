package dev.parley.examples.wordcount;

import java.util.Arrays;

/// How often each word was seen, for so many words and no more: a hash table with open addressing (linear probing, at
/// most half full) whose words stand in one array of letters. All memory is taken at the start.
final class WordTable {
    private final int[] slots; // 0, or 1 + the number of a word; a word's slot is the first fitting one from its hash on
    private final int[] hashes; // by number of a word, as are the next two
    private final int[] starts; // where its letters begin; they end where those of the next begin
    private final long[] counts;
    private final byte[] letters;
    private int words;

    /// A table for up to `words` words, of 16 letters on average.
    WordTable(int words) {
        slots = new int[Integer.highestOneBit(Math.max(1, words)) * 4];
        hashes = new int[words];
        starts = new int[words + 1];
        counts = new long[words];
        letters = new byte[Math.max(16 * words, Reader.LONGEST_WORD)];
    }

    /// Counts the word that stands in lower case at `from` to `to` of `text`, `count` times.
    ///
    /// @return whether there was room for it; if not, nothing changed
    boolean add(byte[] text, int from, int to, long count) {
        int hash = hash(text, from, to);
        int slot = hash & slots.length - 1;
        for (int word; (word = slots[slot] - 1) >= 0; slot = slot + 1 & slots.length - 1) {
            if (hashes[word] == hash
                    && Arrays.equals(letters, starts[word], starts[word + 1], text, from, to)) {
                counts[word] += count;
                return true;
            }
        }
        if (words == counts.length || letters.length - starts[words] < to - from) return false;
        System.arraycopy(text, from, letters, starts[words], to - from);
        starts[words + 1] = starts[words] + to - from;
        hashes[words] = hash;
        counts[words] = count;
        slots[slot] = ++words;
        return true;
    }

    private static int hash(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) hash = (hash ^ text[i]) * 0x01000193;
        hash *= 0x9E3779B1; // spreads the last letters over the upper bits, which then choose the slot
        return hash ^ hash >>> 15;
    }

    /// Forgets all words.
    void clear() {
        words = 0;
        Arrays.fill(slots, 0);
    }

    /// Shows each word, in the order they were first seen.
    <X extends Exception> void each(Words<X> to) throws X, InterruptedException {
        for (int word = 0; word < words; word++) show(word, to);
    }

    /// Shows each word, in alphabetical order.
    <X extends Exception> void eachInOrder(Words<X> to) throws X, InterruptedException {
        var order = new Integer[words];
        Arrays.setAll(order, word -> word);
        Arrays.sort(order,
                (a, b) -> Arrays.compare(letters, starts[a], starts[a + 1], letters, starts[b], starts[b + 1]));
        for (int word : order) show(word, to);
    }

    private <X extends Exception> void show(int word, Words<X> to) throws X, InterruptedException {
        to.word(letters, starts[word], starts[word + 1], counts[word]);
    }

    /// Takes words and how often they were seen.
    interface Words<X extends Exception> {
        /// The word at `from` to `to` of `text` was seen `count` times. The array is the giver's.
        void word(byte[] text, int from, int to, long count) throws X, InterruptedException;
    }
}
