package dev.parley.examples.wordcount;

import dev.parley.csp.Proc;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The process that reads the texts and sends them on in chunks. A chunk holds whole words only, from one text or from several with a line break
/// between them, so that chunks can be counted by anyone, in any order, and no word spans two texts.
///
/// Memory: one chunk. That is why a word can only be so long.
public final class Reader implements Proc {
    /// The most letters a word may have, and so the size of a chunk.
    public static final int LONGEST_WORD = 256 * 1024;

    private final Texts texts;
    private final Sender<byte[]> chunks;
    private final Sender<Step> steps;
    private final byte[] buffer = new byte[LONGEST_WORD + 1];
    private int size;
    private long sent;

    /// Reads `texts` into `chunks` and tells of its progress through `steps`.
    public Reader(Texts texts, Sender<byte[]> chunks, Sender<Step> steps) {
        this.texts = texts;
        this.chunks = chunks;
        this.steps = steps;
    }

    @Override public String name() {
        return "reader";
    }

    @Override public void run() throws Exception {
        try (chunks; steps) {
            texts.each(this::read);
            send(size);
        }
    }

    /// How many bytes went into chunks, line breaks between texts included.
    public long sent() {
        return sent;
    }

    private void read(String name, InputStream text) throws IOException, Failure, InterruptedException {
        long begun = sent + size;
        for (;;) {
            if (size == buffer.length) send(endOfLastWholeWord(name));
            int n = text.read(buffer, size, buffer.length - size);
            if (n < 0) break;
            size += n;
            if (sent + size - begun >= buffer.length) {
                steps.send(new Step(0, sent + size - begun));
                begun = sent + size;
            }
        }
        steps.send(new Step(1, sent + size - begun));
        if (size == buffer.length) send(size);
        else buffer[size++] = '\n';
    }

    /// Sends the first `end` bytes and keeps the rest for the next chunk.
    private void send(int end) throws InterruptedException {
        if (end == 0) return;
        chunks.send(Arrays.copyOf(buffer, end));
        sent += end;
        size -= end;
        System.arraycopy(buffer, end, buffer, 0, size);
    }

    private int endOfLastWholeWord(String name) throws Failure {
        for (int end = size; end > 0; end--) if (Letters.lower(buffer[end - 1]) == 0) return end;
        throw Failure.failed("there is a word of more than " + LONGEST_WORD + " letters in " + name
                + "; a word may have up to that many, so break it up or leave that file out");
    }
}
