package dev.parley.examples;

import java.io.BufferedReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What becomes of the program when one of its JVMs dies in the midst of its work, which is an input that takes minutes.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) class WorkersTest {
    /// Progress by a megabyte and more, so the workers have something to do.
    private static final Pattern AT_WORK = Pattern.compile("^\\[.* [1-9][0-9,]*\\.[0-9] MiB of ");

    @TempDir Path folder;
    private Path endless;

    @BeforeEach void makeInput() throws Exception {
        endless = folder.resolve("endless");
        try (var file = new RandomAccessFile(endless.toFile(), "rw")) {
            file.writeBytes("some words ");
            file.setLength(100L << 30); // all holes, so it takes no room
        }
    }

    /// The program at work, with its workers.
    private record Running(Process program, BufferedReader err, List<ProcessHandle> workers) implements AutoCloseable {
        static Running on(Path input, int nodes) throws Exception {
            var command = Program.command("-Ddemo.nodes=" + nodes, "-Ddemo.input=" + input, WordCount.class.getName());
            var program = new ProcessBuilder(command).start();
            var err = program.errorReader();
            for (String line = ""; !AT_WORK.matcher(line).find();) {
                line = err.readLine();
                if (line == null) throw new AssertionError("ended with exit code " + program.waitFor());
            }
            var workers = program.children().toList();
            assertEquals(nodes - 1, workers.size());
            return new Running(program, err, workers);
        }

        /// Checks that the program ends with an error about `worker`, and that no worker outlives it.
        void failsBy(ProcessHandle worker, String reason) throws Exception {
            var said = err.lines().filter(line -> !line.startsWith("[")).collect(Collectors.joining("\n"));
            assertTrue(program.waitFor(30, TimeUnit.SECONDS));
            assertEquals("", new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals(1, program.exitValue(), said);
            assertTrue(said.matches("word count: .*" + reason + ".*, so run it again"), said);
            for (var each : workers) each.onExit().get(30, TimeUnit.SECONDS);
            assertFalse(worker.isAlive());
        }

        @Override public void close() {
            workers.forEach(ProcessHandle::destroyForcibly);
            program.destroyForcibly();
        }
    }

    @Test void aKilledWorkerIsNamed() throws Exception {
        try (var running = Running.on(endless, 3)) {
            var worker = running.workers.getLast();
            assertTrue(worker.destroyForcibly());
            running.failsBy(worker,
                    "worker [12] \\(process " + worker.pid() + "\\) was killed by signal 9 before its work was done");
        }
    }

    @Test void theOnlyWorkerKilledIsNamedToo() throws Exception {
        try (var running = Running.on(endless, 2)) {
            var worker = running.workers.getFirst();
            assertTrue(worker.destroyForcibly());
            running.failsBy(worker, "worker 1 \\(process " + worker.pid() + "\\) was killed by signal 9");
        }
    }

    @Test void workersEndWithTheProgramThatStartedThem() throws Exception {
        try (var running = Running.on(endless, 3)) {
            running.program.destroyForcibly();
            for (var worker : running.workers) worker.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("slow") void aWorkerThatHangsIsGivenUp() throws Exception {
        try (var running = Running.on(endless, 2)) {
            var worker = running.workers.getFirst();
            assertEquals(0, new ProcessBuilder("kill", "-STOP", String.valueOf(worker.pid())).start().waitFor());
            running.failsBy(worker, "a worker does not answer although its JVM has not ended: .*");
        }
    }

    @Test void aFailureHereEndsTheWorkersToo() throws Exception {
        var archive = Archives.replaced(Archives.stored("first", "one two", "other", "three"), "three", "threE");
        var path = Files.write(folder.resolve("broken.zip"), archive);
        Program.wordCount(path, "-Ddemo.nodes=3").failedWith(1, "\"other\" in it does not have its check sum");
    }

    @Test void theSecretIsNotAnArgument() throws Exception {
        try (var running = Running.on(endless, 2)) {
            var arguments = running.workers.getFirst().info().arguments().orElseThrow();
            assertEquals("dev.parley.examples.wordcount.Worker", arguments[arguments.length - 1]);
        }
    }

    @Test void aWorkerStartedByHandSaysHowToStartIt() throws Exception {
        var ran = Program.of(new ProcessBuilder(Program.command("dev.parley.examples.wordcount.Worker")).start());
        assertEquals("a worker is started by the word count, which tells it what to do; run that\n", ran.err());
        assertEquals(2, ran.exitCode());
    }
}
