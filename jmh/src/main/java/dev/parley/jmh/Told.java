package dev.parley.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Leaves for the script `compare` what only the build knows: which JDK it uses and which class path.
final class Told {
    private Told() {}

    public static void main(String[] arguments) throws IOException {
        var target = Path.of(arguments[0]);
        Files.writeString(target.resolve("java-home"), System.getProperty("java.home"));
        Files.writeString(target.resolve("classpath"), System.getProperty("java.class.path"));
    }
}
