package dev.parley.csp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A meeting of all processes that are enrolled: each that arrives waits until all have, then all go on, and the next meeting
/// begins. A process is enrolled by being counted; the barrier does not know which ones they are.
///
/// In an [Alt], a barrier is a guard like others: it is chosen when all that are enrolled are there at one instant, in [#sync] or in a choice that is still
/// undecided; then all of them choose it together. An Alt may offer several barriers.
///
/// When one of those who are enrolled cannot come any more, nobody would ever meet again. Who knows of it says so by [#poison]: the barrier is then broken for good, and all who wait
/// or come are told by a [BrokenBarrier].
///
/// **Memory.** What each did before it arrived happens-before what each does afterwards.
public interface Barrier {
    /// A barrier with `enrolled` processes, named by a number.
    ///
    /// @throws IllegalArgumentException if `enrolled` is negative
    static Barrier of(int enrolled) {
        return new LocalBarrier(null, enrolled);
    }

    /// A barrier with `enrolled` processes; reports call it `name`.
    static Barrier of(String name, int enrolled) {
        return new LocalBarrier(java.util.Objects.requireNonNull(name, "name"), enrolled);
    }

    /// Arrives, and waits until all that are enrolled have.
    ///
    /// **Interruption.** Throws if the thread is interrupted on entry or while it waits; then it has not arrived, and the others still wait for it. If
    /// the interruption comes too late, the method returns and the thread's interrupt flag stays set.
    ///
    /// @return the number of this meeting, from 0
    /// @throws IllegalStateException if nobody is enrolled
    /// @throws BrokenBarrier if this meeting will never be
    long sync() throws InterruptedException;

    /// As [#sync()], but waits no longer than `timeout`.
    ///
    /// @return whether all met; if not, the caller has not arrived
    /// @throws BrokenBarrier if this meeting will never be
    boolean sync(Duration timeout) throws InterruptedException;

    /// As [#sync()], without a thread that waits: arrives, and the future completes with the number of the meeting when all have. Cancelling it takes the arrival back; `cancel` answers false if it
    /// is too late for that.
    CompletableFuture<Long> syncAsync();

    /// One process more takes part, from the present meeting on.
    ///
    /// @return the number of the present meeting
    /// @throws BrokenBarrier if the barrier is broken
    long enroll();

    /// One process less takes part. If all others have arrived, they meet now.
    ///
    /// @throws IllegalStateException if nobody is enrolled
    void resign();

    /// Breaks the barrier: the present meeting will never be, nor any after it. Who waits for it and who comes throws [BrokenBarrier]; a choice that offers it throws, too. Resigning still does no harm.
    ///
    /// @param cause why, for those who are told
    /// @return whether it was whole before
    boolean poison(Throwable cause);

    /// How many are enrolled.
    int enrolled();

    /// A guard of an [Alt]: arrive, and meet all the others, then do `then`.
    Guard on(Proc then);

    /// The name given, or `barrier` and a number.
    String name();
}
