package dev.parley.net;

import io.netty.buffer.ByteBuf;

/// A connection to another host as streams of bytes. Confined to the thread of its [Ground]; what happens on it is told to its [Wire].
interface Line {
    /// Memory for output, which [#write] gives back.
    ByteBuf buffer();

    /// Takes `bytes` to be written with the next [#flush].
    void write(ByteBuf bytes);

    void flush();

    /// Whether the other reads about as fast as we write.
    boolean isWritable();

    /// Bytes that were written and that the other's host did not take yet.
    long untaken();

    /// Closes when all is written; when the other does not read, after some time.
    void finish();

    /// Ends our direction when all is written.
    void finishOutput();

    /// Closes without waiting for an other that may be dead.
    void cut();

    /// Whom it is connected with.
    String peer();

    /// The subject of the other's certificate; empty if it showed none.
    String subject();
}
