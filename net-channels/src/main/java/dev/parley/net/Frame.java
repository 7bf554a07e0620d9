package dev.parley.net;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The vocabulary of the protocol: types of frames, and how numbers and texts stand in them. DESIGN.md shows every frame byte by byte.
final class Frame {
    static final int MAGIC = 0x50524C59; // "PRLY"
    static final int VERSION = 1;

    // Before the peer has proven who it is
    static final int HELLO = 0x01, WELCOME = 0x02, PROOF = 0x03, READY = 0x04, REFUSE = 0x05;
    // Names and ends
    static final int PUBLISH = 0x10, ATTACH = 0x11, ATTACHED = 0x12, REJECT = 0x13, DETACH = 0x14, BYTES = 0x15;
    // Offers and their answers
    static final int OFFER = 0x20, TRY = 0x21, TAKEN = 0x22, WITHDRAW = 0x23, WITHDRAWN = 0x24, FAILED = 0x25,
            POLL = 0x26, POLLED = 0x27;
    static final int POISON = 0x30, POISONED = 0x31;
    static final int PING = 0x40, PONG = 0x41, GOAWAY = 0x42;
    /// A type from here on may be ignored by who does not know it.
    static final int FIRST_IGNORABLE = 0x80;

    // Why an offer FAILED
    static final int CLOSED = 1, POISONED_CHANNEL = 2, HOME_LEFT = 3;

    private Frame() {}

    /// An unsigned number in seven-bit groups, lowest first (LEB128).
    static void putNumber(ByteBuf out, long number) {
        while ((number & ~0x7FL) != 0) {
            out.writeByte((int) ((number & 0x7F) | 0x80));
            number >>>= 7;
        }
        out.writeByte((int) number);
    }

    static long number(ByteBuf in) {
        long number = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            requireReadable(in, 1);
            int group = in.readByte();
            number |= (long) (group & 0x7F) << shift;
            if (group >= 0) return number;
        }
        throw new ProtocolError("a number has more than 63 bits");
    }

    static int smallNumber(ByteBuf in, int most, String what) {
        long number = number(in);
        if (number > most) throw new ProtocolError(what + " must be at most " + most + ", but was " + number);
        return (int) number;
    }

    static void putText(ByteBuf out, byte[] utf8) {
        putNumber(out, utf8.length);
        out.writeBytes(utf8);
    }

    static String text(ByteBuf in, int most, String what) {
        var bytes = new byte[smallNumber(in, Math.min(most, in.readableBytes()), "bytes of the " + what)];
        requireReadable(in, bytes.length);
        in.readBytes(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            throw new ProtocolError("the " + what + " is not UTF-8", malformed);
        }
    }

    static byte[] bytes(ByteBuf in, int length) {
        requireReadable(in, length);
        var bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    static void requireReadable(ByteBuf in, int length) {
        if (in.readableBytes() < length)
            throw new ProtocolError("a frame ends " + (length - in.readableBytes()) + " bytes too early");
    }

    static void requireEmpty(ByteBuf in) {
        if (in.isReadable()) throw new ProtocolError("a frame has " + in.readableBytes() + " bytes too many");
    }

    /// Text for the wire, cut to `most` bytes between two characters.
    static byte[] cut(String text, int most) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= most) return bytes;
        int end = most;
        while ((bytes[end] & 0xC0) == 0x80) end--;
        return Arrays.copyOf(bytes, end);
    }
}
