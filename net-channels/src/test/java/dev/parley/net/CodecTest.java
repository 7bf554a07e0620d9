package dev.parley.net;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30) class CodecTest {
    enum Colour { RED, GREEN }

    record Line(String text, Colour colour, double[] weights) {}

    record Page(long number, List<Line> lines, Map<String, Integer> counts) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle"),
            @JsonSubTypes.Type(value = Square.class, name = "square")}) sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    private static <T> void assertTravels(Codec<T> codec, T value) throws Exception {
        assertEquals(value, codec.decode(codec.encode(value)));
    }

    @Test void rawTypesTravelAsTheirOwnBytes() throws Exception {
        assertTravels(Codec.of(String.class), "");
        assertTravels(Codec.of(String.class), "häß\uD83D\uDE00");
        assertTravels(Codec.of(Long.class), Long.MIN_VALUE);
        assertTravels(Codec.of(Integer.class), -1);
        assertTravels(Codec.of(Double.class), Double.NaN);
        assertTravels(Codec.of(Boolean.class), true);
        assertArrayEquals(new byte[]{0, 0, 1, 0}, Codec.of(Integer.class).encode(256));
        var bytes = new byte[]{1, 2, 3};
        assertArrayEquals(bytes, Codec.of(byte[].class).decode(Codec.of(byte[].class).encode(bytes)));
    }

    @Test void rawTypesRefuseWhatTheyDidNotWrite() {
        assertThrows(Exception.class, () -> Codec.of(String.class).decode(new byte[]{(byte) 0xC3, 0x28}));
        for (var type : List.of(Long.class, Integer.class, Double.class, Boolean.class))
            assertThrows(IllegalArgumentException.class, () -> Codec.of(type).decode(new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> Codec.of(Boolean.class).decode(new byte[]{2}));
    }

    @Test void recordsEnumsAndSealedInterfacesTravelAsCbor() throws Exception {
        assertTravels(Codec.of(Colour.class), Colour.GREEN);
        assertTravels(Codec.of(Shape.class), new Square(2.5));
        assertTravels(Codec.listOf(Shape.class), List.of(new Circle(1), new Square(2)));
        assertTravels(Codec.mapOf(Integer.class, String.class), Map.of(1, "one"));
        var page = new Page(7, List.of(new Line("x", Colour.RED, new double[]{1.5})), Map.of("a", 1));
        var back = Codec.of(Page.class).decode(Codec.of(Page.class).encode(page));
        assertEquals(page.counts(), back.counts());
        assertArrayEquals(page.lines().getFirst().weights(), back.lines().getFirst().weights());
    }

    @Test void aFingerprintTellsTypesApartByNameAndShape() {
        assertEquals(Codec.of(Page.class).fingerprint(), Codec.of(Page.class).fingerprint());
        assertNotEquals(Codec.of(Circle.class).fingerprint(), Codec.of(Square.class).fingerprint());
        assertNotEquals(Codec.listOf(Long.class).fingerprint(), Codec.listOf(Integer.class).fingerprint());
        assertNotEquals(Codec.of(Long.class).fingerprint(), Codec.of(Integer.class).fingerprint());
        assertTrue(Codec.of(Page.class).fingerprint().startsWith("cbor:dev.parley.net.CodecTest$Page#"),
                Codec.of(Page.class).fingerprint());
    }

    @Test void typesThatSayTooLittleAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Codec.of(Object.class));
        assertThrows(IllegalArgumentException.class, () -> Codec.of(Serializable.class));
        assertThrows(IllegalArgumentException.class, () -> Codec.of(List.class));
    }

    @Test void nestingIsLimited() {
        var deep = new byte[2000];
        Arrays.fill(deep, (byte) 0x81); // an array of one array of one …
        assertThrows(Exception.class, () -> Codec.of(Page.class).decode(deep));
    }

    @Test void aClaimedLengthCostsNothing() {
        // a text of 2^31-1 bytes, an array of 2^32-1 elements, bytes of 2^62: claimed, not sent
        for (var claim : List.of(new byte[]{0x7A, 0x7F, -1, -1, -1}, new byte[]{(byte) 0x9A, -1, -1, -1, -1},
                new byte[]{0x5B, 0x40, 0, 0, 0, 0, 0, 0, 0})) {
            assertThrows(Exception.class, () -> Codec.of(Page.class).decode(claim));
            assertThrows(Exception.class, () -> Codec.listOf(String.class).decode(claim));
        }
    }

    @Test void mutatedElementsGiveAValueOrAnException() throws Exception {
        var codec = Codec.of(Page.class);
        var good = codec.encode(new Page(7, List.of(new Line("some text", Colour.RED, new double[]{1.5, 2})),
                Map.of("a", 1, "b", 2)));
        var random = new Random(99);
        int failed = 0;
        for (int i = 0; i < 20_000; i++) {
            var bad = good.clone();
            for (int k = 0; k <= random.nextInt(4); k++) bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            try {
                codec.decode(bad);
            } catch (Exception refused) {
                failed++; // an Error, of memory or of the stack, would end the test
            }
        }
        assertTrue(failed > 5000, failed + " of 20000 refused");
    }
}
