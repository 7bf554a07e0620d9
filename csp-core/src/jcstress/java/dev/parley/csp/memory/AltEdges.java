package dev.parley.csp.memory;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import static dev.parley.csp.memory.Acting.act;

/// `Alt.finish`: finished (release) to `Alt.await` (acquire): a choice that waited sees what its partner did before, in both directions; `Alt.waitAs` and
/// `settle`: ticket (release) to `Alt.take` (compare-and-exchange): who claims a choice sees it as its owner left it; `Alt.inUse`: one owner after the other.
public final class AltEdges {
    private AltEdges() {}

    /// A choice between two inputs.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "chosen, but not seen")
    @State public static class Receives {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Sends.
        @Actor public void sender(II_Result r) {
            act(() -> {
                channel.send(Letter.written());
                r.r1 = before.read();
            });
        }

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                before = Letter.written();
                Alt.of(other.on(_ -> {}), channel.on(letter -> r.r2 = letter.read())).select();
            });
        }
    }

    /// A choice between two outputs.
    @JCStressTest
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "each sees what the other did before")
    @Outcome(expect = Expect.FORBIDDEN, desc = "chosen, but not seen")
    @State public static class Sends {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter before = new Letter();

        /// Chooses.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                var letter = Letter.written();
                Alt.of(other.offering(letter), channel.offering(letter)).select();
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

    /// Two choices that meet, each ready for either direction.
    @JCStressTest
    @Outcome(id = "4, 4, 1, 0", expect = Expect.ACCEPTABLE, desc = "on the second channel")
    @Outcome(id = "4, 4, 0, 1", expect = Expect.ACCEPTABLE, desc = "on the first channel")
    @Outcome(expect = Expect.FORBIDDEN, desc = "chosen differently, or not seen")
    @State public static class Meet {
        private final Channel<Letter> first = Channel.rendezvous();
        private final Channel<Letter> second = Channel.rendezvous();
        private Letter beforeOne = new Letter();
        private Letter beforeOther = new Letter();

        /// Sends on the first or receives on the second.
        @Actor public void one(IIII_Result r) {
            act(() -> {
                beforeOne = Letter.written();
                r.r3 = Alt.of(first.offering(beforeOne), second.on(letter -> {})).priSelect();
                r.r1 = beforeOther.read();
            });
        }

        /// Sends on the second or receives on the first.
        @Actor public void other(IIII_Result r) {
            act(() -> {
                beforeOther = Letter.written();
                r.r4 = Alt.of(second.offering(beforeOther), first.on(letter -> {})).priSelect();
                r.r2 = beforeOne.read();
            });
        }
    }

    /// An element that is made when chosen, perhaps by the receiver's thread: the maker sees what its owner did before, the owner what the maker did.
    @JCStressTest
    @Outcome(id = "4, 4, 4, 4", expect = Expect.ACCEPTABLE, desc = "all is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "made, but not seen")
    @State public static class Made {
        private final Channel<Letter> channel = Channel.rendezvous();
        private final Channel<Letter> other = Channel.rendezvous();
        private Letter beforeChoice = new Letter();
        private Letter beforeReceive = new Letter();
        private Letter whileMaking = new Letter();

        /// Chooses.
        @Actor public void chooser(IIII_Result r) {
            act(() -> {
                beforeChoice = Letter.written();
                Alt.of(other.on(_ -> {}), channel.offering(() -> {
                    r.r1 = beforeChoice.read();
                    whileMaking = Letter.written();
                    return Letter.written();
                })).select();
                r.r2 = whileMaking.read();
                r.r3 = beforeReceive.read();
            });
        }

        /// Receives.
        @Actor public void receiver(IIII_Result r) {
            act(() -> {
                beforeReceive = Letter.written();
                r.r4 = channel.receive().read();
            });
        }
    }

    /// An Alt that is used again: claims of its second choice see the second, not the first.
    @JCStressTest
    @Outcome(id = "8, 8", expect = Expect.ACCEPTABLE, desc = "each choice got its own word")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a word or an element of an earlier choice")
    @State public static class Reused {
        private final Channel<Letter> in = Channel.rendezvous();
        private final Channel<Letter> out = Channel.rendezvous();

        /// Chooses four times.
        @Actor public void chooser(II_Result r) {
            act(() -> {
                var asks = new boolean[]{true};
                var alt = Alt.of(in.on(letter -> {
                    r.r1 += letter.read();
                    asks[0] = false;
                }).when(() -> asks[0]), out.offering(Letter::written, () -> asks[0] = true).when(() -> !asks[0]));
                for (int i = 0; i < 4; i++) alt.select();
            });
        }

        /// Sends and receives in turn.
        @Actor public void partner(II_Result r) {
            act(() -> {
                for (int i = 0; i < 2; i++) {
                    in.send(Letter.written());
                    r.r2 += out.receive().read();
                }
            });
        }
    }

    /// Two owners one after the other: the second goes on in the rotation where the first was.
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "in turn")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "in turn")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the second did not see what the first chose")
    @State public static class InUse {
        private final Channel<Letter> first = Channel.buffered(2);
        private final Channel<Letter> second = Channel.buffered(2);
        private final Alt alt = Alt.of(first.on(_ -> {}), second.on(_ -> {}));

        /// Makes both ready, twice.
        public InUse() {
            for (int i = 0; i < 2; i++) {
                first.trySend(new Letter());
                second.trySend(new Letter());
            }
        }

        private int choose() throws Exception {
            while (true) {
                try {
                    return alt.select();
                } catch (IllegalStateException inUse) {
                    Thread.onSpinWait();
                }
            }
        }

        /// Chooses.
        @Actor public void one(II_Result r) {
            act(() -> {
                r.r1 = choose();
            });
        }

        /// Chooses.
        @Actor public void other(II_Result r) {
            act(() -> {
                r.r2 = choose();
            });
        }
    }
}
