package dev.parley.loop;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// A node of the tree along which cancellation spreads: a task, a group of tasks, or a scope inside a task.
@SuppressWarnings("ReferenceEquality") // nodes of a tree
abstract sealed class Cancellable permits Task, TaskGroup, CancelScope {
    // The tree: a group is under the task (or scope) that opened it, a task under its group, a scope under what its task
    // was in when it entered the scope. A cancellation concerns the node and all below it, except behind a shield. It is
    // delivered as an interrupt of each task that is inside, and again and again as long as a task stays inside
    // (level-triggered): at once when it comes, then by a timer at growing intervals, and at each entry of a wait of this
    // package. A wait can so be caught and left once, but not twice.
    //
    //   I1  The children of a node are guarded by its lock. Each group and scope has a lock of its own, a task has its
    //       group's. Locks are taken downwards only.
    //   I2  cancellation is set once, under the lock.
    //   I3  A task is interrupted on behalf of a node only while it is inside that node and no shield is between: the
    //       interrupt is made under the node's lock, and a task leaves under that lock.
    //   I4  A task that leaves a cancelled node clears its interrupt flag unless another cancellation still concerns it.
    //       A race of two cancellations here can lose an interrupt, but not the cancellation: delivery repeats.

    private static final long FIRST_REPEAT = 1_000_000;
    private static final long LAST_REPEAT = 128_000_000;

    // A million tasks may wait, so a node has no field that it can do without: a task has its group's lock, and the last
    // child is the one before the first.

    @Nullable Cancellable parent;
    private volatile @Nullable Cancellation cancellation;

    private @Nullable Cancellable firstChild;
    private @Nullable Cancellable nextSibling;
    private @Nullable Cancellable previousSibling; // of the first, the last

    /// What guards it and its children.
    abstract ReentrantLock lock();

    /// The task to interrupt for this node itself; null if there is none.
    abstract @Nullable Task<?> strand();

    /// The loop whose timers repeat the delivery; null if the node is not in use yet.
    abstract @Nullable EventLoop home();

    /// Cancels this and all inside. Later calls change nothing.
    ///
    /// The tasks concerned are interrupted, now and again at each further wait, until they have left. This method does not
    /// wait for that. Any thread may call it.
    ///
    /// @param reason in words; seen by those that are cancelled
    /// @return whether this was the first call
    public boolean cancel(String reason) {
        return cancel(Cancellation.by(reason, null));
    }

    boolean cancel(Cancellation why) {
        lock().lock();
        try {
            if (cancellation != null) return false;
            cancellation = why;
            if (!deliver()) return true;
        } finally {
            lock().unlock();
        }
        repeatDelivery();
        return true;
    }

    /// The nearest node at or above this one that is cancelled and concerns it.
    @Nullable Cancellable cancelled() {
        for (Cancellable node = this; node != null; node = node.parent) {
            if (node.cancellation != null) return node;
            if (node.shielded()) return null;
        }
        return null;
    }

    /// Why this is cancelled, by itself or by what it is in; null if it is not. Behind a shield, only what came inside counts.
    public @Nullable Cancellation cancellation() {
        Cancellable node = cancelled();
        return node == null ? null : node.cancellation;
    }

    @Nullable Cancellation ownCancellation() { return cancellation; }

    /// Whether what is cancelled around it does not concern it, nor what is inside.
    boolean shielded() { return false; }

    /// Returns whether there was a task to interrupt.
    private boolean deliver() {
        lock().lock();
        try {
            Task<?> strand = strand();
            boolean any = strand != null && strand.interruptIfInside(this);
            for (Cancellable child = firstChild; child != null; child = child.nextSibling)
                if (!child.shielded()) any |= child.deliver();
            return any;
        } finally {
            lock().unlock();
        }
    }

    /// After this nobody interrupts any more on account of what was so before.
    void awaitDelivery() {
        lock().lock();
        try {
            assert lock().isHeldByCurrentThread();
        } finally {
            lock().unlock();
        }
    }

    /// Starts to deliver again and again, until no task is left that it concerns; one that is behind a shield sees to it
    /// itself when it comes out.
    void repeatDelivery() {
        EventLoop loop = home();
        if (loop == null) return;
        new Timers.Entry() {
            private long pause = FIRST_REPEAT;

            void again() { loop.timers().add(this, loop.nanoTime() + pause); }

            @Override public void fire() {
                if (!deliver()) return;
                pause = Math.min(2 * pause, LAST_REPEAT);
                again();
            }
        }.again();
    }

    /// Under this node's lock.
    void link(Cancellable child) {
        child.parent = this;
        Cancellable first = firstChild;
        if (first == null) {
            firstChild = child;
            child.previousSibling = child;
            return;
        }
        Cancellable last = Objects.requireNonNull(first.previousSibling);
        last.nextSibling = child;
        child.previousSibling = last;
        first.previousSibling = child;
    }

    /// Under this node's lock.
    void unlink(Cancellable child) {
        Cancellable before = Objects.requireNonNull(child.previousSibling);
        Cancellable after = child.nextSibling;
        if (child == firstChild) firstChild = after;
        else before.nextSibling = after;
        Cancellable behind = after != null ? after : firstChild;
        if (behind != null) behind.previousSibling = before;
        child.previousSibling = null;
        child.nextSibling = null;
    }

    /// Calls `visitor` with each child, in the order of their coming, under the lock.
    void forEachChild(Consumer<Cancellable> visitor) {
        lock().lock();
        try {
            for (Cancellable child = firstChild; child != null; child = child.nextSibling) visitor.accept(child);
        } finally {
            lock().unlock();
        }
    }
}
