package dev.parley.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// A program that has run in a JVM of its own.
record Program(int exitCode, String out, String err) {
    private static final long LIMIT_SECONDS = 60;

    /// Runs the class `main` with `options` of the JVM.
    static Program run(Class<?> main, String... options) throws Exception {
        var command = new ArrayList<>(command(options));
        command.add(main.getName());
        return of(new ProcessBuilder(command).start());
    }

    /// Runs the class `main` with `arguments`, and with all the access that Java warns of otherwise.
    static Program runWith(Class<?> main, Object... arguments) throws Exception {
        var command = new ArrayList<>(command("--add-opens", "java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED"));
        command.add(main.getName());
        for (var argument : arguments) command.add(argument.toString());
        return of(new ProcessBuilder(command).start());
    }

    /// Runs the word count on `input`.
    static Program wordCount(Path input, String... options) throws Exception {
        var all = new ArrayList<>(List.of(options));
        all.add("-Ddemo.input=" + input);
        return run(WordCount.class, all.toArray(String[]::new));
    }

    /// The command of a JVM as this one, without a main class.
    static List<String> command(String... options) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        return command;
    }

    /// Waits for `process` and everything it prints.
    static Program of(Process process) throws Exception {
        try {
            process.getOutputStream().close();
            var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "still running: " + process.info());
            return new Program(process.exitValue(), out.get(LIMIT_SECONDS, TimeUnit.SECONDS),
                    err.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(java.io.InputStream from) {
        try {
            return new String(from.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /// Checks that the program did its work and gives what it printed.
    String answer() {
        assertEquals(0, exitCode, err);
        return out;
    }

    /// Checks that the program ended with `exitCode`, printed no answer, and said why in its last line, in which all of `parts` occur.
    void failedWith(int exitCode, String... parts) {
        assertEquals("", out, err);
        assertEquals(exitCode, this.exitCode, err);
        var said = err.lines().filter(line -> line.startsWith("word count: ")).toList();
        assertEquals(1, said.size(), err);
        for (var part : parts) assertTrue(said.getFirst().contains(part), () -> part + " is not in: " + err);
        assertTrue(err.lines().noneMatch(line -> line.startsWith("\tat ")), err);
        assertEquals(said.getFirst(), err.lines().toList().getLast());
    }
}
