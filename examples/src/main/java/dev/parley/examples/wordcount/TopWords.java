package dev.parley.examples.wordcount;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/// The K most frequent words, ties by word.
///
/// Memory: [#MOST_BYTES], so a K that would need more ends the program with a message, not with an exhausted heap.
final class TopWords {
    private static final long MOST_BYTES = 64 << 20;
    private static final int OVERHEAD = 100; // a word's objects, beside its letters

    private final int k;
    private final PriorityQueue<Ranked> best = new PriorityQueue<>(); // its head is the least of them
    private long bytes;

    TopWords(int k) {
        this.k = k;
    }

    void word(byte[] text, int from, int to, long count) throws Failure {
        if (best.size() == k) {
            var least = least();
            if (least != null && compare(count, text, from, to, least) < 0) return;
            best.remove();
            if (least != null) bytes -= OVERHEAD + least.word.length;
        }
        best.add(new Ranked(Arrays.copyOfRange(text, from, to), count));
        bytes += OVERHEAD + to - from;
        if (bytes > MOST_BYTES)
            throw Failure.usage("the " + k + " most frequent words do not fit into the "
                    + (MOST_BYTES >> 20) + " MiB kept for them; ask for fewer with demo.top");
    }

    private @Nullable Ranked least() {
        return best.peek();
    }

    /// Lines `count<TAB>word`, best first.
    List<String> lines() {
        var lines = new ArrayList<String>(best.size());
        for (Ranked least; (least = best.poll()) != null;)
            lines.add(least.count + "\t" + new String(least.word, StandardCharsets.US_ASCII));
        return lines.reversed();
    }

    private static int compare(long count, byte[] text, int from, int to, Ranked other) {
        return count != other.count
                ? Long.compare(count, other.count)
                : Arrays.compare(other.word, 0, other.word.length, text, from, to);
    }

    /// Greater is better.
    private static final class Ranked implements Comparable<Ranked> {
        final byte[] word;
        final long count;

        Ranked(byte[] word, long count) {
            this.word = word;
            this.count = count;
        }

        @Override public int compareTo(Ranked other) {
            return TopWords.compare(count, word, 0, word.length, other);
        }
    }
}
