package dev.parley.csp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// A barrier in one JVM.
///
/// **Idea.** Those who have arrived wait in a queue. Whoever would be the last holds every waiting choice, in order of the ids of their Alts; if all could be
/// held, it commits them, and all have met at that instant; else it lets them go. A choice that was decided elsewhere leaves the queue, and if enough are
/// left it tries again; one that is reserved there is waited for.
///
/// **Invariants**, whenever the lock is free:
///
/// - B1 `arrived` is the number of waiters in the queue; an Alt is there once
/// - B2 they are fewer than the enrolled, or one of them is decided or reserved elsewhere
///
/// - B3 once `cause` is set it stays, and `meeting` with it: nobody arrives, and nobody meets
///
/// B2 is kept because the last to arrive looks under the lock, and a choice that was reserved and is released arrives anew (A5 of [Alt]). For the same reason a choice that is reserved
/// when the barrier breaks need not be told: if it is released, it looks again.
///
/// The agreement of several choices on one of several barriers is the problem of multiway rendezvous; ordered acquisition is the solution of
/// Bagrodia (IEEE TSE 15, 1989), and JCSP's AltingBarrier solves it with one lock for all barriers.
final class LocalBarrier extends WaitQueues implements Barrier {
    private final @Nullable String name;
    private int enrolled;
    private int arrived;
    private long meeting;
    private @Nullable Throwable cause; // why it is broken

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
            requireUsable("sync");
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
            finishAll(met, Waiter.Outcome.DONE);
            return number;
        }
        var outcome = self.await(this, nanos);
        if (outcome == null) return -1;
        if (outcome != Waiter.Outcome.DONE) throw broken("sync");
        return (long) Objects.requireNonNull(self.item);
    }

    @Override public CompletableFuture<Long> syncAsync() {
        Waiter met;
        long number;
        lock();
        try {
            requireUsable("sync");
            number = meeting;
            met = meet(1);
            if (meeting == number) {
                var self = new Arrival();
                addSender(self);
                arrived++;
                return self.result();
            }
        } catch (BrokenBarrier | IllegalStateException failure) {
            return CompletableFuture.failedFuture(failure);
        } finally {
            unlock();
        }
        finishAll(met, Waiter.Outcome.DONE);
        return CompletableFuture.completedFuture(number);
    }

    /// One that waits without a thread.
    private final class Arrival extends FutureWaiter<Long> {
        @Override boolean withdraw() {
            return LocalBarrier.this.withdraw(this);
        }

        @Override void finish(Object outcome) {
            super.finish(outcome == Outcome.DONE ? outcome : new Thrown(broken("sync")));
        }

        @Override Long success(Object outcome) {
            return (Long) Objects.requireNonNull(item);
        }

        @Override RuntimeException failure(Ending end) {
            throw new AssertionError(end);
        }

        @Override LocalBarrier source() {
            return LocalBarrier.this;
        }

        @Override String operation() {
            return "sync";
        }
    }

    /// Under the lock: if with `more` all have arrived, they meet.
    ///
    /// @return those to be finished, linked by `next`; null if there are none
    private @Nullable Waiter meet(int more) {
        while (arrived + more >= enrolled && enrolled > 0) {
            var choices = waitingChoices();
            int held = 0;
            var claim = Waiter.Claim.MINE;
            while (held < choices.size() && (claim = choices.get(held).hold()) == Waiter.Claim.MINE) held++;
            if (held == choices.size()) return metBy(choices);
            for (var earlier : choices.subList(0, held)) earlier.letGo();
            if (claim != Waiter.Claim.GONE) return null;
            remove(choices.get(held)); // if somebody has come in its place since, they are enough without it
            arrived--;
        }
        return null;
    }

    private List<Branch> waitingChoices() {
        var choices = new ArrayList<Branch>();
        forEachSender(waiter -> {
            if (waiter instanceof Branch branch) choices.add(branch);
        });
        if (choices.size() > 1) choices.sort(Comparator.comparingLong(branch -> branch.alt.id));
        return choices;
    }

    private @Nullable Waiter metBy(List<Branch> held) {
        for (var choice : held) choice.commit();
        forEachSender(waiter -> waiter.item = meeting);
        var first = chain(this::pollSender);
        arrived = 0;
        meeting++;
        return first;
    }

    /// Links what `next` gives, until there is no more.
    private static @Nullable Waiter chain(Supplier<@Nullable Waiter> next) {
        var first = next.get();
        for (var last = first; last != null; last = last.next) last.next = next.get();
        return first;
    }

    private static void finishAll(@Nullable Waiter first, Waiter.Outcome outcome) {
        for (var waiter = first; waiter != null;) {
            var next = waiter.next;
            waiter.next = null;
            waiter.finish(outcome);
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

    @Override public long enroll() {
        lock();
        try {
            requireWhole("enroll at");
            enrolled++;
            return meeting;
        } finally {
            unlock();
        }
    }

    @Override public void resign() {
        Waiter met;
        lock();
        try {
            requireEnrolled("resign from");
            enrolled--;
            met = cause == null ? meet(0) : null;
        } finally {
            unlock();
        }
        finishAll(met, Waiter.Outcome.DONE);
    }

    @Override public boolean poison(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        Waiter first;
        lock();
        try {
            if (this.cause != null) return false;
            this.cause = cause;
            first = chain(this::claimSender);
            arrived = countSenders(); // choices that are reserved elsewhere, and find out when they look again
        } finally {
            unlock();
        }
        finishAll(first, Waiter.Outcome.CLOSED);
        return true;
    }

    private void requireUsable(String operation) {
        requireWhole(operation);
        requireEnrolled(operation);
    }

    /// With the lock.
    void requireWhole(String operation) {
        if (cause != null) throw broken(operation);
    }

    /// For one who has found out under the lock, or was told by one who has: nothing of it changes any more (B3).
    BrokenBarrier broken(String operation) {
        return new BrokenBarrier(name(), operation, meeting, Objects.requireNonNull(cause));
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
        finishAll(met, Waiter.Outcome.DONE);
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
            return "Barrier \"" + name() + "\" [" + (cause == null
                    ? arrived + " of " + enrolled + " there]"
                    : "broken in meeting " + meeting + " by " + cause + "]");
        } finally {
            unlock();
        }
    }
}
