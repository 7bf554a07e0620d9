package dev.parley.csp.memory;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ReceiverFailed;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import static dev.parley.csp.memory.Acting.act;

/// `Waiter.held`, through the outcome of the extended receiver, and `LocalHeld.sender` (atomic): a sender that was held sees what was done with its element.
public final class HeldEdges {
    private HeldEdges() {}

    /// A plain sender.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "the sender sees what was done while it was held")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let go too early, or not seen")
    @State public static class Sender {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter done = new Letter();

        /// Sends.
        @Actor public void sender(II_Result r) {
            act(() -> {
                channel.send(Letter.written());
                r.r1 = done.read();
            });
        }

        /// Receives, and acts before it lets go.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                try (var held = channel.receiveExtended()) {
                    r.r2 = held.value().read();
                    done = Letter.written();
                }
            });
        }
    }

    /// A sender whose receiver fails.
    @JCStressTest
    @Outcome(id = "4, 4, 4", expect = Expect.ACCEPTABLE, desc = "the sender sees the failure")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let go too early, or not seen")
    @State public static class Failed {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter done = new Letter();

        /// Sends.
        @Actor public void sender(III_Result r) {
            act(() -> {
                try {
                    channel.send(Letter.written());
                } catch (ReceiverFailed failed) {
                    r.r1 = ((Letter.Failure) failed.getCause()).read();
                    r.r3 = done.read();
                }
            });
        }

        /// Receives, and fails.
        @Actor public void receiver(III_Result r) {
            act(() -> {
                var held = channel.receiveExtended();
                r.r2 = held.value().read();
                done = Letter.written();
                held.fail(Letter.Failure.written());
            });
        }
    }

    /// A choice that offers, and a choice that receives extendedly.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "the sender sees what was done while it was held")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let go too early, or not seen")
    @State public static class Choices {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter done = new Letter();

        /// Chooses to send.
        @Actor public void sender(II_Result r) {
            act(() -> {
                Alt.of(other.on(_ -> {}), channel.offering(Letter.written())).select();
                r.r1 = done.read();
            });
        }

        /// Chooses to receive, and acts before it lets go.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                Alt.of(channel.onExtended(letter -> {
                    r.r2 = letter.read();
                    done = Letter.written();
                }), other.on(_ -> {})).select();
            });
        }
    }
}
