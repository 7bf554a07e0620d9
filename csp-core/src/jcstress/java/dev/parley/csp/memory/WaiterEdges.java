package dev.parley.csp.memory;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static dev.parley.csp.memory.Acting.act;

/// `ThreadWaiter.finish`: outcome (release) to `ThreadWaiter.await` (acquire): one that waited sees what its partner did before, in both directions;
/// and `LocalChannel.giveBack`: spare (release) to `waiter` (acquire): one that uses the waiter after another thread sees it as it was left.
public final class WaiterEdges {
    private static final Duration LONG = Duration.ofMinutes(1);

    private WaiterEdges() {}

    /// A rendezvous, whoever waits.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Rendezvous {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Sends.
        @Actor public void sender(II_Result r) {
            act(() -> {
                channel.send(Letter.written());
                r.r1 = before.read();
            });
        }

        /// Receives.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                before = Letter.written();
                r.r2 = channel.receive().read();
            });
        }
    }

    /// As [Rendezvous], with time limits.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Timed {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Sends.
        @Actor public void sender(II_Result r) {
            act(() -> {
                if (channel.send(Letter.written(), LONG)) r.r1 = before.read();
            });
        }

        /// Receives.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                before = Letter.written();
                if (channel.receive(LONG) instanceof Received(var letter)) r.r2 = letter.read();
            });
        }
    }

    /// A sender waits for room, is let in by one receive, and its element is taken by another.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let in, but not seen")
    @State public static class MovesIn {
        private final Channel<Letter> channel = Channel.buffered(1);
        private Letter before = new Letter();

        /// Fills the buffer.
        public MovesIn() {
            channel.trySend(before);
        }

        /// Sends one too many.
        @Actor public void sender(II_Result r) {
            act(() -> {
                channel.send(Letter.written());
                r.r1 = before.read();
            });
        }

        /// Receives both.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                before = Letter.written();
                channel.receive();
                r.r2 = channel.receive().read();
            });
        }
    }

    /// Several wait for room, and are let go together.
    @JCStressTest
    @Outcome(id = "4, 12", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let go, but not seen")
    @State public static class Batches {
        private final Channel<Letter> channel = Channel.buffered(1);
        private Letter before = new Letter();

        /// Sends more than there is room for.
        @Actor public void sender(II_Result r) {
            act(() -> {
                channel.sendAll(List.of(Letter.written(), Letter.written(), Letter.written()));
                r.r1 = before.read();
            });
        }

        /// Receives all.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                before = Letter.written();
                for (int left = 3; left > 0;) {
                    var batch = channel.receiveBatch(left);
                    for (var letter : batch) r.r2 += letter.read();
                    left -= batch.size();
                }
            });
        }
    }

    /// The spare waiter of a channel serves one thread after the other.
    @JCStressTest
    @Outcome(id = "8, 8", expect = Expect.ACCEPTABLE, desc = "each wait got its own word")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a word or an element of an earlier wait")
    @State public static class Spare {
        private final Channel<Letter> channel = Channel.rendezvous();

        /// Gives, and takes back.
        @Actor public void one(II_Result r) {
            act(() -> {
                for (int i = 0; i < 2; i++) {
                    channel.send(Letter.written());
                    r.r1 += channel.receive().read();
                }
            });
        }

        /// Takes, and gives back.
        @Actor public void other(II_Result r) {
            act(() -> {
                for (int i = 0; i < 2; i++) {
                    r.r2 += channel.receive().read();
                    channel.send(Letter.written());
                }
            });
        }
    }

    /// A receiver waits for a promise.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn")
    @State public static class Promised {
        private final Channel<Letter> channel = Channel.promise();

        /// Keeps the promise.
        @Actor public void sender() {
            act(() -> {
                channel.send(Letter.written());
            });
        }

        /// Waits for it.
        @Actor public void receiver(I_Result r) {
            act(() -> {
                r.r1 = channel.receive().read();
            });
        }
    }
}
