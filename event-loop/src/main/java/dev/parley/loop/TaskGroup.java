package dev.parley.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// Tasks that belong together and of which none outlives the group.
///
/// ```java
/// try (var group = TaskGroup.open()) {
///     var a = group.fork(() -> fetch(first));
///     var b = group.fork(() -> fetch(second));
///     group.join();
///     return a.result() + b.result();
/// }
/// ```
///
/// The [Policy] says what a failure does to the others. A group is opened and closed by one task; any thread may
/// fork into it while it is open. Tasks start in the order in which one thread forks them.
///
/// A failure cancels the tasks of the group, but not the task that opened it, which learns of it in [#join]. So between
/// [#open] and `join` it should not wait for what a failed task was to do; where it has to, [#run] is the form in which a failure
/// also cancels the body.
@SuppressWarnings("ReferenceEquality") // nodes of a tree
public final class TaskGroup extends Cancellable implements AutoCloseable {
    // Guarded by lock, besides what Cancellable and Task say: closed, running, forked, failures, told, firstSuccess, joiners.
    // joined is the owner's.
    //
    //   I1  running is the number of tasks forked that have not ended; a group is left only when it is 0.
    //   I2  Once closed, running only falls.
    //   I3  joiners are the waits for the end of all tasks; they are woken when running becomes 0. A group has one such wait, its
    //       owner's; the root has one for each thread that closes the loop.
    //   I4  The first `told` of the failures have been thrown by a join; the others are reported when the group is closed.

    /// What the end of one task means for the others.
    ///
    /// - `FAIL_FAST`: the first failure cancels the others; join throws it, with the failures that came later attached
    /// - `SUPERVISED`: failures are reported as unhandled and concern nobody else; join does not throw them
    /// - `FIRST_SUCCESS`: the first success cancels the others; join throws only if all fail, and then has every cause
    /// - `COLLECT`: all run to their end; then join throws if some failed, and has every cause
    public enum Policy { FAIL_FAST, SUPERVISED, FIRST_SUCCESS, COLLECT }

    private final ReentrantLock lock = new ReentrantLock();
    private final EventLoop loop;
    private final Policy policy;
    private final @Nullable Task<?> owner;

    /// Whether cancelling the group interrupts its owner too.
    private final boolean ownerInside;
    private final @Nullable Cancellable below;
    private boolean closed;
    private boolean joined;
    private int running;
    private long forked;
    private @Nullable List<Throwable> failures;
    private @Nullable Task<?> firstSuccess;
    private int told;
    private @Nullable List<Waiter> joiners;

    private TaskGroup(EventLoop loop, Policy policy, @Nullable Task<?> owner, boolean ownerInside) {
        this.loop = loop;
        this.policy = policy;
        this.owner = owner;
        this.ownerInside = ownerInside;
        this.below = owner == null ? null : owner.top;
    }

    /// The group of a loop's own tasks.
    static TaskGroup root(EventLoop loop) {
        return new TaskGroup(loop, Policy.SUPERVISED, null, false);
    }

