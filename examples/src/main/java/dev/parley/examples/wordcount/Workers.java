package dev.parley.examples.wordcount;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Empty;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.examples.jvm.Assignment;
import dev.parley.examples.jvm.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The JVMs in which counters run.
public final class Workers implements AutoCloseable {
    private static final Duration LINKING = Duration.ofMinutes(2);
    private static final long PATIENCE_SECONDS = 10;

    private final List<ChildJvm> jvms = new ArrayList<>();
    private final CompletableFuture<Integer> lost = new CompletableFuture<>(); // the first worker seen not to end well

    /// Starts `n` workers, which connect to `port` of this machine and prove themselves by `secret`.
    public Workers(int n, int port, byte[] secret) throws Failure {
        for (int number = 1; number <= n; number++) {
            try {
                jvms.add(ChildJvm.start(Worker.class, new Assignment(number, port, secret)));
            } catch (IOException failure) {
                close();
                throw Failure.failed("cannot start worker " + number + " of " + n + ": " + Failure.reason(failure)
                        + "; ask for fewer JVMs with demo.nodes", failure);
            }
        }
    }

    /// The process that watches worker `number`. It ends when the worker has ended well and fails when it has not, or when `linked` does not end in
    /// time; when it is interrupted, it ends the worker.
    ///
    /// @param linked a channel that is closed when the channels to the worker are connected
    public Proc watching(int number, Receiver<?> linked) {
        return new Par("watch " + number, awaitingEnd(number), awaitingLink(number, linked, LINKING));
    }

    private Proc awaitingEnd(int number) {
        return Proc.named("end").does(() -> {
            var jvm = jvms.get(number - 1);
            try {
                if (jvm.await() == 0) return;
                lost.complete(number);
                throw lost(number);
            } catch (InterruptedException cancelled) {
                jvm.kill();
                throw cancelled;
            }
        });
    }

    static Proc awaitingLink(int number, Receiver<?> linked, Duration limit) {
        return Proc.named("link").does(() -> {
            if (linked.receive(limit) instanceof Empty)
                throw Failure.failed("worker " + number + " did not connect within "
                        + limit.toSeconds() + " s; run it again, with fewer JVMs by demo.nodes if the machine is busy");
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
        return Failure.failed(jvm + " " + jvm.ending()
                + " before its work was done; there is no answer without it, so run it again");
    }

    /// Ends all workers that still run.
    @Override public void close() {
        for (var jvm : jvms) jvm.kill();
    }
}
