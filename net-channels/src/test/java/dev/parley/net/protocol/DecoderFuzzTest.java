package dev.parley.net.protocol;

import io.netty.buffer.Unpooled;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private static final byte FRAME = 2; // what DecoderFuzz takes the rest for

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

    @Test void whatIsNearlyRightIsReadOrRefused() throws Exception {
        var random = new SplittableRandom(4711);
        for (var right : frames()) {
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
        var run = fuzz(Mistaken.class, 1_000_000);
        assertNotEquals(0, run.exit, run.said);
        assertTrue(run.said.contains("the mistake"), run.said);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void aMillionInputsThatLookForNewPathsFindNone() throws Exception {
        int runs = Integer.getInteger("dev.parley.net.fuzz", 1_000_000);
        var run = fuzz(DecoderFuzz.class, runs);
        assertEquals(0, run.exit, run.said);
        assertTrue(run.said.contains("Done " + runs + " runs"), run.said);
    }

    private record Run(int exit, String said) {}

    private Run fuzz(Class<?> target, int runs) throws Exception {
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        int number = 0;
        for (var input : frames()) Files.write(corpus.resolve("vector" + number++), input);
        var command = List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx256m", "-XX:+EnableDynamicAgentLoading", "-cp", System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer", "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.parley.net.**", "--custom_hook_includes=dev.parley.net.**",
                "-runs=" + runs, "-seed=1", "-max_len=1024", corpus.toString());
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        var said = process.inputReader().lines().reduce("", (all, line) -> all + line + "\n");
        return new Run(process.waitFor(), said);
    }
}
