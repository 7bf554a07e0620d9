package dev.parley.net.protocol;

import dev.parley.net.protocol.Frame.Change;
import dev.parley.net.protocol.Frame.Failure;
import dev.parley.net.protocol.Frame.Refusal;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/// The bytes in PROTOCOL.md are those that the code writes and reads.
class VectorsTest {
    private static final byte[] ELEMENT = {0, 0, 0, 7};
    private static final Id SESSION = new Id(0, 5);

    /// One line of the document.
    record Vector(int number, String what, Frame frame) {
        String line() {
            return "| " + number + " | " + what + " | `" + spaced(bytes()) + "` |";
        }

        byte[] bytes() {
            var framing = new Framing();
            var out = Unpooled.buffer();
            for (int before = 0; before < number; before++) framing.write(new Frame.Ack(0), Unpooled.buffer());
            framing.write(frame, out);
            return ByteBufUtil.getBytes(out);
        }

        Frame read(byte[] bytes) {
            var framing = new Framing();
            for (int before = 0; before < number; before++) {
                var other = Unpooled.buffer();
                var writer = new Framing();
                for (int i = 0; i < before; i++) writer.write(new Frame.Ack(0), Unpooled.buffer());
                writer.write(new Frame.Ack(0), other);
                framing.read(other);
            }
            var in = Unpooled.wrappedBuffer(bytes);
            assertNull(framing.read(in.slice(0, bytes.length - 1)), "not complete yet");
            return framing.read(in);
        }
    }

    private static String spaced(byte[] bytes) {
        var text = new StringBuilder();
        for (byte b : bytes) text.append(text.isEmpty() ? "" : " ").append("%02X".formatted(b));
        return text.toString();
    }

    private static Frame.Self self(int nonce) {
        var bytes = new byte[FrameCodec.NONCE];
        Arrays.fill(bytes, (byte) nonce);
        return new Frame.Self(true, new Identity(new Id(0, 1), 7), 1 << 20, bytes);
    }

