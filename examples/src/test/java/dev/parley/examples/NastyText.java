package dev.parley.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Random bytes that are hard to count words in, and folders of files of them.
final class NastyText {
    private static final String[] BETWEEN = {" ", "\n", "\r\n", "\0", "_", "9", "-", "\t", "\u00e9", "\u4e2d", "'", "@",
            "[", "`", "{"};
    private static final String[] NAMES = {"plain", "two words", "-rf", "quo'te", "dollar$", "star*", "line\nbreak",
            ".hidden", "UPPER"};

    private final Random random;

    NastyText(long seed) {
        random = new Random(seed);
    }

    /// The seed of this run: a new one each time, unless `-Dparley.seed` gives one.
    static long seed() {
        return Long.getLong("parley.seed", new Random().nextLong());
    }

    /// Text of about `size` bytes.
    byte[] bytes(int size) {
        var text = new ByteArrayOutputStream();
        while (text.size() < size) {
            text.writeBytes(word());
            if (random.nextInt(50) == 0) text.write(random.nextInt(256));
            else text.writeBytes(BETWEEN[random.nextInt(BETWEEN.length)].getBytes(StandardCharsets.UTF_8));
        }
        if (random.nextBoolean()) text.writeBytes(word()); // no line break at the end, and the next file begins with a letter
        return text.toByteArray();
    }

    private byte[] word() {
        int length = switch (random.nextInt(200)) {
            case 0 -> 5_000 + random.nextInt(100_000);
            case 1 -> 0;
            default -> 1 + random.nextInt(4);
        };
        var letters = new byte[length];
        int kinds = length > 5 ? 26 : 7;
        for (int i = 0; i < length; i++)
            letters[i] = (byte) ((random.nextBoolean() ? 'a' : 'A') + random.nextInt(kinds));
        return letters;
    }

    /// Fills `folder` with files and folders, some of them empty.
    void fill(Path folder, int files) throws IOException {
        var at = folder;
        for (int i = 0; i < files; i++) {
            if (random.nextInt(4) == 0) at = Files.createDirectories(at.resolve(name(i)));
            if (random.nextInt(6) == 0) at = folder;
            Files.write(at.resolve(name(i) + ".txt"), bytes(switch (random.nextInt(10)) {
                case 0 -> 0;
                case 1 -> 600_000;
                default -> random.nextInt(3_000);
            }));
        }
    }

    private String name(int i) {
        return NAMES[random.nextInt(NAMES.length)] + i;
    }
}
