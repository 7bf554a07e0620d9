package dev.parley.csp;

import java.time.Duration;

/// A meeting of all processes that are enrolled: each that arrives waits until all have, then all go on, and the next meeting
/// begins. A process is enrolled by being counted; the barrier does not know which ones they are.
///
/// In an [Alt], a barrier is a guard like others: it is chosen when all that are enrolled are there at one instant, in [#sync] or in a choice that is still
/// undecided; then all of them choose it together. An Alt may offer several barriers.
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
    long sync() throws InterruptedException;

    /// As [#sync()], but waits no longer than `timeout`.
    ///
    /// @return whether all met; if not, the caller has not arrived
    boolean sync(Duration timeout) throws InterruptedException;

    /// One process more takes part, from the present meeting on.
    void enroll();

    /// One process less takes part. If all others have arrived, they meet now.
    ///
    /// @throws IllegalStateException if nobody is enrolled
    void resign();

    /// How many are enrolled.
    int enrolled();

    /// A guard of an [Alt]: arrive, and meet all the others, then do `then`.
    Guard on(Proc then);

    /// The name given, or `barrier` and a number.
    String name();
}
