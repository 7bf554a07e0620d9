package dev.parley.csp.memory;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Event;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import static dev.parley.csp.memory.Acting.act;

/// `Alt.waitAs`: ticket (release) to `Alt.take` by an event's offer; `Alt.startOver` (volatile); `Awaited.disabled` (volatile); `StageEvent.done` (volatile).
public final class EventEdges {
    private EventEdges() {}

    /// An event that hands its offer on by opaque accesses, which order nothing: what a claimer sees, it sees through the ticket.
    private static final class Mailbox implements Event<Letter> {
        private static final VarHandle OFFER;

        static {
            try {
                OFFER = MethodHandles.lookup().findVarHandle(Mailbox.class, "offer", Offer.class);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        private Offer<Letter> offer;

        @Override public Letter poll() {
            return null;
        }

        @Override public void register(Offer<Letter> offer) {
            OFFER.setOpaque(this, offer);
        }

        @Override public void withdraw(Offer<Letter> offer) {
            OFFER.setOpaque(this, null);
        }

        /// The offer, once there is one.
        @SuppressWarnings("unchecked") Offer<Letter> found() {
            while (true) {
                var found = (Offer<Letter>) OFFER.getOpaque(this);
                if (found != null) return found;
                Thread.onSpinWait();
            }
        }

        /// The offer, claimed.
        @SuppressWarnings("unchecked") Offer<Letter> claimed() {
            while (true) {
                var found = (Offer<Letter>) OFFER.getOpaque(this);
                if (found != null && found.claim()) return found;
                Thread.onSpinWait();
            }
        }
    }

    /// An event claims a choice that it has found without order.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "claimed, but not seen")
    @State public static class Claimed {
        private final Mailbox event = new Mailbox();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                before = Letter.written();
                Alt.of(other.on(_ -> {}), Alt.on(event, letter -> r.r1 = letter.read())).select();
            });
        }

        /// Claims.
        @Actor public void claimer(II_Result r) {
            var offer = event.claimed();
            r.r2 = before.read();
            offer.complete(Letter.written());
        }
    }

    /// A reservation that is released, and a sender that may have passed by meanwhile.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "the choice looked again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "chosen, but not seen")
    @State public static class Released {
        private final Mailbox event = new Mailbox();
        private final Channel<Letter> channel = Channel.rendezvous();
        private Letter before = new Letter();

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                before = Letter.written();
                Alt.of(channel.on(letter -> r.r1 = letter.read()), Alt.on(event, _ -> {})).select();
            });
        }

        /// Reserves, offers to the reserved choice, and releases it.
        @Actor public void claimer(II_Result r) {
            var offer = event.claimed();
            var sent = channel.sendAsync(Letter.written());
            offer.release();
            sent.join();
            r.r2 = before.read();
        }
    }

    /// The one guard of a choice is taken out of it: `disabled` (volatile), then `thread`; the choice writes `thread` (volatile), then reads `disabled`.
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "out of the choice, but not what was done before")
    @State public static class Disabled {
        private final Mailbox event = new Mailbox();
        private Letter before = new Letter();

        /// Chooses.
        @Actor public void chooser(I_Result r) {
            act(() -> {
                try {
                    Alt.of(Alt.on(event, _ -> {})).select();
                } catch (ChannelClosed noneLeft) {
                    r.r1 = before.read();
                }
            });
        }

        /// Takes the guard out.
        @Actor public void event() {
            var offer = event.found();
            before = Letter.written();
            offer.disable(null);
        }
    }

    /// The completion of a stage.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "value and what was done before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "completed, but not seen")
    @State public static class StageCompleted {
        private final CompletableFuture<Letter> stage = new CompletableFuture<>();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Completes.
        @Actor public void completer() {
            before = Letter.written();
            stage.complete(Letter.written());
        }

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                Alt.of(other.on(_ -> {}), Alt.on(stage, letter -> r.r1 = letter.read())).select();
                r.r2 = before.read();
            });
        }
    }
}
