package dev.parley.csp.memory;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static dev.parley.csp.memory.Acting.act;

/// Endings: who sees one sees what was done before it, and the cause as it was written.
public final class EndingEdges {
    private static final int NOTHING = -1;

    private EndingEdges() {}

    /// Close to a receiver that may wait.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the end, but not what was done before")
    @State public static class CloseSeenWaiting {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Closes.
        @Actor public void closer() {
            before = Letter.written();
            channel.close();
        }

        /// Receives.
        @Actor public void receiver(I_Result r) {
            act(() -> {
                r.r1 = channel.receiveOrClosed() instanceof Closed ? before.read() : NOTHING;
            });
        }
    }

    /// Close to a receiver that does not wait.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not closed yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the end, but not what was done before")
    @State public static class CloseSeen {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Closes.
        @Actor public void closer() {
            before = Letter.written();
            channel.close();
        }

        /// Receives.
        @Actor public void receiver(I_Result r) {
            r.r1 = channel.tryReceive() instanceof Closed ? before.read() : NOTHING;
        }
    }

    /// The cause of a poison, to a receiver and to what it did before.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "cause and what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "poisoned, but not by what was written")
    @State public static class CauseSeenByReceiver {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Poisons.
        @Actor public void poisoner() {
            before = Letter.written();
            channel.poison(Letter.Failure.written());
        }

        /// Receives.
        @Actor public void receiver(II_Result r) {
            act(() -> {
                try {
                    channel.receive();
                } catch (ChannelPoisoned end) {
                    r.r1 = ((Letter.Failure) end.getCause()).read();
                    r.r2 = before.read();
                }
            });
        }
    }

    /// The cause of a poison, to a sender that may wait.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "cause and what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "poisoned, but not by what was written")
    @State public static class CauseSeenBySender {
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Poisons.
        @Actor public void poisoner() {
            before = Letter.written();
            channel.poison(Letter.Failure.written());
        }

        /// Sends.
        @Actor public void sender(II_Result r) {
            act(() -> {
                try {
                    channel.send(before);
                } catch (ChannelPoisoned end) {
                    r.r1 = ((Letter.Failure) end.getCause()).read();
                    r.r2 = before.read();
                }
            });
        }
    }

    /// The cause of a poison, to a choice that may wait.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "cause and what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "poisoned, but not by what was written")
    @State public static class CauseSeenByChoice {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Poisons.
        @Actor public void poisoner() {
            before = Letter.written();
            channel.poison(Letter.Failure.written());
        }

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                try {
                    Alt.of(other.on(_ -> {}), channel.on(_ -> {})).select();
                } catch (ChannelPoisoned end) {
                    r.r1 = ((Letter.Failure) end.getCause()).read();
                    r.r2 = before.read();
                }
            });
        }
    }

    /// Close to a choice that has nothing left: `Input.exhausted` (volatile), and `Alt.thread` and `waiting` (volatile) for the one who wakes it.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the end, but not what was done before")
    @State public static class CloseSeenByChoice {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Closes both.
        @Actor public void closer() {
            before = Letter.written();
            channel.close();
            other.close();
        }

        /// Chooses.
        @Actor public void chooser(I_Result r) {
            act(() -> {
                try {
                    Alt.of(other.on(_ -> {}), channel.on(_ -> {})).select();
                } catch (ChannelClosed end) {
                    r.r1 = before.read();
                }
            });
        }
    }

    /// `CountedSender.retired` (volatile): who is refused sees what was done before the end was closed.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not closed yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "refused, but not what was done before")
    @State public static class SenderRetired {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Sender<Letter> end = channel.sender();
        private Letter before = new Letter();

        /// Closes the end.
        @Actor public void closer() {
            before = Letter.written();
            end.close();
        }

        /// Uses it.
        @Actor public void sender(I_Result r) {
            try {
                end.trySend(before);
                r.r1 = NOTHING;
            } catch (ChannelClosed refused) {
                r.r1 = before.read();
            }
        }
    }

    /// `CountedReceiver.retired` (volatile), and what the senders are told.
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not retired yet")
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "refused, but not what was done before")
    @State public static class ReceiverRetired {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final ReceiverEnd<Letter> end = channel.receiver();
        private Letter before = new Letter();

        /// Retires the end.
        @Actor public void retirer() {
            before = Letter.written();
            end.retire();
        }

        /// Uses it.
        @Actor public void receiver(I_Result r) {
            try {
                end.tryReceive();
                r.r1 = NOTHING;
            } catch (ChannelException refused) {
                r.r1 = before.read();
            }
        }
    }

    /// `LocalChannel.terms` and `Terms.discard` (volatile), and the discarded element: what the hook is, and what it is given.
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "discarded before there was a hook")
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "hook and element as they were written")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn")
    @State public static class Discarded {
        private final Channel<Letter> channel = Channel.dropping(1);

        /// Fills the buffer.
        public Discarded() {
            channel.trySend(new Letter());
        }

        /// Brings a hook.
        @Actor public void listener(II_Result r) {
            var mine = new Letter[1];
            mine[0] = Letter.written();
            channel.onDiscard(letter -> {
                r.r1 = mine[0].read();
                r.r2 = letter.read();
            });
        }

        /// Sends what is dropped.
        @Actor public void sender() {
            channel.trySend(Letter.written());
        }
    }
}
