package dev.parley.csp;

import dev.parley.loop.Tasks;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One run of a [Par]. The caller waits; each process, when it ends, counts down, and the last one wakes the caller.
///
/// - R1 `running` counts the processes that have been or are about to be started and have not ended; once it is zero it stays so
/// - R2 a process that can be cancelled is: either it is found by [#cancel], or it finds `cancelled` after it has become findable
final class ParRun implements Par.Forks {
    private final Par par;
    private final List<Proc> processes;
    private final Waiting waiting = Waiting.current();
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger running;
    private final List<Thread> threads; // of the processes there are from the start: the caller adds, then publishes with `started`
    private final Set<Thread> forked = ConcurrentHashMap.newKeySet(); // each adds and removes itself, since there may be many over time
    private final Queue<Failed> failures = new ConcurrentLinkedQueue<>();
    private final Account.@Nullable Watch watch;
    private volatile boolean started;
    private volatile boolean cancelled;
    private volatile boolean part; // of a larger Par, which tells of its deadlocks

    /// @param body the one process of a forking Par; null for others
    ParRun(Par par, Par.@Nullable Forking body) {
        this.par = par;
        processes = body == null ? par.processes() : List.of(Proc.named("body").does(() -> body.run(this)));
        running = new AtomicInteger(processes.size());
        threads = new ArrayList<>(processes.size());
        watch = Account.watch(par.isWatched());
    }

    void toEnd() throws Exception {
        startAll();
        started = true;
        if (cancelled) interruptAll(); // a process failed before all were there to be interrupted
        boolean interrupted = false;
        var lookout = waiting.noticesDeadlock() ? null : Lookout.at(this);
        try {
            while (running.get() > 0) {
                waiting.park(this);
                if (Thread.interrupted() && !interrupted) {
                    interrupted = true;
                    cancel();
                }
            }
        } finally {
            if (lookout != null) lookout.end();
        }
        conclude(interrupted);
    }

    // For those who look at it

    Par par() {
        return par;
    }

    Thread caller() {
        return caller;
    }

    /// How many processes have been or are about to be started and have not ended.
    int running() {
        return running.get();
    }

    /// The threads of the processes, those included that have ended and were there from the start; none before all of those are started.
    List<Thread> threads() {
        if (!started) return List.of();
        if (forked.isEmpty()) return threads;
        var all = new ArrayList<>(threads);
        all.addAll(forked);
        return all;
    }

    Account.@Nullable Watch watch() {
        return watch;
    }

    /// It has been looked at as a part of the Par of its caller.
    void isPartOfAnother() {
        part = true;
    }

    boolean isPart() {
        return part;
    }

    /// The processes can never go on.
    void deadlocked(DeadlockException report) {
        failures.add(new Failed(null, report));
        cancel();
    }

    /// Starts the processes. One that cannot be started has failed, and so those after it are not.
    private void startAll() {
        String name = null;
        String threadName = "";
        for (var process : processes) {
            try {
                var next = String.valueOf(process.name());
                if (!next.equals(name)) { // else those that are alike share one
                    name = next;
                    threadName = threadName(next);
                }
                threads.add(waiting.start(threadName, Tasks.inContext(() -> live(process))));
            } catch (Throwable failure) {
                failed(process, failure);
                running.addAndGet(threads.size() - processes.size());
                return;
            }
        }
    }

    private String threadName(String process) {
        return par.name() + "/" + process;
    }

    @Override public void fork(Proc process) {
        if (running.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0)
            throw new IllegalStateException(
                    "fork of " + process.name() + " in " + par
                            + ", whose processes have all ended; fork only from them");
        try {
            Waiting.current().start(threadName(process.name()), Tasks.inContext(() -> {
                var self = Thread.currentThread();
                forked.add(self);
                try {
                    if (cancelled) self.interrupt(); // R2
                    liveUncounted(process);
                } finally {
                    forked.remove(self);
                    ended();
                }
            }));
        } catch (Throwable failure) {
            failed(process, failure);
            ended();
        }
    }

    private void live(Proc process) {
        try {
            liveUncounted(process);
        } finally {
            ended();
        }
    }

    private void liveUncounted(Proc process) {
        var member = watch == null ? null : Account.enter(watch);
        try {
            process.run();
        } catch (Throwable failure) {
            failed(process, failure);
        } finally {
            if (member != null) member.leave();
        }
    }

    private void ended() {
        if (running.decrementAndGet() == 0) waiting.unpark(caller);
    }

    private void failed(Proc process, Throwable failure) {
        if (cancelled && isCancellation(failure)) return;
        failures.add(new Failed(process, failure));
        if (!par.isCollecting()) cancel();
    }

    /// That a cancelled process ends by its interruption is what was asked for; so is that others hear of it first by the poison of the ends that it owned.
    private static boolean isCancellation(@Nullable Throwable failure) {
        return failure instanceof InterruptedException || failure instanceof CancellationException
                || (failure instanceof ChannelPoisoned poisoned && isCancellation(poisoned.getCause()));
    }

    private void cancel() {
        cancelled = true;
        if (started) interruptAll();
    }

    private void interruptAll() {
        for (var thread : threads) thread.interrupt();
        for (var thread : forked) thread.interrupt();
    }

    private void conclude(boolean interrupted) throws Exception {
        if (failures.isEmpty()) {
            if (interrupted) throw new InterruptedException("interrupted while waiting for " + par);
            return;
        }
        var first = root();
        first.note(par);
        var failure = first.failure;
        for (var other : failures) {
            if (other == first) continue;
            other.note(par);
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

    /// What tools show as the thing that the caller waits for.
    @Override public String toString() {
        return par.toString();
    }

    /// @param process null if it is the failure of all
    private record Failed(@Nullable Proc process, Throwable failure) {
        void note(Par par) {
            if (process == null) return;
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
