package dev.parley.examples.wordcount;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Proc;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The JVMs in which counters run. Each gets on its standard input what it must know: its number, the port to connect to, and the
/// secret that proves it is ours, which does not show in the list of processes as an argument would. That input stays open as long as this
/// program lives, so a worker that sees its end knows that nobody waits for it any more.
public final class Workers implements AutoCloseable {
    private static final int SIGNALLED = 128; // exit codes above it name a signal
    private static final long PATIENCE_SECONDS = 10;

    private final List<Process> jvms = new ArrayList<>();
    private final CompletableFuture<Integer> lost = new CompletableFuture<>(); // the first worker seen not to end well

    /// Starts `n` workers, which connect to `port` of this machine and prove themselves by `secret`.
    public Workers(int n, int port, byte[] secret) throws Failure {
        for (int number = 1; number <= n; number++) {
            try {
                start(number, port, secret);
            } catch (IOException failure) {
                close();
                throw Failure.failed("cannot start worker " + number + " of " + n + ": " + Failure.reason(failure)
                        + "; ask for fewer JVMs with demo.nodes", failure);
            }
        }
    }

    private void start(int number, int port, byte[] secret) throws IOException {
        var jvm = new ProcessBuilder(command()).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        jvms.add(jvm);
        var told = new DataOutputStream(jvm.getOutputStream());
        told.writeInt(number);
        told.writeInt(port);
        told.writeInt(secret.length);
        told.write(secret);
        told.flush();
    }

    /// A JVM as this one: the same Java, class path, heap, and access for the carrier engine.
    private static List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + Runtime.getRuntime().maxMemory());
        if (Object.class.getModule().isOpen("java.lang", Workers.class.getModule()))
            command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        return command;
    }

    /// The process that watches worker `number`. It ends when the worker has ended well and fails when it has not; when it is interrupted, it ends
    /// the worker.
    public Proc watching(int number) {
        return Proc.named("watch " + number).does(() -> {
            var jvm = jvms.get(number - 1);
            try {
                if (jvm.waitFor() == 0) return;
                lost.complete(number);
                throw lost(number);
            } catch (InterruptedException cancelled) {
                jvm.destroyForcibly();
                throw cancelled;
            }
        });
    }

    /// `body`, whose channels reach workers: if one of them is poisoned, the failure says what became of which worker.
    public Proc reaching(Proc body) {
        return Proc.named(body.name()).does(() -> {
            try {
                body.run();
            } catch (ChannelPoisoned poisoned) {
                throw explained(poisoned);
            }
        });
    }

    /// A broken link is often seen before the end of the process at the other end is, so this waits for that.
    private Failure explained(ChannelPoisoned poisoned) throws InterruptedException {
        try {
            return lost(lost.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException stillThere) {
            var why = poisoned.getCause() == null ? poisoned : poisoned.getCause();
            return Failure.failed("a worker does not answer although its JVM has not ended: " + why.getMessage()
                    + "; there is no answer without it, so run it again", poisoned);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Failure lost(int number) {
        var jvm = jvms.get(number - 1);
        int code = jvm.exitValue();
        var how = code > SIGNALLED ? "was killed by signal " + (code - SIGNALLED) : "ended with exit code " + code;
        return Failure.failed("worker " + number + " (process " + jvm.pid() + ") " + how
                + " before its work was done; there is no answer without it, so run it again");
    }

    /// Ends all workers that still run.
    @Override public void close() {
        for (var jvm : jvms) jvm.destroyForcibly();
    }
}
