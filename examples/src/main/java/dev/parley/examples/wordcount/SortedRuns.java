package dev.parley.examples.wordcount;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/// Words with counts that do not fit into memory: runs of entries in a temporary file, each run in alphabetical order. [#each] reads the
/// runs side by side, so that the counts of one word come together (external merge sort; Knuth, The Art of Computer Programming, volume
/// 3, 5.4). The file is gone when this is closed or the program dies.
///
/// Memory: a buffer and a word for each of at most [#FAN_IN] runs.
final class SortedRuns implements Closeable {
    private static final int FAN_IN = 64;
    private static final int BUFFER = 64 * 1024;

    private final Path folder;
    private final int fanIn;
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private @Nullable FileChannel file; // opened when it is needed

    SortedRuns(Path folder) {
        this(folder, FAN_IN);
    }

    SortedRuns(Path folder, int fanIn) {
        this.folder = folder;
        this.fanIn = fanIn;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /// Adds what is in `table` as one run.
    void add(WordTable table) throws IOException, InterruptedException {
        addRun(table::<IOException>eachInOrder);
    }

    /// Shows each word once, in alphabetical order, with the sum of its counts.
    void each(WordTable.Words<Failure> to) throws IOException, Failure, InterruptedException {
        while (runs.size() > fanIn) {
            var some = new ArrayList<Run>();
            while (some.size() < fanIn) some.add(runs.remove());
            addRun(entries -> {
                var merging = new Merging(some);
                while (merging.next()) entries.word(merging.word, 0, merging.word.length, merging.count);
            });
        }
        var merging = new Merging(runs);
        while (merging.next()) to.word(merging.word, 0, merging.word.length, merging.count);
    }

    private interface Content {
        void to(WordTable.Words<IOException> entries) throws IOException, InterruptedException;
    }

    private void addRun(Content content) throws IOException, InterruptedException {
        long start = file().size();
        file().position(start);
        var out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file()), BUFFER));
        content.to((text, from, to, count) -> {
            out.writeLong(count);
            out.writeInt(to - from);
            out.write(text, from, to - from);
        });
        out.flush();
        runs.add(new Run(file(), start, file().size()));
    }

    private FileChannel file() throws IOException {
        var there = file;
        if (there != null) return there;
        var path = Files.createTempFile(folder, "words", null);
        var opened = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        file = opened;
        return opened;
    }

    @Override public void close() throws IOException {
        if (file != null) file.close();
    }

    private record Run(FileChannel file, long start, long end) {
        DataInputStream entries() {
            return new DataInputStream(new BufferedInputStream(new InputStream() {
                private long at = start;

                @Override public int read() {
                    throw new UnsupportedOperationException("read through a buffer only");
                }

                @Override public int read(byte[] to, int offset, int length) throws IOException {
                    if (at == end) return -1;
                    int n = file.read(ByteBuffer.wrap(to, offset, (int) Math.min(length, end - at)), at);
                    if (n > 0) at += n;
                    return n;
                }
            }, BUFFER));
        }
    }

    /// Several runs read as one.
    private static final class Merging {
        private final PriorityQueue<Cursor> cursors = new PriorityQueue<>();
        byte[] word = {};
        long count;

        Merging(Iterable<Run> runs) throws IOException {
            for (var run : runs) {
                var cursor = new Cursor(run.entries());
                if (cursor.next()) cursors.add(cursor);
            }
        }

        /// Goes to the next word, if there is one.
        boolean next() throws IOException {
            var first = cursors.peek();
            if (first == null) return false;
            word = first.word;
            count = 0;
            for (Cursor cursor; (cursor = cursors.peek()) != null && Arrays.equals(cursor.word, word);) {
                cursors.remove();
                count += cursor.count;
                if (cursor.next()) cursors.add(cursor);
            }
            return true;
        }
    }

    /// Where in a run we are.
    private static final class Cursor implements Comparable<Cursor> {
        private final DataInputStream entries;
        byte[] word = {};
        long count;

        Cursor(DataInputStream entries) {
            this.entries = entries;
        }

        boolean next() throws IOException {
            var head = entries.readNBytes(Counts.HEAD);
            if (head.length == 0) return false;
            if (head.length < Counts.HEAD) throw new IOException("the temporary file was changed by someone else");
            var fields = ByteBuffer.wrap(head);
            count = fields.getLong();
            word = new byte[fields.getInt()];
            entries.readFully(word);
            return true;
        }

        @Override public int compareTo(Cursor other) {
            return Arrays.compare(word, other.word);
        }
    }
}
