package dev.parley.csp.memory;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The proof of the instrument: plain accesses that nothing orders. Each of these must end with what it forbids, or jcstress does not look here; the build
/// runs them apart, and breaks if they pass.
public final class Controls {
    private Controls() {}

    /// Each writes and then reads what the other wrote, without a fence: the processor's store buffer shows.
    @JCStressTest
    @Outcome(id = {"0, 1", "1, 0", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "in some order")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "in no order: must be seen")
    @State public static class StoreBuffer {
        private int x, y;

        /// Writes x, reads y.
        @Actor public void one(II_Result r) {
            x = 1;
            r.r1 = y;
        }

        /// Writes y, reads x.
        @Actor public void other(II_Result r) {
            y = 1;
            r.r2 = x;
        }
    }

    /// A mark beside what it marks: the compiler's order shows.
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "in some order")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "marked, but not written: must be seen")
    @State public static class Message {
        private int x, y;

        /// Writes x, and then the mark.
        @Actor public void writer() {
            x = 1;
            y = 1;
        }

        /// Reads the mark, and then x.
        @Actor public void reader(II_Result r) {
            r.r1 = y;
            r.r2 = x;
        }
    }
}
