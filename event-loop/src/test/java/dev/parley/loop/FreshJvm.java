package dev.parley.loop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// Runs a main class in a JVM of its own, for what happens once per JVM.
public final class FreshJvm {
    public static final String OPEN = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    /// What it printed, errors included, and how it ended.
    public record Result(int exit, String output) {}

    private static final int SIGINT = 2;

    private FreshJvm() {}

    public static Result run(Class<?> main, String... options) throws IOException, InterruptedException {
        return resultOf(start(main, List.of(), options));
    }

    /// What it prints until it ends, and how it ends.
    public static Result resultOf(Process process) throws InterruptedException {
        var output = new StringBuilder();
        var reader = Thread.ofPlatform().start(() -> {
            try {
                output.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException broken) {
                output.append(broken);
            }
        });
        boolean ended = process.waitFor(30, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly();
        reader.join();
        assertTrue(ended, () -> process + " did not end: " + output);
        return new Result(process.exitValue(), output.toString());
    }

    public static Process start(Class<?> main, List<String> arguments, String... options) throws IOException {
        return command(main, arguments, options).start();
    }

    public static ProcessBuilder command(Class<?> main, List<String> arguments, String... options) throws IOException {
        var command = new ArrayList<String>();
        if (ignoresInt()) command.addAll(List.of("env", "--default-signal=INT"));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(main.getName());
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /// Whether this JVM was started to ignore INT, as a shell does to what it runs in the background. Its children would inherit that.
    private static boolean ignoresInt() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return false;
        for (var line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:"))
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1L << (SIGINT - 1)) != 0;
        }
        return false;
    }
}
