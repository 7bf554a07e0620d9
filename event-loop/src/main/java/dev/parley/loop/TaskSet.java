package dev.parley.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/// Several tasks of one type: how they are started, and how their ends are waited for.
@SuppressWarnings("ReferenceEquality") // a task is this very task
final class TaskSet {
    private TaskSet() {}

    static <T> List<Task<T>> fork(TaskGroup group, Collection<? extends Callable<? extends T>> bodies) {
        var tasks = new ArrayList<Task<T>>(bodies.size());
        for (Callable<? extends T> body : bodies) tasks.add(group.<T>fork(body));
        return tasks;
    }

    static <T> List<T> results(List<Task<T>> tasks) {
        var results = new ArrayList<T>(tasks.size());
        for (Task<T> task : tasks) results.add(task.result());
        return results;
    }

    static <T> List<Outcome<T>> outcomes(List<Task<T>> tasks) {
        var outcomes = new ArrayList<Outcome<T>>(tasks.size());
        for (Task<T> task : tasks) outcomes.add(Objects.requireNonNull(task.outcome()));
        return outcomes;
    }

    static <T> T winner(TaskGroup group, List<Task<T>> tasks) {
        var first = group.firstSuccess();
        for (Task<T> task : tasks) if (task == first) return task.result();
        throw new java.util.concurrent.CancellationException("all tasks of the race were cancelled");
    }

    /// The ends of some tasks, one after the other, for the one thread that makes this.
    static final class Arrivals<T> implements AutoCloseable {
        // Guarded by lock: ended, waiter. A watcher is registered with each task, and withdrawn when this is closed, so a
        // task that is waited for again and again keeps nothing.

        private final ReentrantLock lock = new ReentrantLock();
        private final ArrayDeque<Task<T>> ended = new ArrayDeque<>();
        private final List<Seen> watching = new ArrayList<>();
        private final @Nullable Task<?> caller = Task.currentOrNull();
        private final Thread thread = Thread.currentThread();
        private @Nullable Waiter waiter;

        private final class Seen extends Task.Watcher {
            private final Task<T> task;

            Seen(Task<T> task) {
                this.task = task;
            }

            @Override void ended(Task<?> same) {
                Waiter toWake;
                lock.lock();
                try {
                    ended.addLast(task);
                    toWake = waiter;
                } finally {
                    lock.unlock();
                }
                if (toWake != null) toWake.wake();
            }

            @Override String who() { return caller != null ? caller.name() : "thread " + thread.getName(); }

            void withdraw() { task.unwatch(this); }
        }

        Arrivals(Collection<Task<T>> tasks) {
            for (Task<T> task : tasks) {
                var seen = new Seen(task);
                if (task.watch(seen)) watching.add(seen);
                else seen.ended(task);
            }
        }

        Task<T> next() throws InterruptedException {
            while (true) {
                Waiter mine;
                lock.lock();
                try {
                    var task = ended.pollFirst();
                    if (task != null) return task;
                    mine = new Waiter(this);
                    waiter = mine;
                } finally {
                    lock.unlock();
                }
                if (!mine.await()) {
                    if (!mine.woken()) throw new InterruptedException();
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override public void close() { watching.forEach(Seen::withdraw); }

        @Override public String toString() { return "the first of " + watching.size() + " tasks"; }
    }
}
