package dev.parley.net.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How numbers, texts and identities stand in a frame.
final class Fields {
    private Fields() {}

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

    /// Of a poison; 0 where there is none.
    static int strength(ByteBuf in) {
        return smallNumber(in, Integer.MAX_VALUE, "strength");
    }

    static boolean flag(ByteBuf in) {
        return smallNumber(in, 1, "a yes or no") == 1;
    }

    /// One of the values of an enum, whose codes begin at 1.
    static <E extends Enum<E>> E choice(ByteBuf in, E[] values, String what) {
        int code = smallNumber(in, values.length, what);
        if (code == 0) throw new ProtocolError(what + " must not be 0");
        return values[code - 1];
    }

    static void putText(ByteBuf out, String text) {
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        putNumber(out, utf8.length);
        out.writeBytes(utf8);
    }

    static String text(ByteBuf in, int most, String what) {
        var bytes = bytes(in, smallNumber(in, Math.min(most, in.readableBytes()), "bytes of the " + what));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            throw new ProtocolError("the " + what + " is not UTF-8", malformed);
        }
    }

    static String name(ByteBuf in) {
        var name = text(in, Frame.NAME, "name");
        if (name.isEmpty()) throw new ProtocolError("a name must not be empty");
        return name;
    }

    static void putId(ByteBuf out, Id id) {
        out.writeLong(id.high()).writeLong(id.low());
    }

    static Id id(ByteBuf in) {
        requireReadable(in, 16);
        return new Id(in.readLong(), in.readLong());
    }

    /// Eight bytes.
    static long fixed(ByteBuf in) {
        requireReadable(in, 8);
        return in.readLong();
    }

    static byte[] bytes(ByteBuf in, int length) {
        requireReadable(in, length);
        var bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    static byte[] rest(ByteBuf in) {
        return bytes(in, in.readableBytes());
    }

    static void requireReadable(ByteBuf in, int length) {
        if (in.readableBytes() < length)
            throw new ProtocolError("a frame ends " + (length - in.readableBytes()) + " bytes too early");
    }

    /// Text cut to `most` bytes of UTF-8, between two characters.
    static String cut(String text, int most) {
        if (text.length() * 3L <= most) return text;
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= most) return text;
        int end = most;
        while ((bytes[end] & 0xC0) == 0x80) end--;
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8);
    }
}
