package dev.parley.loop;

import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// What passes between a task that gets ready and the one that waits for it.
final class Readiness<R> {
    // Guarded by lock. The first of these happens, and wakes the starter: the task says that it is ready; it ends. A failure
    // after the first is the task's own.

    private enum State { WAITING, READY, FAILED, ENDED }

    private final ReentrantLock lock = new ReentrantLock();
    private final Waiter starter = new Waiter(this);
    private State state = State.WAITING;
    private @Nullable R value;
    private @Nullable Throwable failure;

    /// In the task.
    void run(TaskGroup.Service<R> service) throws Exception {
        try {
            service.run(this::ready);
        } catch (Throwable thrown) {
            if (Cancellation.isSignOf(thrown) || !first(State.FAILED, null, thrown)) throw thrown;
        } finally {
            first(State.ENDED, null, null);
        }
    }

    private void ready(R what) {
        if (!first(State.READY, what, null))
            throw new IllegalStateException(
                    "task \"" + Task.current().name() + "\" says that it is ready a second time; once is enough");
    }

    private boolean first(State next, @Nullable R what, @Nullable Throwable thrown) {
        lock.lock();
        try {
            if (state != State.WAITING) return false;
            state = next;
            value = what;
            failure = thrown;
        } finally {
            lock.unlock();
        }
        starter.wake();
        return true;
    }

    /// In the starter.
    @SuppressWarnings("NullAway") // what the task said may be null where its type says so
    R await(Task<?> task) throws InterruptedException {
        var watcher = new Task.Watcher() { // it may be cancelled before it begins
            @Override void ended(Task<?> same) { first(State.ENDED, null, null); }
        };
        if (!task.watch(watcher)) first(State.ENDED, null, null);
        boolean interrupted = !starter.await();
        task.unwatch(watcher);
        if (interrupted && !starter.woken()) {
            task.cancel("the one who waited for it to be ready was interrupted");
            task.awaitEndUninterruptibly();
            throw new InterruptedException();
        }
        if (interrupted) Thread.currentThread().interrupt();
        return switch (state) {
            case READY -> value;
            case FAILED -> throw new CompletionException("task \"" + task.name() + "\" failed before it was ready",
                    failure);
            default -> throw new IllegalStateException(
                    "task \"" + task.name() + "\" ended without saying that it is ready"
                            + "; its body has to call the consumer it is given");
        };
    }

    @Override public String toString() { return "a task to be ready"; }
}