    /// As the document says it, without the code of the node.
    private static byte[] signed(String role, Frame.Hello hello, Frame.Welcome welcome, long heard) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sixteen bytes or more".getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        mac.update(role.getBytes(StandardCharsets.US_ASCII));
        var position = Unpooled.buffer().writeLong(heard);
        for (var part : List.of(FrameCodec.body(hello), FrameCodec.body(welcome), ByteBufUtil.getBytes(position)))
            mac.update(ByteBufUtil.getBytes(Unpooled.buffer().writeShort(part.length).writeBytes(part)));
        return mac.doFinal();
    }

    static List<Vector> vectors() throws Exception {
        var hello = new Frame.Hello(5, 5, self(0xAA), Id.NONE);
        var welcome = new Frame.Welcome(5, self(0xBB), SESSION);
        return List.of(new Vector(0, "HELLO 5 to 5, a new session", hello), new Vector(0, "WELCOME", welcome),
                new Vector(1, "PROOF, heard 0", new Frame.Proof(0, signed("connecting", hello, welcome, 0))),
                new Vector(1, "READY, heard 0", new Frame.Ready(0, signed("listening", hello, welcome, 0))),
                new Vector(1, "REFUSE 4, no", new Frame.Refuse(Refusal.SESSION, "no")),
                new Vector(2, "PUBLISH c", new Frame.Publish("c")),
                new Vector(2, "ATTACH end 1, c, raw:int32", new Frame.Attach(1, false, "c", "raw:int32")),
                new Vector(2, "ATTACH_RECEIVER end 1, c, raw:int32", new Frame.Attach(1, true, "c", "raw:int32")),
                new Vector(3, "ATTACHED end 1, limit 1", new Frame.Attached(1, 1)),
                new Vector(3, "REJECT end 1, é", new Frame.Reject(1, "é")),
                new Vector(2, "DETACH end 300", new Frame.Detach(300)),
                new Vector(2, "BYTES 4194304", new Frame.Bytes(4 << 20)),
                new Vector(3, "OFFER end 1, offer 1, the Integer 7", new Frame.Offer(1, 1, true, ELEMENT)),
                new Vector(4, "TRY end 1, offer 2, the Integer 7", new Frame.Offer(1, 2, false, ELEMENT)),
                new Vector(5, "OFFERS end 1, offers 3 and 4, the Integers 7 and 8",
                        new Frame.Offers(1, 3, List.of(ELEMENT, new byte[]{0, 0, 0, 8}))),
                new Vector(4, "TAKEN end 1, offer 1, limit 2", new Frame.Taken(1, 1, 2)),
                new Vector(5, "TAKEN_MANY end 1, offers 3 and 4, limit 5", new Frame.TakenMany(1, 3, 2, 5)),
                new Vector(2, "PIECES 524288, largest 4194304", new Frame.Pieces(512 << 10, 4 << 20)),
                new Vector(5, "OFFER_LARGE end 1, offer 5, element 1, 20000 bytes",
                        new Frame.LargeOffer(1, 5, true, 1, 20_000)),
                new Vector(5, "TRY_LARGE end 1, offer 6, element 2, 20000 bytes",
                        new Frame.LargeOffer(1, 6, false, 2, 20_000)),
                new Vector(6, "PULL element 1", new Frame.Pull(1)),
                new Vector(6, "PIECE of element 1, the last 4 of its bytes",
                        new Frame.Piece(1, new byte[]{9, 0, 0, 0, 7}, 1, 4)),
                new Vector(5, "WITHDRAW end 1, offer 1", new Frame.Withdraw(1, 1)),
                new Vector(5, "WITHDRAWN end 1, offer 2, limit 2", new Frame.Withdrawn(1, 3, 3)),
                new Vector(6, "FAILED end 1, offer 3, limit 2, poisoned, strength 1, no",
                        new Frame.Failed(1, 3, 2, Failure.POISONED, 1, "no")),
                new Vector(3, "REQUEST end 1, request 1", new Frame.Request(1, 1, true)),
                new Vector(4, "REQUEST_NOW end 1, request 2", new Frame.Request(1, 2, false)),
                new Vector(4, "DELIVER end 1, request 1, the Integer 7", new Frame.Deliver(1, 1, ELEMENT)),
                new Vector(4, "DELIVER_LARGE end 1, request 2, element 1, 20000 bytes",
                        new Frame.LargeDeliver(1, 2, 1, 20_000)),
                new Vector(5, "DELIVERED end 1, request 1", new Frame.Delivered(1, 1)),
                new Vector(5, "GAVE_UP end 1, request 1, no", new Frame.GaveUp(1, 1, "no")),
                new Vector(2, "WATCH end 1, watch 1, choice 9", new Frame.Watch(1, 1, 9)),
                new Vector(3, "UNWATCH end 1, watch 1", new Frame.Unwatch(1, 1)),
                new Vector(3, "TURN end 1, watch 1", new Frame.Turn(1, 1)),
                new Vector(4, "CHOOSE_OFFER end 1, watch 1, offer 2, the Integer 7",
                        new Frame.ChooseOffer(1, 1, 2, ELEMENT)),
                new Vector(4, "CHOOSE_LARGE end 1, watch 1, offer 2, element 3, 20000 bytes",
                        new Frame.ChooseLargeOffer(1, 1, 2, 3, 20_000)),
                new Vector(4, "CHOOSE_REQUEST end 1, watch 1, request 3", new Frame.ChooseRequest(1, 1, 3)),
                new Vector(5, "UNREACHED end 1, request 1, end 0 in its element, no",
                        new Frame.Unreached(1, 1, 0, "no")),
                new Vector(2, "LOST end 1, no", new Frame.Lost(1, "no")),
                new Vector(6, "POLL end 1, number 1", new Frame.Poll(1, 1)),
                new Vector(6, "POLLED end 1, number 1, full", new Frame.Polled(1, 1, true)),
                new Vector(7, "POISON number 1, strength 2, c, no", new Frame.Poison(1, 2, "c", "no")),
                new Vector(7, "POISONED number 1, it was the first", new Frame.Poisoned(1, true)),
                new Vector(2, "ATTACH_BARRIER end 1, b", new Frame.AttachBarrier(1, "b")),
                new Vector(3, "ENROLL end 1, offer 1", new Frame.Enroll(1, 1, Change.ENROLL)),
                new Vector(3, "RESIGN end 1, offer 4", new Frame.Enroll(1, 4, Change.RESIGN)),
                new Vector(3, "COUNT end 1, offer 5", new Frame.Enroll(1, 5, Change.NONE)),
                new Vector(4, "ENROLLED end 1, offer 1, meeting 300, 2 enrolled", new Frame.Enrolled(1, 1, 300, 2)),
                new Vector(4, "SYNC end 1, offer 2, meeting 300", new Frame.Sync(1, 2, 300, true)),
                new Vector(4, "SYNC_NOW end 1, offer 3, meeting 300", new Frame.Sync(1, 3, 300, false)),
                new Vector(5, "RELEASE end 1, offer 2, meeting 300", new Frame.Release(1, 2, 300)),
                new Vector(5, "BROKEN end 1, offer 2, meeting 300, no", new Frame.Broken(1, 2, 300, "no")),
                new Vector(2, "LISTENING 127.0.0.1:7000", new Frame.Listening("127.0.0.1:7000")),
                new Vector(3, "SEEK c", new Frame.Seek("c")), new Vector(4, "UNSEEK c", new Frame.Unseek("c")),
                new Vector(3, "FOUND c, 127.0.0.1:7001", new Frame.Found("c", "127.0.0.1:7001")),
                new Vector(8, "ACK 64", new Frame.Ack(64)), new Vector(8, "PING, heard 130", new Frame.Ping(130)),
                new Vector(8, "PONG, heard 130", new Frame.Pong(130)),
                new Vector(9, "GOAWAY 0, heard 5", new Frame.GoAway(0, 5, "")));
    }

    private static Path document() {
        var here = Path.of("PROTOCOL.md");
        return Files.exists(here) ? here : Path.of("net-channels", "PROTOCOL.md");
    }

    @Test void theDocumentHasTheBytesThatTheCodeWrites() throws Exception {
        var expected = new ArrayList<String>();
        for (var vector : vectors()) expected.add(vector.line());
        assertEquals(expected, lines());
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(document()).stream().filter(line -> line.matches("\\| \\d+ \\| .*`[0-9A-F ]+` \\|"))
                .toList();
    }

    @Test void theCodeReadsWhatItWrites() throws Exception {
        for (var vector : vectors()) {
            var read = vector.read(vector.bytes());
            assertEquals(spaced(vector.bytes()), spaced(new Vector(vector.number, "", read).bytes()), vector.what);
            assertEquals(vector.frame.getClass(), read.getClass());
        }
    }

    @Test void everyFrameHasAVector() throws Exception {
        var shown = new ArrayList<Class<?>>();
        for (var vector : vectors()) shown.add(vector.frame.getClass());
        shown.add(Frame.Unknown.class); // is not written
        var all = new ArrayList<Class<?>>();
        collect(Frame.class, all);
        all.removeAll(shown);
        assertEquals(List.of(), all);
    }

    private static void collect(Class<?> type, List<Class<?>> into) {
        if (type.isRecord()) into.add(type);
        else for (var permitted : type.getPermittedSubclasses()) collect(permitted, into);
    }

    @Test void everyChangedBitIsFound() throws Exception {
        for (var vector : vectors()) {
            var good = vector.bytes();
            for (int bit = 32; bit < good.length * 8; bit++) { // those of the length before are found by what follows
                var bad = good.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                assertThrows(LineFault.class, () -> vector.read(bad), vector.what);
            }
        }
    }

    @Test void aRepeatedAMissingAndAMisplacedFrameAreFound() {
        var writer = new Framing();
        var first = Unpooled.buffer();
        var second = Unpooled.buffer();
        writer.write(new Frame.Ping(1), first);
        writer.write(new Frame.Ping(2), second);
        var reader = new Framing();
        assertThrows(LineFault.class, () -> new Framing().read(second.duplicate()), "missing, or misplaced");
        assertInstanceOf(Frame.Ping.class, reader.read(first.duplicate()));
        assertThrows(LineFault.class, () -> reader.read(first.duplicate()), "repeated");
    }
}
