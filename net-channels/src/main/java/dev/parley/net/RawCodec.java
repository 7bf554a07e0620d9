package dev.parley.net;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Values that are their own bytes, numbers big-endian.
///
/// @param <T> the elements
abstract class RawCodec<T> implements Codec<T> {
    private final String type;

    RawCodec(String type) {
        this.type = type;
    }

    @SuppressWarnings("unchecked") // each branch answers for the class it compared with
    static <T> Optional<Codec<T>> of(Class<T> type) {
        Codec<?> codec = type == byte[].class
                ? BYTES
                : type == String.class
                        ? TEXT
                        : type == Long.class
                                ? LONG
                                : type == Integer.class
                                        ? INT
                                        : type == Double.class ? DOUBLE : type == Boolean.class ? BOOLEAN : null;
        return Optional.ofNullable((Codec<T>) codec);
    }

    @Override public String fingerprint() {
        return "raw:" + type;
    }

    @Override public String toString() {
        return "Codec[" + fingerprint() + "]";
    }

    static void requireLength(byte[] bytes, int length) {
        if (bytes.length != length)
            throw new IllegalArgumentException("expected " + length + " bytes, but got " + bytes.length);
    }

    private static final Codec<byte[]> BYTES = new RawCodec<>("bytes") {
        @Override public byte[] encode(byte[] value) { return value; }

        @Override public byte[] decode(byte[] bytes) { return bytes; }
    };

    private static final Codec<String> TEXT = new RawCodec<>("utf-8") {
        @Override public byte[] encode(String value) { return value.getBytes(StandardCharsets.UTF_8); }

        @Override public String decode(byte[] bytes) throws CharacterCodingException {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
    };

    private static final Codec<Long> LONG = new RawCodec<>("int64") {
        @Override public byte[] encode(Long value) { return ByteBuffer.allocate(8).putLong(value).array(); }

        @Override public Long decode(byte[] bytes) {
            requireLength(bytes, 8);
            return ByteBuffer.wrap(bytes).getLong();
        }
    };

    private static final Codec<Integer> INT = new RawCodec<>("int32") {
        @Override public byte[] encode(Integer value) { return ByteBuffer.allocate(4).putInt(value).array(); }

        @Override public Integer decode(byte[] bytes) {
            requireLength(bytes, 4);
            return ByteBuffer.wrap(bytes).getInt();
        }
    };

    private static final Codec<Double> DOUBLE = new RawCodec<>("float64") {
        @Override public byte[] encode(Double value) { return ByteBuffer.allocate(8).putDouble(value).array(); }

        @Override public Double decode(byte[] bytes) {
            requireLength(bytes, 8);
            return ByteBuffer.wrap(bytes).getDouble();
        }
    };

    private static final Codec<Boolean> BOOLEAN = new RawCodec<>("bool") {
        @Override public byte[] encode(Boolean value) { return new byte[]{(byte) (value ? 1 : 0)}; }

        @Override public Boolean decode(byte[] bytes) {
            requireLength(bytes, 1);
            if (bytes[0] >>> 1 != 0) throw new IllegalArgumentException("expected 0 or 1, but got " + bytes[0]);
            return bytes[0] == 1;
        }
    };
}
