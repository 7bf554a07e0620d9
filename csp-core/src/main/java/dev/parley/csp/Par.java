package dev.parley.csp;

import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Processes side by side, as one process: each runs on a virtual thread of its own, and [#run] returns when all have ended.
///
/// ```java
/// new Par(
///     () -> { try (out) { for (var x : work) out.send(x); } },
///     () -> { for (var x : out) IO.println(x); }
/// ).run();
/// ```
///
/// **Failure.** The first process that throws cancels the others by interrupting them; `run` waits until all have ended and then throws what the first one threw,
/// with what others threw attached as suppressed, each with the name of its process. No process outlives `run`.
///
/// **Memory.** What the caller did before `run` happens-before every process; all that they do happens-before the return of `run`.
public final class Par implements Proc {
    private static final AtomicInteger LAST = new AtomicInteger();

    private final String name;
    private final List<Proc> processes;

    /// A Par of `processes`, named by a number.
    public Par(Proc... processes) {
        this(List.of(processes));
    }

    /// A Par of `processes`, named by a number.
    public Par(List<? extends Proc> processes) {
        this("par-" + LAST.incrementAndGet(), processes);
    }

    /// A Par of `processes`; reports call it `name`.
    public Par(String name, Proc... processes) {
        this(name, List.of(processes));
    }

    /// A Par of `processes`; reports call it `name`.
    public Par(String name, List<? extends Proc> processes) {
        this.name = Objects.requireNonNull(name, "name");
        this.processes = List.copyOf(processes);
    }

    /// A Par of the `n` processes that `process` gives for 0 to n-1.
    public static Par times(int n, IntFunction<? extends Proc> process) {
        if (n < 0) throw new IllegalArgumentException("a Par needs zero or more processes, but n was " + n);
        return new Par(IntStream.range(0, n).<Proc>mapToObj(process).toList());
    }

    /// Runs the processes and returns when all have ended. A Par may be run again.
    ///
    /// **Interruption.** Interrupts the processes, waits until all have ended, and throws `InterruptedException`, with what they threw attached.
    ///
    /// @throws InterruptedException if the caller is interrupted
    /// @throws Exception what the first failing process threw
    @Override public void run() throws Exception {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before " + this + " began");
        new Run().toEnd();
    }

    @Override public String name() {
        return name;
    }

    @Override public String toString() {
        return "Par \"" + name + "\"";
    }

    /// One run. The caller waits; each process, when it ends, counts down, and the last one wakes the caller.
    private final class Run {
        private final Waiting waiting = Waiting.current();
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger running = new AtomicInteger(processes.size());
        private final List<Thread> threads = new ArrayList<>(processes.size()); // the caller adds, then publishes with `started`
        private final Queue<Failed> failures = new ConcurrentLinkedQueue<>();
        private volatile boolean started;
        private volatile boolean cancelled;

        void toEnd() throws Exception {
            startAll();
            started = true;
            if (cancelled) interruptAll(); // a process failed before all were there to be interrupted
            boolean interrupted = false;
            while (running.get() > 0) {
                waiting.park(Par.this);
                if (Thread.interrupted() && !interrupted) {
                    interrupted = true;
                    cancel();
                }
            }
            conclude(interrupted);
        }

        /// Starts the processes. One that cannot be started has failed, and so those after it are not.
        private void startAll() {
            for (var process : processes) {
                try {
                    threads.add(waiting.start(name + "/" + process.name(), () -> live(process)));
                } catch (Throwable failure) {
                    failed(process, failure);
                    running.addAndGet(threads.size() - processes.size());
                    return;
                }
            }
        }

        private void live(Proc process) {
            try {
                process.run();
            } catch (Throwable failure) {
                failed(process, failure);
            } finally {
                if (running.decrementAndGet() == 0) waiting.unpark(caller);
            }
        }

        private void failed(Proc process, Throwable failure) {
            // that a cancelled process ends by its interruption is what was asked for
            if (cancelled && (failure instanceof InterruptedException || failure instanceof CancellationException))
                return;
            failures.add(new Failed(process, failure));
            cancel();
        }

        private void cancel() {
            cancelled = true;
            if (started) interruptAll();
        }

        private void interruptAll() {
            for (var thread : threads) thread.interrupt();
        }

        private void conclude(boolean interrupted) throws Exception {
            if (failures.isEmpty()) {
                if (interrupted) throw new InterruptedException("interrupted while waiting for " + Par.this);
                return;
            }
            var first = root();
            first.note(Par.this);
            var failure = first.failure;
            for (var other : failures) {
                if (other == first) continue;
                other.note(Par.this);
                if (other.failure != failure) failure.addSuppressed(other.failure);
            }
            if (interrupted) Thread.currentThread().interrupt();
            switch (failure) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalStateException(failure);
            }
        }

        /// The first failure that is not merely another one's poison: the failing process poisons its ends before its failure gets here.
        private Failed root() {
            for (var failed : failures) {
                if (!(failed.failure instanceof ChannelPoisoned poisoned) || !isAmongFailures(poisoned.getCause()))
                    return failed;
            }
            return failures.element();
        }

        private boolean isAmongFailures(@Nullable Throwable cause) {
            return failures.stream().anyMatch(failed -> failed.failure == cause);
        }
    }

    private record Failed(Proc process, Throwable failure) {
        void note(Par par) {
            String name;
            try {
                name = process.name();
            } catch (RuntimeException nameless) {
                name = process.getClass().getName(); // perhaps the very failure that is reported
            }
            failure.addSuppressed(new InProcess("process \"" + name + "\" of " + par));
        }
    }

    /// A remark on a failure, not one itself: whose it was.
    private static final class InProcess extends Exception {
        private static final long serialVersionUID = 1;

        InProcess(String message) {
            super(message, null, false, false);
        }
    }
}
