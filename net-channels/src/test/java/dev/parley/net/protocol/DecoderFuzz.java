package dev.parley.net.protocol;

import dev.parley.net.Codec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What a coverage-guided fuzzer calls with bytes of its own: whatever they are, they are read or refused in the way that the node expects, and what was read
/// is written as what is read again.
final class DecoderFuzz {
    private static final Codec<Order> ORDERS = Codec.of(Order.class);

    /// A record with what a codec meets.
    public record Order(long id, String item, List<Integer> sizes, Map<String, Double> prices, byte[] picture,
            Colour colour) {}

    /// An enum.
    public enum Colour { RED, GREEN }

    private DecoderFuzz() {}

    /// One input. Its first byte says what the rest is to be.
    @SuppressWarnings("unused") // called by the fuzzer
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) return;
        var rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> readStream(rest);
            case 1 -> readElement(rest);
            default -> readFrame(rest);
        }
    }

    /// As bytes of a connection, with their lengths and checksums.
    private static void readStream(byte[] bytes) {
        var framing = new Framing();
        framing.accept(1 << 20);
        var in = Unpooled.wrappedBuffer(bytes);
        try {
            while (framing.read(in) != null) {}
        } catch (LineFault | ProtocolError refused) {
            // as it should be
        }
    }

    /// As a frame's type and body, since a fuzzer finds no checksum.
    private static void readFrame(byte[] bytes) {
        if (bytes.length == 0) return;
        Frame frame;
        try {
            frame = FrameCodec.read(bytes[0] & 0xFF, Unpooled.wrappedBuffer(bytes, 1, bytes.length - 1));
        } catch (ProtocolError refused) {
            return;
        }
        var once = body(frame);
        var again = body(FrameCodec.read(FrameCodec.type(frame), once.duplicate()));
        if (!again.equals(once)) throw new AssertionError("written and read again it is another: " + frame);
    }

    private static ByteBuf body(Frame frame) {
        var out = Unpooled.buffer();
        FrameCodec.putBody(frame, out);
        return out;
    }

    /// As an element. Any exception is right here, since it only ends the link; an error is not.
    @SuppressWarnings({"EmptyCatch", "ReturnValueIgnored"}) private static void readElement(byte[] bytes) {
        Order order;
        try {
            order = ORDERS.decode(bytes);
        } catch (Exception refused) {
            return;
        }
        if (order != null) order.hashCode();
    }
}
