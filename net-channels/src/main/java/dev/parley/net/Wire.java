package dev.parley.net;

import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Framing;
import dev.parley.net.protocol.LineFault;
import dev.parley.net.protocol.ProtocolError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// One connection as frames. Input goes to a [Frames], first the handshake's, then the session's. Output is gathered in one buffer and
/// written when the loop has done all it had to do, so that a wake-up costs one system call however many frames it caused.
///
/// - W1 [Frames#over], or another that says so, is called once, and nothing is told after it
/// - W2 each call from the line runs in a round of the loop, whose end writes what it caused
///
/// Confined to the loop.
final class Wire {
    /// Who the frames of a connection are for.
    interface Frames {
        void frame(Frame frame);

        /// The connection's output drained, so more may be written.
        default void writable() {}

        /// No more frames will come, because the connection ended or its bytes cannot be trusted.
        void over(String why);

        /// No more frames will come, because the two sides do not trust each other's certificates; another connection would end the same.
        default void untrusted(String why) {
            over(why);
        }

        /// No more frames will be looked at, because the last one was against the rules. The connection is still open for a last word.
        void breached(String rule);
    }

    private static final int BATCH = 64 << 10;
    /// Fewer bytes than this per tick are no sign of life if they make no frame: a length that was changed on the way may wait for ever.
    private static final int SIGN_OF_LIFE = 4096;

    private final Loop loop;
    private final Line line;
    private final Framing framing = new Framing();
    private Frames frames;
    private @Nullable ByteBuf batch;
    private long bytesCome, bytesBefore, framesBefore;
    private int pending;
    private boolean unflushed, hurried, over;

    Wire(Loop loop, Line line, Frames first) {
        this.loop = loop;
        this.line = line;
        this.frames = first;
    }

    /// From here on frames of up to `longest` bytes go to `next`.
    void handOver(Frames next, int longest) {
        frames = next;
        framing.accept(longest);
    }

    Line line() {
        return line;
    }

    // Output

    void put(Frame frame) {
        var out = batch;
        if (out == null) batch = out = line.buffer();
        framing.write(frame, out);
        if (!unflushed) loop.toFlush(this);
        unflushed = true;
        if (out.readableBytes() >= BATCH) write();
    }

    /// Writes what is gathered when this frame has been dealt with, not when all that came has.
    void hurry() {
        hurried = true;
    }

    void flush() {
        unflushed = hurried = false;
        write();
        line.flush();
    }

    private void write() {
        var out = batch;
        batch = null;
        if (out != null) line.write(out);
    }

    /// Whether the peer reads about as fast as we write; offers wait while it does not.
    boolean isWritable() {
        return !over && line.isWritable() && (batch == null || batch.readableBytes() < BATCH);
    }

    /// Writes what is gathered and closes.
    void finish() {
        over = true;
        write();
        line.finish();
    }

    /// Writes what is gathered and ends our direction; the peer closes when it has read it all. Closing at once could make the peer's host
    /// throw away what it has not read (RFC 1122, 4.2.2.13).
    void finishOutput() {
        write();
        line.finishOutput();
    }

    /// Closes at once, and tells nobody.
    void cut() {
        over = true;
        write();
        line.cut();
    }

    // Input

    /// Reads the whole frames in `in`.
    void bytes(ByteBuf in) {
        loop.enter();
        bytesCome += in.readableBytes() - pending;
        try {
            while (!over) {
                var frame = framing.read(in);
                if (frame == null) break;
                frames.frame(frame);
                if (!hurried) continue;
                flush();
                loop.enter(); // what is written may have told of room, and ended a round
            }
        } catch (LineFault fault) {
            line.cut();
            end(String.valueOf(fault.getMessage()));
        } catch (RuntimeException broken) {
            breached(broken);
        }
        if (over) in.skipBytes(in.readableBytes());
        pending = in.readableBytes();
    }

    private void breached(RuntimeException broken) {
        if (over) return;
        over = true;
        var why = broken instanceof ProtocolError ? broken.getMessage() : broken.toString();
        frames.breached("the peer broke the protocol: " + why);
    }

    /// Nothing more to read for now.
    void bytesEnd() {
        loop.enter();
        loop.round();
    }

    void writable() {
        if (over) return;
        loop.enter();
        frames.writable();
        loop.round();
    }

    void closed(String why) {
        loop.enter();
        end(why);
        loop.round();
    }

    void untrusted(String why) {
        loop.enter();
        if (!over) {
            over = true;
            frames.untrusted(why);
        }
        loop.round();
    }

    private void end(String why) {
        if (over) return;
        over = true;
        frames.over(why);
    }

    /// Whether the peer has shown life since this was last asked.
    boolean showedLife() {
        boolean life = framing.framesRead() > framesBefore || bytesCome - bytesBefore >= SIGN_OF_LIFE;
        framesBefore = framing.framesRead();
        bytesBefore = bytesCome;
        return life;
    }
}
