package dev.parley.csp.memory;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// `SpinLock.unlock` (release) to `SpinLock.lock` (compare-and-set): what is written in a critical section, or before it, is seen in a later one. Nobody waits
/// in these tests, so the lock alone carries everything.
public final class LockEdges {
    private static final int NOTHING = -1;

    private LockEdges() {}

    private static int read(Channel<Letter> channel) {
        return channel.tryReceive() instanceof Received(var letter) ? letter.read() : NOTHING;
    }

    /// An element in the buffer.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn")
    @State public static class Buffered {
        private final Channel<Letter> channel = Channel.buffered(1);

        /// Sends.
        @Actor public void sender() {
            channel.trySend(Letter.written());
        }

        /// Receives.
        @Actor public void receiver(I_Result r) {
            r.r1 = read(channel);
        }
    }

    /// The element that a conflated channel keeps.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn")
    @State public static class Latest {
        private final Channel<Letter> channel = Channel.latest();

        /// Sends over its own.
        @Actor public void sender() {
            channel.trySend(Letter.written());
            channel.trySend(Letter.written());
        }

        /// Receives.
        @Actor public void receiver(I_Result r) {
            r.r1 = read(channel);
        }
    }

    /// The value of a promise, which stays where it is.
    @JCStressTest
    @Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "not written yet")
    @Outcome(id = "-1, 4", expect = Expect.ACCEPTABLE, desc = "written between")
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "written")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn, or gone again")
    @State public static class Promised {
        private final Channel<Letter> channel = Channel.promise();

        /// Sends.
        @Actor public void sender() {
            channel.trySend(Letter.written());
        }

        /// Receives twice.
        @Actor public void receiver(II_Result r) {
            r.r1 = read(channel);
            r.r2 = read(channel);
        }
    }

    /// The larger array of a buffer that grew.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost in the old array, or torn")
    @State public static class Grown {
        private static final Letter KNOWN = Letter.written();
        private final Channel<Letter> channel = Channel.unbounded();

        /// Fills the first array.
        public Grown() {
            for (int i = 0; i < 64; i++) channel.trySend(KNOWN);
        }

        /// Sends one more.
        @Actor public void sender() {
            channel.trySend(Letter.written());
        }

        /// Receives what was there, and then the one.
        @Actor public void receiver(I_Result r) {
            for (int i = 0; i < 64; i++)
                if (read(channel) != Letter.WHOLE) throw new AssertionError("the " + i + "th is lost");
            r.r1 = read(channel);
        }
    }

    /// The k-th receive to the return of the (k+capacity)-th send.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "no room yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what the receiver did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "room, but not what its receiver did before")
    @State public static class Room {
        private final Channel<Letter> channel = Channel.buffered(1);
        private Letter before = new Letter();

        /// Fills the buffer.
        public Room() {
            channel.trySend(before);
        }

        /// Makes room.
        @Actor public void receiver() {
            before = Letter.written();
            channel.tryReceive();
        }

        /// Uses it.
        @Actor public void sender(I_Result r) {
            r.r1 = channel.trySend(before) ? before.read() : NOTHING;
        }
    }

    /// Two critical sections never overlap.
    @JCStressTest
    @Outcome(id = "2, 8", expect = Expect.ACCEPTABLE, desc = "both are there")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one overwrote the other")
    @State public static class Excluded {
        private final Channel<Letter> channel = Channel.unbounded();

        /// Sends.
        @Actor public void one() {
            channel.trySend(Letter.written());
        }

        /// Sends.
        @Actor public void other() {
            channel.trySend(Letter.written());
        }

        /// Looks what is there.
        @Arbiter public void end(II_Result r) {
            r.r1 = channel.statistics().buffered();
            while (channel.tryReceive() instanceof Received(var letter)) r.r2 += letter.read();
        }
    }
}
