package dev.parley.csp;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// `ending` (plain, under the lock) and a full fence, to `hasEnded` (acquire, without the lock): a choice that begins after an end has come about does not
/// overlook it. The store that ends must not wait in a store buffer while its thread goes on; so this is Dekker's pattern.
public final class EndedEdges {
    private static final Exception CAUSE = new Exception("a cause");
    private static final Integer VALUE = 1;

    private EndedEdges() {}

    /// By a close.
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "ended, then looked")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "looked, then ended")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "at the same time")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "overlooked an end that was there before")
    @State public static class ByClose {
        private final LocalChannel<Integer> channel = new LocalChannel<>(null, null);
        private int begun;

        /// Ends it, and then looks whether the other has begun.
        @Actor public void ender(II_Result r) {
            channel.tryClose();
            r.r1 = begun;
        }

        /// Begins, and then looks as a choice does.
        @Actor public void chooser(II_Result r) {
            begun = 1;
            VarHandle.fullFence();
            r.r2 = channel.hasEnded() ? 1 : 0;
        }
    }

    /// By a poison.
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "ended, then looked")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "looked, then ended")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "at the same time")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "overlooked an end that was there before")
    @State public static class ByPoison {
        private final LocalChannel<Integer> channel = new LocalChannel<>(null, null);
        private int begun;

        /// Ends it, and then looks whether the other has begun.
        @Actor public void ender(II_Result r) {
            channel.poison(1, CAUSE);
            r.r1 = begun;
        }

        /// Begins, and then looks as a choice does.
        @Actor public void chooser(II_Result r) {
            begun = 1;
            VarHandle.fullFence();
            r.r2 = channel.hasEnded() ? 1 : 0;
        }
    }

    /// By the one value of a promise.
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "ended, then looked")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "looked, then ended")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "at the same time")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "overlooked an end that was there before")
    @State public static class ByPromise {
        private final LocalChannel<Integer> channel = new PromiseChannel<>(null);
        private int begun;

        /// Ends it, and then looks whether the other has begun.
        @Actor public void ender(II_Result r) {
            channel.trySend(VALUE);
            r.r1 = begun;
        }

        /// Begins, and then looks as a choice does.
        @Actor public void chooser(II_Result r) {
            begun = 1;
            VarHandle.fullFence();
            r.r2 = channel.hasEnded() ? 1 : 0;
        }
    }
}
