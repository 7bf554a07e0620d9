package dev.parley.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// One TCP connection as frames: `length u32 · type u8 · body · CRC-32C u32`, where the length counts what follows it.
///
/// Input goes to a [Frames], first the handshake's, then the link's. Output is gathered in one buffer and written when the loop has done
/// all it had to do, so that a wake-up costs one system call however many frames it caused. A length is checked against the limit before
/// anything is kept for it, and memory grows only with bytes that came. Confined to the node's [Loop].
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class Wire extends ByteToMessageDecoder {
    /// Who the frames of a connection are for.
    interface Frames {
        /// A frame, with its body in `in` until this returns.
        void frame(int type, ByteBuf in);

        /// The connection's output drained, so more may be written.
        default void writable() {}

        /// No more frames will come. Called once.
        void over(String why);
    }

    private static final int HEADER = 5, TRAILER = 4;
    private static final int BATCH = 64 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Loop loop;
    private final CRC32C sum = new CRC32C();
    private Frames frames;
    private int longest = Limits.HELLO_FRAME;
    private @Nullable Channel channel;
    private @Nullable ByteBuf batch;
    private int frameStart = -1;
    private long inputs;
    private boolean unflushed, over;

    Wire(Loop loop, Frames first) {
        this.loop = loop;
        this.frames = first;
    }

    /// From here on frames of up to `longest` bytes go to `next`.
    void handOver(Frames next, int longest) {
        this.frames = next;
        this.longest = longest;
    }

    // Output

    /// Begins a frame; the caller writes its body and then calls [#end].
    ByteBuf begin(int type) {
        if (batch == null) batch = channel().alloc().directBuffer(512);
        frameStart = batch.writerIndex();
        batch.writeInt(0).writeByte(type);
        return batch;
    }

    void end() {
        var out = Objects.requireNonNull(batch);
        int length = out.writerIndex() - frameStart - 4;
        out.setInt(frameStart, length + TRAILER);
        out.writeInt(checksum(out, frameStart + 4, length));
        if (!unflushed) loop.toFlush(this);
        unflushed = true;
        if (out.readableBytes() >= BATCH) write();
    }

    void flush() {
        unflushed = false;
        write();
        if (channel().isActive()) channel().flush();
    }

    private void write() {
        var out = batch;
        batch = null;
        if (out != null) channel().write(out, channel().voidPromise());
    }

    /// Whether the peer reads about as fast as we write; offers wait while it does not.
    boolean isWritable() {
        return channel().isWritable() && (batch == null || batch.readableBytes() < BATCH);
    }

    /// Bytes that were written and that the peer's host did not take yet.
    long unanswered() {
        var buffer = channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /// Bytes read so far, as a sign of life.
    long inputs() {
        return inputs;
    }

    /// Writes what is gathered and closes; a peer that does not read gets some time and then is cut off.
    void finish() {
        write();
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        var cut = loop.after(LAST_WORDS, channel()::close);
        channel().closeFuture().addListener(closed -> cut.cancel(false));
    }

    /// Writes what is gathered and ends our direction; the peer closes when it has read it all. Closing at once could make the peer's host
    /// throw away what it has not read (RFC 1122, 4.2.2.13).
    void finishOutput() {
        write();
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel() instanceof DuplexChannel duplex && channel().isActive()) duplex.shutdownOutput();
        });
    }

    /// Closes without waiting for a peer that may be dead; what the host's buffers take now may still reach it.
    void cutOff() {
        flush();
        channel().close();
    }

    Channel channel() {
        return Objects.requireNonNull(channel);
    }

    // Input

    @Override public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        loop.enter();
        super.channelRead(context, message);
    }

    @Override public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        loop.round();
    }

    @Override protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
        inputs++;
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < 4) return;
        int length = in.getInt(in.readerIndex());
        if (length < HEADER || length > longest + TRAILER)
            throw new ProtocolError("a frame must have " + HEADER + " to " + (longest + TRAILER) + " bytes, but says "
                    + Integer.toUnsignedString(length));
        if (in.readableBytes() < 4 + length) return;
        in.skipBytes(4);
        int body = length - TRAILER;
        int sum = checksum(in, in.readerIndex(), body);
        var frame = in.readSlice(body);
        if (in.readInt() != sum) throw new ProtocolError("a frame's checksum is wrong");
        int type = frame.readUnsignedByte();
        frames.frame(type, frame);
    }

    private int checksum(ByteBuf buffer, int from, int length) {
        sum.reset();
        sum.update(buffer.internalNioBuffer(from, length));
        return (int) sum.getValue();
    }

    @Override public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (over || !channel().isWritable()) return;
        loop.enter();
        frames.writable();
        loop.round();
    }

    @Override public void channelInactive(ChannelHandlerContext context) throws Exception {
        loop.enter();
        end("the connection was closed");
        super.channelInactive(context);
        loop.round();
    }

    @Override public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        loop.enter();
        var cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        end(cause instanceof ProtocolError ? "the peer broke the protocol: " + cause.getMessage() : cause.toString());
        finish();
        loop.round();
    }

    /// Ends the input once.
    void end(String why) {
        if (over) return;
        over = true;
        frames.over(why);
    }

    @Override protected void handlerRemoved0(ChannelHandlerContext context) {
        if (batch != null) batch.release();
        batch = null;
    }
}
