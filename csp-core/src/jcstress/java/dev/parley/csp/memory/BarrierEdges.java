package dev.parley.csp.memory;

import dev.parley.csp.Alt;
import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import dev.parley.csp.Channel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static dev.parley.csp.memory.Acting.act;

/// A meeting is all to all: what each did before it is seen by each after it. Those who arrived are seen through the barrier's lock, the last by its word.
public final class BarrierEdges {
    private BarrierEdges() {}

    private interface Arrival {
        long await() throws InterruptedException;
    }

    /// Writes what the other is to read, meets it, reads what it wrote, and once more.
    private static int meetTwice(Letter[] own, Letter[] others, Arrival arrival) throws InterruptedException {
        int seen = 0;
        for (int i = 0; i < 2; i++) {
            own[i] = Letter.written();
            arrival.await();
            seen += others[i].read();
        }
        return seen;
    }

    /// Two meetings of two.
    @JCStressTest
    @Outcome(id = "8, 8", expect = Expect.ACCEPTABLE, desc = "all is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Two {
        private final Barrier barrier = Barrier.of(2);
        private final Letter[] one = new Letter[2];
        private final Letter[] other = new Letter[2];

        /// Takes part.
        @Actor public void one(II_Result r) {
            act(() -> {
                r.r1 = meetTwice(one, other, barrier::sync);
            });
        }

        /// Takes part.
        @Actor public void other(II_Result r) {
            act(() -> {
                r.r2 = meetTwice(other, one, barrier::sync);
            });
        }
    }

    /// A meeting of three; jcstress leaves it out where there are fewer than three processors.
    @JCStressTest
    @Outcome(id = "8, 8, 8", expect = Expect.ACCEPTABLE, desc = "all is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Three {
        private final Barrier barrier = Barrier.of(3);
        private final Letter[] before = {new Letter(), new Letter(), new Letter()};

        private int meet(int self) throws InterruptedException {
            before[self] = Letter.written();
            barrier.sync();
            return before[(self + 1) % 3].read() + before[(self + 2) % 3].read();
        }

        /// Takes part.
        @Actor public void first(III_Result r) {
            act(() -> {
                r.r1 = meet(0);
            });
        }

        /// Takes part.
        @Actor public void second(III_Result r) {
            act(() -> {
                r.r2 = meet(1);
            });
        }

        /// Takes part.
        @Actor public void third(III_Result r) {
            act(() -> {
                r.r3 = meet(2);
            });
        }
    }

    /// One that leaves lets the others meet.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what it did before it left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met without it, but not seen")
    @State public static class Resigned {
        private final Barrier barrier = Barrier.of(2);
        private Letter before = new Letter();

        /// Leaves.
        @Actor public void leaver() {
            before = Letter.written();
            barrier.resign();
        }

        /// Takes part.
        @Actor public void other(I_Result r) {
            act(() -> {
                barrier.sync();
                r.r1 = before.read();
            });
        }
    }

    /// Two choices that meet at one of two barriers: held (ticket, compare-and-exchange), committed or let go (ticket, release).
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "all is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Chosen {
        private final Barrier first = Barrier.of(2);
        private final Barrier second = Barrier.of(2);
        private final Channel<Letter> never = Channel.rendezvous();
        private Letter one = new Letter();
        private Letter other = new Letter();

        /// Offers both.
        @Actor public void one(II_Result r) {
            act(() -> {
                one = Letter.written();
                Alt.of(first.on(() -> {}), second.on(() -> {}), never.on(_ -> {})).select();
                r.r1 = other.read();
            });
        }

        /// Offers both.
        @Actor public void other(II_Result r) {
            act(() -> {
                other = Letter.written();
                Alt.of(second.on(() -> {}), first.on(() -> {}), never.on(_ -> {})).select();
                r.r2 = one.read();
            });
        }
    }

    /// One that arrives without a thread, twice.
    @JCStressTest
    @Outcome(id = "8, 8", expect = Expect.ACCEPTABLE, desc = "all is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Arrived {
        private final Barrier barrier = Barrier.of(2);
        private final Letter[] one = new Letter[2];
        private final Letter[] other = new Letter[2];

        /// Arrives, and asks for the meeting.
        @Actor public void one(II_Result r) {
            act(() -> {
                r.r1 = meetTwice(one, other, () -> barrier.syncAsync().join());
            });
        }

        /// Takes part.
        @Actor public void other(II_Result r) {
            act(() -> {
                r.r2 = meetTwice(other, one, barrier::sync);
            });
        }
    }

    /// Who is told of a breach, or comes after it, sees what was done before it.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before the breach")
    @Outcome(expect = Expect.FORBIDDEN, desc = "told, but not seen")
    @State public static class Broken {
        private final Barrier barrier = Barrier.of(2);
        private Letter before = new Letter();

        /// Breaks it.
        @Actor public void breaker() {
            before = Letter.written();
            barrier.poison(new IllegalStateException("lost"));
        }

        /// Takes part.
        @Actor public void other(I_Result r) {
            act(() -> {
                try {
                    barrier.sync();
                } catch (BrokenBarrier told) {
                    r.r1 = before.read();
                }
            });
        }
    }
}
