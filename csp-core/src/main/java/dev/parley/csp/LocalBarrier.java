package dev.parley.csp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// A barrier in one JVM.
///
/// **Idea.** Those who have arrived wait in a queue. Whoever would be the last holds every waiting choice, in order of the ids of their Alts; if all could be
/// held, it commits them, and all have met at that instant; else it lets them go, and waits with the others. A choice that could not be held was decided
/// elsewhere and leaves the queue.
///
/// **Invariants**, whenever the lock is free:
///
/// - B1 `arrived` is the number of waiters in the queue; an Alt is there once
/// - B2 they are fewer than the enrolled, or one of them is decided or reserved elsewhere
///
/// B2 is kept because the last to arrive looks under the lock, and a choice that was reserved and is released arrives anew (A5 of [Alt]).
///
/// The agreement of several choices on one of several barriers is the problem of multiway rendezvous; ordered acquisition is the solution of
/// Bagrodia (IEEE TSE 15, 1989), and JCSP's AltingBarrier solves it with one lock for all barriers.
final class LocalBarrier extends WaitQueues implements Barrier {
    private final @Nullable String name;
    private int enrolled;
    private int arrived;
    private long meeting;

    LocalBarrier(@Nullable String name, int enrolled) {
        if (enrolled < 0)
            throw new IllegalArgumentException(
                    "a barrier has zero or more enrolled processes, but enrolled was " + enrolled);
        this.name = name;
        this.enrolled = enrolled;
    }

    @Override public long sync() throws InterruptedException {
        return arrive(Nanos.FOREVER);
    }

    @Override public boolean sync(Duration timeout) throws InterruptedException {
        return arrive(Nanos.of(timeout)) >= 0;
    }

    /// @return the number of the meeting, or -1 if the time was up
    private long arrive(long nanos) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting on " + this);
        Waiter met;
        ThreadWaiter self = null;
        long number;
        lock();
        try {
            requireEnrolled("sync");
            number = meeting;
            met = meet(1);
            if (meeting == number) {
                if (nanos <= 0) return -1;
                self = new ThreadWaiter();
                self.prepare(null, nanos != Nanos.FOREVER);
                addSender(self);
                arrived++;
            }
        } finally {
            unlock();
        }
        if (self == null) {
            finishAll(met);
            return number;
        }
        if (self.await(this, nanos) == null) return -1;
        return (long) Objects.requireNonNull(self.item);
    }

    /// Under the lock: if with `more` all have arrived, they meet.
    ///
    /// @return those to be finished, linked by `next`; null if there are none
    private @Nullable Waiter meet(int more) {
        if (arrived + more < enrolled || enrolled == 0) return null;
        var choices = new ArrayList<Branch>();
        forEachSender(waiter -> {
            if (waiter instanceof Branch branch) choices.add(branch);
        });
        if (choices.size() > 1) choices.sort(Comparator.comparingLong(branch -> branch.alt.id));
        for (int held = 0; held < choices.size(); held++) {
            var claim = choices.get(held).hold();
            if (claim == Waiter.Claim.MINE) continue;
            for (var earlier : choices.subList(0, held)) earlier.letGo();
            if (claim != Waiter.Claim.GONE) return null;
            remove(choices.get(held));
            arrived--;
            return null;
        }
        for (var choice : choices) choice.commit();
        Waiter first = null;
        Waiter last = null;
        for (var waiter = pollSender(); waiter != null; waiter = pollSender()) {
            waiter.item = meeting;
            if (last == null) first = waiter;
            else last.next = waiter;
            last = waiter;
        }
        arrived = 0;
        meeting++;
        return first;
    }

    private static void finishAll(@Nullable Waiter first) {
        for (var waiter = first; waiter != null;) {
            var next = waiter.next;
            waiter.next = null;
            waiter.finish(Waiter.Outcome.DONE);
            waiter = next;
        }
    }

    @Override boolean withdraw(Waiter self) {
        lock();
        boolean undecided = remove(self);
        if (undecided) arrived--;
        unlock();
        return undecided;
    }

    @Override public void enroll() {
        lock();
        enrolled++;
        unlock();
    }

    @Override public void resign() {
        Waiter met;
        lock();
        try {
            requireEnrolled("resign from");
            enrolled--;
            met = meet(0);
        } finally {
            unlock();
        }
        finishAll(met);
    }

    private void requireEnrolled(String operation) {
        if (enrolled == 0)
            throw new IllegalStateException(
                    operation + " Barrier \"" + name()
                            + "\": nobody is enrolled; enroll() first, once for each process");
    }

    @Override public int enrolled() {
        lock();
        try {
            return enrolled;
        } finally {
            unlock();
        }
    }

    @Override public Guard on(Proc then) {
        return new Guard(new BarrierGuard(this, then));
    }

    // Choice: called by the guards of an Alt with the lock held

    /// Whether the caller's choice makes the meeting complete. Then `branch.held` has the others.
    boolean meetFor(Branch branch) {
        requireEnrolled("choice of");
        long number = meeting;
        branch.held = meet(1);
        return meeting != number;
    }

    void finish(@Nullable Waiter met) {
        finishAll(met);
    }

    void add(Branch branch) {
        addSender(branch);
        arrived++;
    }

    @Override public String name() {
        return name != null ? name : "barrier-" + id;
    }

    @Override String inShort() {
        return toString();
    }

    @Override public String toString() {
        lock();
        try {
            return "Barrier \"" + name() + "\" [" + arrived + " of " + enrolled + " there]";
        } finally {
            unlock();
        }
    }
}
