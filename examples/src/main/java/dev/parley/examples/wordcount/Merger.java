package dev.parley.examples.wordcount;

import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The process that adds up what the counters found and keeps the most frequent words.
///
/// Memory: one table of [#WORDS] words. When that is full, it goes to a temporary file in alphabetical order; if there is such a file, the
/// answer comes from merging what is in it.
public final class Merger implements Proc {
    /// How many different words are kept in memory.
    static final int WORDS = 1 << 20;

    private final Receiver<byte[]> counts;
    private final int top;
    private final int words;
    private final Path temporary;
    private List<String> lines = List.of();
    private int countersEnded;
    private long bytesSeen;

    /// Adds up `counts` and keeps the `top` most frequent words.
    public Merger(Receiver<byte[]> counts, int top) {
        this(counts, top, WORDS, Path.of(System.getProperty("java.io.tmpdir")));
    }

    Merger(Receiver<byte[]> counts, int top, int words, Path temporary) {
        this.counts = counts;
        this.top = top;
        this.words = words;
        this.temporary = temporary;
    }

    @Override public String name() {
        return "merger";
    }

    @Override public void run() throws Exception {
        var best = new TopWords(top);
        var table = new WordTable(words);
        try (var runs = new SortedRuns(temporary)) {
            for (var message : counts)
                Counts.<Exception>each(message,
                        (text, from, to, count) -> add(text, from, to, count, table, runs));
            if (runs.isEmpty()) {
                table.each(best::word);
            } else {
                runs.add(table);
                table.clear();
                runs.each(best::word);
            }
        } catch (IOException failure) {
            throw Failure.failed("cannot keep the words in a temporary file in " + temporary + ": "
                    + Failure.reason(failure)
                    + "; the different words are more than fit into memory, so make room there or name another folder by -Djava.io.tmpdir",
                    failure);
        }
        lines = best.lines();
    }

    private void add(byte[] text, int from, int to, long count, WordTable table, SortedRuns runs)
            throws IOException, InterruptedException {
        if (from == to) {
            countersEnded++;
            bytesSeen += count;
        } else if (!table.add(text, from, to, count)) {
            runs.add(table);
            table.clear();
            table.add(text, from, to, count);
        }
    }

    /// The answer, after the process has ended: lines `count<TAB>word`, most frequent first, ties by word.
    ///
    /// @param counters how many counters there were
    /// @param bytesSent how many bytes they were sent; what is not counted in full is no answer
    public List<String> answer(int counters, long bytesSent) throws Failure {
        if (countersEnded != counters || bytesSeen != bytesSent)
            throw Failure.failed(countersEnded + " of " + counters + " counters reported on " + bytesSeen + " of "
                    + bytesSent + " bytes; that is no answer, so run it again");
        return lines;
    }
}
