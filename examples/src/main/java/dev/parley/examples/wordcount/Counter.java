package dev.parley.examples.wordcount;

import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;

/// The process that counts the words of the chunks it gets and, at their end, tells the merger what it found.
///
/// Memory: one table of [#WORDS] words. When that is full the merger gets what is in it, and counting begins anew.
public final class Counter implements Proc {
    /// How many different words a counter keeps.
    static final int WORDS = 1 << 17;

    private final String name;
    private final Receiver<byte[]> chunks;
    private final Sender<byte[]> counts;
    private final int words;

    /// Counts `chunks` into `counts`.
    public Counter(String name, Receiver<byte[]> chunks, Sender<byte[]> counts) {
        this(name, chunks, counts, WORDS);
    }

    Counter(String name, Receiver<byte[]> chunks, Sender<byte[]> counts, int words) {
        this.name = name;
        this.chunks = chunks;
        this.counts = counts;
        this.words = words;
    }

    @Override public String name() {
        return name;
    }

    @Override public void run() throws Exception {
        try (counts) {
            var table = new WordTable(words);
            var found = new Counts.Gathering(counts);
            long seen = 0;
            for (var chunk : chunks) {
                count(chunk, table, found);
                seen += chunk.length;
            }
            table.each(found::word);
            found.end(seen);
        }
    }

    /// Whoever gets a chunk owns it, so the letters are put in lower case where they stand.
    private static void count(byte[] chunk, WordTable table, Counts.Gathering found) throws InterruptedException {
        int at = 0;
        while (at < chunk.length) {
            int from = at;
            for (byte letter; at < chunk.length && (letter = Letters.lower(chunk[at])) != 0; at++) chunk[at] = letter;
            if (at > from && !table.add(chunk, from, at, 1)) {
                table.each(found::word);
                table.clear();
                table.add(chunk, from, at, 1);
            }
            at++;
        }
    }
}
