package dev.parley.csp.memory;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import static dev.parley.csp.memory.Acting.act;

/// `FutureWaiter.finish` to whoever asks the future: the asynchronous forms order as the waiting ones do.
public final class FutureEdges {
    private static final int NOTHING = -1;

    private FutureEdges() {}

    /// An asynchronous send to a plain receive.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Sent {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Sends.
        @Actor public void sender(II_Result r) {
            channel.sendAsync(Letter.written()).join();
            r.r1 = before.read();
        }

        /// Receives.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                before = Letter.written();
                r.r2 = channel.receive().read();
            });
        }
    }

    /// A plain send to an asynchronous receive.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "met, but not seen")
    @State public static class Taken {
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
            before = Letter.written();
            if (channel.receiveAsync().join() instanceof Received(var letter)) r.r2 = letter.read();
        }
    }

    /// A plain send to an asynchronous extended receive: the sender sees what was done while it was held.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let go too early, or not seen")
    @State public static class Held {
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
            try (var held = channel.receiveExtendedAsync().join()) {
                r.r2 = held.value().read();
                done = Letter.written();
            }
        }
    }

    /// A receive that is taken back while an element comes.
    @JCStressTest
    @Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "taken back, not sent")
    @Outcome(id = "4, 1", expect = Expect.ACCEPTABLE, desc = "too late, sent")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or torn")
    @State public static class TakenBack {
        private final Channel<Letter> channel = Channel.rendezvous();

        /// Receives, and takes it back.
        @Actor public void receiver(II_Result r) {
            var reception = channel.receiveAsync();
            if (reception.cancel(false)) r.r1 = NOTHING;
            else if (reception.join() instanceof Received(var letter)) r.r1 = letter.read();
        }

        /// Sends if somebody waits.
        @Actor public void sender(II_Result r) {
            r.r2 = channel.trySend(Letter.written()) ? 1 : 0;
        }
    }
}
