package dev.parley.examples.wordcount;

import dev.parley.csp.Sender;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What counters tell the merger: messages of entries, each the count (8 bytes), the length of the word (4 bytes), and its letters. An
/// entry without letters is a counter's last one; its count says how many bytes of text that counter saw.
final class Counts {
    static final int HEAD = Long.BYTES + Integer.BYTES;

    private Counts() {}

    /// Gathers entries into messages.
    static final class Gathering {
        private final ByteBuffer message = ByteBuffer.allocate(HEAD + Reader.LONGEST_WORD);
        private final Sender<byte[]> out;

        Gathering(Sender<byte[]> out) {
            this.out = out;
        }

        void word(byte[] text, int from, int to, long count) throws InterruptedException {
            if (message.remaining() < HEAD + to - from) send();
            message.putLong(count).putInt(to - from).put(text, from, to - from);
        }

        /// Sends the last message, with the mark of the end.
        void end(long bytesSeen) throws InterruptedException {
            word(message.array(), 0, 0, bytesSeen);
            send();
        }

        private void send() throws InterruptedException {
            out.send(Arrays.copyOf(message.array(), message.position()));
            message.clear();
        }
    }

    /// Shows each entry of a message; the one without letters too.
    static <X extends Exception> void each(byte[] message, WordTable.Words<X> to) throws X, InterruptedException {
        var entries = ByteBuffer.wrap(message);
        while (entries.hasRemaining()) {
            long count = entries.getLong();
            int length = entries.getInt();
            int from = entries.position();
            entries.position(from + length);
            to.word(message, from, from + length, count);
        }
    }
}
