package dev.parley.examples.jvm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A JVM that this program started. Its standard input stays open as long as this program lives, so a child that sees its end
/// knows that nobody waits for it any more ([Assignment#endWithStarter]).
public final class ChildJvm {
    private static final int SIGNALLED = 128; // exit codes above it name a signal

    private final int number;
    private final Process process;

    private ChildJvm(int number, Process process) {
        this.number = number;
        this.process = process;
    }

    /// Starts `program` in a JVM as this one: the same Java, class path, heap, and access for the carrier engine and native sockets. What it prints on standard error is seen where
    /// this program's is.
    public static ChildJvm start(Class<?> program, Assignment assignment) throws IOException {
        var process = new ProcessBuilder(command(program)).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assignment.writeTo(process.getOutputStream());
        } catch (IOException endedAtOnce) {
            // whoever watches its end is told why
        }
        return new ChildJvm(assignment.number(), process);
    }

    private static List<String> command(Class<?> program) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + Runtime.getRuntime().maxMemory());
        if (Object.class.getModule().isOpen("java.lang", ChildJvm.class.getModule()))
            command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        if (ChildJvm.class.getModule().isNativeAccessEnabled()) command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        return command;
    }

    /// Ends it at once: `kill -9`.
    public void kill() {
        process.destroyForcibly();
    }

    /// Whether it has not ended.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /// Completes when it has ended.
    public CompletableFuture<ChildJvm> onExit() {
        return process.onExit().thenApply(_ -> this);
    }

    /// How it ended, to follow its name: `was killed by signal 9`.
    public String ending() {
        int code = process.exitValue();
        return code > SIGNALLED ? "was killed by signal " + (code - SIGNALLED) : "ended with exit code " + code;
    }

    @Override public String toString() {
        return "worker " + number + " (process " + process.pid() + ")";
    }
}
