package dev.parley.net.protocol;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The frames of one connection in its two streams of bytes: `length u32 · type u8 · body · CRC-32C u32`, where the length counts what follows it.
///
/// The checksum is over the frame's number in its stream (u64, from 0, never written), its type and its body. So it finds bytes that were changed,
/// and also whole frames that were lost, repeated or put in another place. A length is checked against the limit before anything is kept for
/// it, and memory grows only with bytes that came.
public final class Framing {
    /// Bytes of a frame before the peer has proven who it is.
    public static final int FIRST_LONGEST = 4096;
    private static final int LEAST = 5, TRAILER = 4;

    private final CRC32C sum = new CRC32C();
    private final byte[] number = new byte[8];
    private int longest = FIRST_LONGEST;
    private long written, read;

    /// From here on frames of up to `bytes` of type and body are read.
    public void accept(int bytes) {
        longest = bytes;
    }

    public void write(Frame frame, ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0).writeByte(FrameCodec.type(frame));
        FrameCodec.putBody(frame, out);
        int length = out.writerIndex() - start - 4;
        out.setInt(start, length + TRAILER);
        out.writeInt(checksum(written++, out, start + 4, length));
    }

    /// The next frame in `in`.
    ///
    /// @return null if it has not come completely
    /// @throws LineFault if the bytes are not those that were written
    /// @throws ProtocolError if they are, and make no frame
    public @Nullable Frame read(ByteBuf in) {
        if (in.readableBytes() < 4) return null;
        int length = in.getInt(in.readerIndex());
        if (length < LEAST || length > longest + TRAILER)
            throw new LineFault("a frame must have " + LEAST + " to " + (longest + TRAILER) + " bytes, but says "
                    + Integer.toUnsignedString(length));
        if (in.readableBytes() < 4 + length) return null;
        in.skipBytes(4);
        int body = length - TRAILER;
        int expected = checksum(read++, in, in.readerIndex(), body);
        var content = in.readSlice(body);
        if (in.readInt() != expected) throw new LineFault("a frame's checksum is wrong");
        return FrameCodec.read(content.readUnsignedByte(), content);
    }

    /// Frames read so far.
    public long framesRead() {
        return read;
    }

    private int checksum(long frame, ByteBuf buffer, int from, int length) {
        sum.reset();
        for (int i = 0; i < 8; i++) number[i] = (byte) (frame >>> (56 - 8 * i));
        sum.update(number);
        sum.update(buffer.internalNioBuffer(from, length));
        return (int) sum.getValue();
    }
}