    /// A group in which the first failure cancels the rest.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static TaskGroup open() {
        return open(Policy.FAIL_FAST);
    }

    /// A group with this policy.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static TaskGroup open(Policy policy) {
        return enter(policy, false);
    }

    /// What [#call] runs.
    @FunctionalInterface public interface Body<R> {
        R in(TaskGroup group) throws Exception;
    }

    /// Runs `body` with a group whose first failure cancels the rest, and returns what `body` returned when all tasks
    /// have ended. `body` itself belongs to the group: a failing task cancels it too, and its failure cancels the tasks.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, so are the tasks, and this method waits for them.
    ///
    /// @throws TaskGroupException if a task failed, or `body` did after one had
    /// @throws java.util.concurrent.CancellationException if the group was cancelled before `body` had its result
    /// @throws Exception what `body` threw, if that came first; failures of tasks are attached to it
    public static <R> R call(Body<R> body) throws Exception {
        return call(Policy.FAIL_FAST, body);
    }

    /// What [#run] runs if it returns nothing.
    @FunctionalInterface public interface Work {
        void in(TaskGroup group) throws Exception;
    }

    /// As [#call(Body)], for a body that returns nothing. To end such a group early, cancel it: this then returns.
    public static void run(Work body) throws Exception {
        run(Policy.FAIL_FAST, body);
    }

    /// As [#call(Body)], with this policy, for a body that returns nothing.
    public static void run(Policy policy, Work body) throws Exception {
        call(policy, group -> {
            try {
                body.in(group);
            } catch (Throwable failure) {
                // Told to stop by its own group, it has; what is to be thrown is what its tasks threw, if they did.
                if (group.ownCancellation() == null || !Cancellation.isSignOf(failure)) throw failure;
            }
            return policy;
        });
    }

    /// As [#call(Body)], with this policy.
    public static <R> R call(Policy policy, Body<R> body) throws Exception {
        var group = enter(policy, policy != Policy.FIRST_SUCCESS);
        try {
            R result = body.in(group);
            group.awaitAllThoughCancelled();
            group.joined = true;
            var failure = group.failure();
            if (failure != null) throw failure;
            return result;
        } catch (Throwable failure) {
            throw group.settle(failure);
        } finally {
            group.leave();
        }
    }

    /// What to throw if the body ended with `ofBody`: that, unless it only tells that the group was cancelled.
    private Exception settle(Throwable ofBody) {
        var why = Cancellation.isSignOf(ofBody) ? ownCancellation() : null;
        if (cancellation() == null) cancel(Cancellation.by("the body of its group failed", ofBody));
        awaitAllUninterruptibly();
        if (joined) return Tasks.sneaky(ofBody);
        joined = true;
        var ofTasks = failure();
        if (ofTasks != null && Cancellation.isSignOf(ofBody)) {
            // An interrupt may be absorbed by the scope it was meant for; a failure must not go with it.
            if (why == null) ofTasks.addSuppressed(ofBody);
            return ofTasks;
        }
        if (why != null) return why.toException(toString());
        if (ofTasks != null) for (Throwable each : ofTasks.causes()) if (each != ofBody) ofBody.addSuppressed(each);
        return Tasks.sneaky(ofBody);
    }

    private static TaskGroup enter(Policy policy, boolean ownerInside) {
        var owner = Task.current();
        var group = new TaskGroup(owner.loop(), policy, owner, ownerInside);
        var parent = owner.inside();
        parent.lock().lock();
        try {
            parent.link(group);
        } finally {
            parent.lock().unlock();
        }
        owner.top = group;
        if (ownerInside) owner.inside(group);
        return group;
    }

    /// Starts a task.
    ///
    /// If the group has been cancelled the task is not started: it has then ended as cancelled when this returns.
    ///
    /// @throws IllegalStateException if the group is closed
    public <T> Task<T> fork(Callable<? extends T> body) {
        return fork(null, body);
    }

    /// Starts a task under a name, which reports and snapshots show.
    ///
    /// @throws IllegalStateException if the group is closed
    public <T> Task<T> fork(@Nullable String name, Callable<? extends T> body) {
        return fork(name, body, false);
    }

    /// Starts a task that returns nothing.
    ///
    /// @throws IllegalStateException if the group is closed
    public Task<Void> fork(Action<? extends Exception> body) {
        return fork(null, body);
    }

    /// Starts a task that returns nothing, under a name.
    ///
    /// @throws IllegalStateException if the group is closed
    public Task<Void> fork(@Nullable String name, Action<? extends Exception> body) {
        return fork(name, body instanceof Callable ? Tasks.callable(body) : body, false);
    }

    /// `body` is a callable, or an action that is none. `awaited` says that somebody is sure to wait for it.
    <T> Task<T> fork(@Nullable String name, Object body, boolean awaited) {
        var parent = Task.currentOrNull();
        RunnableTask<T> task;
        Cancellation why;
        lock.lock();
        try {
            if (closed)
                throw new IllegalStateException(owner == null
                        ? loop + " is closed and takes no more tasks; open another"
                        : this + " is closed and takes no more tasks; fork before it is closed, or open another");
            forked++;
            task = new RunnableTask<>(this, name, (int) forked, body, parent == null ? null : parent.context);
            if (awaited) task.expectWaiter();
            why = cancellation();
            if (why == null) {
                link(task);
                running++;
            } else {
                task.end(new Outcome.Cancelled<>(why));
            }
        } finally {
            lock.unlock();
        }
        if (why == null) start(task);
        return task;
    }

    /// A body that says when it is ready to serve.
    @FunctionalInterface public interface Service<R> {
        /// Serves, after having called `ready` once with what the starter waits for.
        void run(Consumer<? super R> ready) throws Exception;
    }

    /// Starts a task and waits until it says that it is ready; it then goes on as a task of this group. Returns what it said.
    ///
    /// ```java
    /// int port = group.start("server", ready -> {
    ///     var server = listen();
    ///     ready.accept(server.port());
    ///     server.serve();
    /// });
    /// ```
    ///
    /// If the task fails before it is ready, that is thrown here and concerns the group no further.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled before the task is ready, the task is cancelled, and
    /// this waits until it has ended.
    ///
    /// @throws java.util.concurrent.CompletionException if the task failed before it was ready
    /// @throws IllegalStateException if it ended without having said so, or if the group is closed
    public <R> R start(@Nullable String name, Service<R> service) throws InterruptedException {
        Tasks.checkpoint();
        var readiness = new Readiness<R>();
        Task<Void> task = fork(name, () -> readiness.run(service));
        return readiness.await(task);
    }

    private void start(RunnableTask<?> task) {
        try {
            task.start();
        } catch (Throwable outOfMemory) {
            ended(task, new Outcome.Failed<>(outOfMemory));
            throw outOfMemory;
        }
    }

    @Override ReentrantLock lock() { return lock; }

    /// For the names of tasks that were given none.
    String prefix() { return owner == null ? "task-" : owner.name() + "/"; }

    /// Called by the task's thread as its last act.
    <T> void ended(Task<T> task, Outcome<T> how) {
        Cancellation consequence = null;
        Throwable unhandled = null;
        Task.Watcher watchers;
        List<Waiter> toWake = null;
        lock.lock();
        try {
            unlink(task);
            switch (how) {
                case Outcome.Failed<T> failed -> {
                    Throwable cause = failed.cause();
                    if (policy == Policy.SUPERVISED) {
                        if (!task.watched()) unhandled = cause;
                    } else {
                        if (failures == null) failures = new ArrayList<>();
                        failures.add(cause);
                        if (policy == Policy.FAIL_FAST)
                            consequence = new Cancellation("task \"" + task.name() + "\" failed", "its group", cause);
                    }
                }
                case Outcome.Succeeded<T> success -> {
                    if (policy == Policy.FIRST_SUCCESS && firstSuccess == null) {
                        firstSuccess = task;
                        consequence = new Cancellation("task \"" + task.name() + "\" succeeded first", "its group",
                                null);
                    }
                }
                case Outcome.Cancelled<T> cancelled -> {}
            }
            watchers = task.end(how);
            if (--running == 0) {
                toWake = joiners;
                joiners = null;
            }
        } finally {
            lock.unlock();
        }
        if (consequence != null) cancel(consequence);
        task.tell(watchers);
        if (toWake != null) toWake.forEach(Waiter::wake);
        if (unhandled != null) loop.eyes().unhandled(task, unhandled);
    }

    /// Waits until all tasks have ended.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, the tasks go on until the group is closed, unless they are
    /// cancelled too.
    ///
    /// @throws TaskGroupException as the [Policy] says
    /// @throws IllegalStateException if the caller did not open the group
    public void join() throws InterruptedException {
        checkOwner("joined");
        awaitAll();
        var failure = failure();
        if (failure != null) throw failure;
    }

    /// Waits until all tasks have ended, and leaves their failures to whoever looks at the tasks.
    void joinQuietly() throws InterruptedException {
        awaitAll();
        failure();
    }

    /// The task that succeeded first, in a group of the policy [Policy#FIRST_SUCCESS]; null if none has yet.
    public @Nullable Task<?> firstSuccess() {
        lock.lock();
        try {
            return firstSuccess;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable TaskGroupException failure() {
        lock.lock();
        try {
            if (failures == null) return null;
            told = failures.size();
            if (policy == Policy.FIRST_SUCCESS && firstSuccess != null) return null;
            return new TaskGroupException(this.toString(), failures);
        } finally {
            lock.unlock();
        }
    }

    private List<Throwable> untold() {
        lock.lock();
        try {
            return failures == null || (policy == Policy.FIRST_SUCCESS && firstSuccess != null)
                    ? List.of()
                    : List.copyOf(failures.subList(told, failures.size()));
        } finally {
            lock.unlock();
        }
    }

    private void awaitAll() throws InterruptedException {
        Tasks.checkpoint();
        var waiter = joining();
        if (waiter != null && !waiter.await()) {
            lock.lock();
            try {
                if (joiners != null) joiners.remove(waiter);
                if (!waiter.woken()) throw new InterruptedException();
            } finally {
                lock.unlock();
            }
            Thread.currentThread().interrupt(); // all have ended: no reason to throw
        }
        // Unless they have ended because of what concerns the caller, too: to it, they have not done their work.
        if (ownCancellation() == null && cancellation() != null) throw new InterruptedException();
    }

    /// For a body that has ended well: only a cancellation from outside of the group concerns it.
    private void awaitAllThoughCancelled() throws InterruptedException {
        try {
            awaitAll();
        } catch (InterruptedException cancelled) {
            if (ownCancellation() == null) throw cancelled;
            awaitAllUninterruptibly();
        }
    }

    void awaitAllUninterruptibly() {
        var waiter = joining();
        if (waiter != null) waiter.awaitUninterruptibly();
    }

    private @Nullable Waiter joining() {
        lock.lock();
        try {
            if (running == 0) return null;
            var waiter = new Waiter(this);
            if (joiners == null) joiners = new ArrayList<>(1);
            joiners.add(waiter);
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more tasks, cancels those that still run, and waits until they have ended. Failures that no join has
    /// thrown are reported as unhandled.
    ///
    /// **Interruption.** This waits all the same; an interrupt is kept for the caller's next wait.
    ///
    /// @throws IllegalStateException if the caller did not open the group, or has something open inside it
    @Override public void close() {
        var task = checkOwner("closed");
        lock.lock();
        try {
            if (closed) return;
        } finally {
            lock.unlock();
        }
        if (task.top != this)
            throw new IllegalStateException(this + " is closed before " + task.top
                    + ", which was opened inside it; close in the opposite order of opening");
        leave();
        for (Throwable cause : untold()) loop.eyes().unhandled(task, cause);
    }

    /// For the owner, or for the root's loop.
    private void leave() {
        shutDown("its group was closed");
        var task = owner;
        if (task == null) return;
        var parent = Objects.requireNonNull(this.parent);
        parent.lock().lock();
        try {
            parent.unlink(this);
        } finally {
            parent.lock().unlock();
        }
        task.top = below;
        if (ownerInside) {
            lock.lock(); // I3 of Cancellable
            try {
                task.inside(parent);
            } finally {
                lock.unlock();
            }
            task.settleInterrupt(ownCancellation() != null);
        }
    }

    /// Closes the group to new tasks, cancels those that run and waits for them.
    void shutDown(String reason) {
        boolean any;
        lock.lock();
        try {
            closed = true;
            any = running > 0;
        } finally {
            lock.unlock();
        }
        if (!any) return;
        if (cancellation() == null) cancel(Cancellation.by(reason, null));
        awaitAllUninterruptibly();
    }

    private Task<?> checkOwner(String what) {
        var task = Task.currentOrNull();
        if (task == null || task != owner)
            throw new IllegalStateException(this + " can only be " + what
                    + " by the task that opened it, but the caller is "
                    + (task == null ? Thread.currentThread() : task)
                    + "; leave that to it, and wait for single tasks with Task.await");
        return task;
    }

    EventLoop loop() { return loop; }

    @Nullable Task<?> owner() { return owner; }

    Policy policy() { return policy; }

    @Override
    @Nullable Task<?> strand() { return ownerInside ? owner : null; }

    @Override EventLoop home() { return loop; }

    @Override public String toString() {
        lock.lock();
        try {
            return "TaskGroup[" + (owner == null ? "of " + loop : "of task \"" + owner.name() + '"') + ", "
                    + policy.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ", " + running + " of "
                    + forked
                    + " tasks running" + (closed ? ", closed" : "") + "]";
        } finally {
            lock.unlock();
        }
    }
}
