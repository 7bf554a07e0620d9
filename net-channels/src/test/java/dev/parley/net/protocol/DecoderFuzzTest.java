package dev.parley.net.protocol;

import dev.parley.net.Codec;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Whatever bytes come, the decoder reads or refuses them: by mutations of what is right, and by Jazzer, which looks for inputs that take new paths.
///
/// Jazzer runs in a JVM of its own, with little memory, so that an input that makes the decoder spend it is found.
class DecoderFuzzTest {
    private static final byte STREAM = 0, ELEMENT = 1, FRAME = 2; // what DecoderFuzz takes the rest for

    @TempDir
    @SuppressWarnings("NullAway") // set by JUnit
    private Path folder;

    /// What the frames of the document's test vectors are: type and body.
    private static List<byte[]> frames() throws Exception {
        var inputs = new ArrayList<byte[]>();
        for (var vector : VectorsTest.vectors()) {
            var framed = vector.bytes();
            var input = Arrays.copyOfRange(framed, 3, framed.length - 4);
            input[0] = FRAME;
            inputs.add(input);
        }
        return inputs;
    }

    /// The same frames as they stand on a connection, and an element: where the fuzzer begins, beside [#frames].
    private static List<byte[]> others() throws Exception {
        var inputs = new ArrayList<byte[]>();
        for (var vector : VectorsTest.vectors()) inputs.add(input(STREAM, vector.bytes()));
        var order = new DecoderFuzz.Order(7, "tea", List.of(1, 2), Map.of("large", 2.5), new byte[]{1, 2},
                DecoderFuzz.Colour.GREEN);
        inputs.add(input(ELEMENT, Codec.of(DecoderFuzz.Order.class).encode(order)));
        return inputs;
    }

    private static byte[] input(byte kind, byte[] rest) {
        var input = new byte[1 + rest.length];
        input[0] = kind;
        System.arraycopy(rest, 0, input, 1, rest.length);
        return input;
    }

    @Test void whatIsNearlyRightIsReadOrRefused() throws Exception {
        var random = new SplittableRandom(4711);
        var all = frames();
        all.addAll(others());
        for (var right : all) {
            DecoderFuzz.fuzzerTestOneInput(right);
            for (int i = 0; i < 1000; i++) {
                var input = Arrays.copyOf(right, right.length - random.nextInt(2) + random.nextInt(3));
                for (int n = random.nextInt(4); n >= 0; n--)
                    input[random.nextInt(input.length)] = (byte) random.nextInt();
                DecoderFuzz.fuzzerTestOneInput(input);
            }
        }
    }

    /// A decoder with a mistake that chance alone would hardly find.
    static final class Mistaken {
        private Mistaken() {}

        @SuppressWarnings("unused") // called by the fuzzer
        public static void fuzzerTestOneInput(byte[] input) {
            if (input.length < 2) return;
            try {
                var frame = FrameCodec.read(input[1] & 0xFF, Unpooled.wrappedBuffer(input, 2, input.length - 2));
                if (frame instanceof Frame.Failed failed && failed.why() == Frame.Failure.UNDELIVERED
                        && failed.strength() > 300 && failed.offer() == 4)
                    throw new IllegalStateException("the mistake");
            } catch (ProtocolError refused) {
                // as it should be
            }
        }
    }

    @Tag("slow")
    @Timeout(600)
    @Test void aMistakeWouldBeFound() throws Exception {
        var run = fuzz(Mistaken.class, folder.resolve("corpus"), "-runs=1000000", "-seed=1");
        assertNotEquals(0, run.exit, run.said);
        assertTrue(run.said.contains("the mistake"), run.said);
    }

    /// A million, or as many as `dev.parley.net.fuzz` says, or for so many seconds as `dev.parley.net.fuzz.seconds` says; from where an earlier run came, if `dev.parley.net.fuzz.corpus` names a folder that
    /// it left.
    @Tag("slow")
    @Timeout(3000)
    @Test void aMillionInputsThatLookForNewPathsFindNone() throws Exception {
        var corpus = System.getProperty("dev.parley.net.fuzz.corpus");
        var seconds = System.getProperty("dev.parley.net.fuzz.seconds");
        var limit = seconds == null
                ? "-runs=" + Integer.getInteger("dev.parley.net.fuzz", 1_000_000)
                : "-max_total_time=" + seconds;
        var run = corpus == null
                ? fuzz(DecoderFuzz.class, folder.resolve("corpus"), limit, "-seed=1")
                : fuzz(DecoderFuzz.class, Path.of(corpus), limit);
        assertEquals(0, run.exit, run.said);
        var last = run.said.lines().filter(line -> line.matches("(#.* cov: .*|Done [0-9]+ runs in .*)")).toList();
        assertTrue(last.getLast().matches(seconds == null ? "Done " + limit.substring(6) + " runs in .*" : "Done .*"),
                run.said);
        System.out.println(String.join("\n", last.subList(last.size() - 2, last.size())));
    }

    private record Run(int exit, String said) {}

    private Run fuzz(Class<?> target, Path corpus, String... options) throws Exception {
        Files.createDirectories(corpus);
        int number = 0;
        var inputs = frames();
        inputs.addAll(others());
        for (var input : inputs) Files.write(corpus.resolve("right" + number++), input);
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx256m", "-XX:+EnableDynamicAgentLoading", "-cp", System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer", "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.parley.net.**", "--custom_hook_includes=dev.parley.net.**",
                "-max_len=1024"));
        command.addAll(List.of(options));
        command.add(corpus.toAbsolutePath().toString());
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        var said = process.inputReader().lines().reduce("", (all, line) -> all + line + "\n");
        return new Run(process.waitFor(), said);
    }
}
