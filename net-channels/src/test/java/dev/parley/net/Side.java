package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Proc;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// A process beside the test.
///
/// @param <R> what it returns
final class Side<R> {
    private final FutureTask<R> task;
    private final Thread thread;

    private Side(Callable<R> body) {
        task = new FutureTask<>(body);
        thread = Thread.ofVirtual().start(task);
    }

    static <R> Side<R> start(Callable<R> body) {
        return new Side<>(body);
    }

    static Side<Void> run(Proc body) {
        return new Side<>(() -> {
            body.run();
            return null;
        });
    }

    /// Starts a process and returns when it waits on `channel`, behind those who waited before.
    static <R> Side<R> waiting(Channel<?> channel, Callable<R> body) {
        int before = waiting(channel);
        var side = start(body);
        until(() -> waiting(channel) == before + 1);
        return side;
    }

    private static int waiting(Channel<?> channel) {
        var now = channel.statistics();
        return now.waitingSenders() + now.waitingReceivers();
    }

    R result() throws Exception {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception exception) throw exception;
            throw failed;
        }
    }

    Side<R> interrupt() {
        thread.interrupt();
        return this;
    }

    boolean isDone() {
        return task.isDone();
    }

    @SuppressWarnings("ThreadPriorityCheck") // waits for a fact; each test has a time limit, which interrupts it
    static void until(BooleanSupplier fact) {
        while (!fact.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) throw new AssertionError("interrupted, and still not so");
            Thread.yield();
        }
    }

    static void assertWaiting(Channel<?> channel, int senders, int receivers) {
        var now = channel.statistics();
        assertEquals(senders + " senders, " + receivers + " receivers",
                now.waitingSenders() + " senders, " + now.waitingReceivers() + " receivers");
    }
}
