package dev.parley.csp.testing;

import dev.parley.loop.waiting.Waiting;
import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The real waiting code under Lincheck 3.7: platform threads, its model checker and its stress, our verifier.
class ChannelLincheckTest {
    private static final int SCENARIOS = Integer.getInteger("parley.lincheck.scenarios", 4);
    private static final int INVOCATIONS = Integer.getInteger("parley.lincheck.invocations", 100);

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.RENDEZVOUS, from = LincheckOps.PLAIN, to = LincheckOps.ENDINGS) public static final class Rendezvous
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.RENDEZVOUS, from = LincheckOps.PLAIN, to = LincheckOps.CHOICE) public static final class RendezvousEnding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.BUFFERED_1, from = LincheckOps.PLAIN, to = LincheckOps.CHOICE) public static final class Buffered
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.UNBOUNDED, from = LincheckOps.PLAIN, to = LincheckOps.CHOICE) public static final class Unbounded
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.SLIDING_2, from = LincheckOps.PLAIN, to = LincheckOps.CHOICE) public static final class Sliding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = Kind.DROPPING_1, from = LincheckOps.PLAIN, to = LincheckOps.CHOICE) public static final class Dropping
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = {Kind.RENDEZVOUS,
            Kind.RENDEZVOUS}, from = LincheckOps.CHOICE, to = 18) public static final class Choice
                    extends
                        LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.Kinds(value = {Kind.RENDEZVOUS,
            Kind.BUFFERED_1}, from = LincheckOps.CHOICE, to = 18) public static final class MixedChoice
                    extends
                        LincheckOps {}

    @ParameterizedTest
    @ValueSource(classes = {Rendezvous.class, RendezvousEnding.class, Buffered.class, Unbounded.class, Sliding.class,
            Dropping.class, Choice.class, MixedChoice.class}) void noOrderOfStepsIsWrong(Class<?> ops) {
        check(new ModelCheckingOptions(), ops);
    }

    @ParameterizedTest
    @ValueSource(classes = {Rendezvous.class, RendezvousEnding.class, Buffered.class, Unbounded.class, Sliding.class,
            Dropping.class, Choice.class, MixedChoice.class}) void nothingIsWrongUnderStress(Class<?> ops) {
        check(new StressOptions(), ops);
    }

    /// A channel that does not wake those who wait.
    @LincheckOps.Kinds(value = Kind.RENDEZVOUS, from = LincheckOps.PLAIN, to = LincheckOps.ENDINGS) public static final class LostWakeUp
            extends
                LincheckOps {
        @Override Waiting waiting() {
            return new SemaphoreWaiting() {
                @Override public void unpark(Thread thread) {}
            };
        }
    }

    /// A channel that drops the newest but is said to drop the oldest.
    @LincheckOps.Kinds(value = Kind.LATEST, from = LincheckOps.PLAIN, to = LincheckOps.ENDINGS) public static final class WrongKind
            extends
                LincheckOps {
        /// As Lincheck wants it.
        public WrongKind() {
            super(Kind.DROPPING_1);
        }
    }

    @Test void aLostWakeUpIsFound() {
        var found = assertThrows(LincheckAssertionError.class,
                () -> check(new ModelCheckingOptions(), LostWakeUp.class));
        assertTrue(found.getMessage().contains("The execution has hung"), found::getMessage);
    }

    @Test void aWrongResultIsFound() {
        var found = assertThrows(LincheckAssertionError.class,
                () -> check(new ModelCheckingOptions(), WrongKind.class));
        assertTrue(found.getMessage().contains("Invalid execution results"), found::getMessage);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(classes = {Rendezvous.class, RendezvousEnding.class, Buffered.class, Unbounded.class, Sliding.class,
            Dropping.class, Choice.class, MixedChoice.class}) void deeper(Class<?> ops) {
        check(new ModelCheckingOptions(), ops, 30, 500);
    }

    private static <O extends Options<O, ?>> void check(O options, Class<?> ops) {
        check(options, ops, SCENARIOS, INVOCATIONS);
    }

    private static <O extends Options<O, ?>> void check(O options, Class<?> ops, int scenarios, int invocations) {
        options.iterations(scenarios).invocationsPerIteration(invocations).threads(3).actorsPerThread(2).actorsBefore(0)
                .actorsAfter(0)
                .minimizeFailedScenario(false).executionGenerator(LincheckScenarios.class)
                .verifier(LincheckVerifier.class)
                .addCustomScenario(LincheckScenarios.scenario(ops == Choice.class || ops == MixedChoice.class
                        ? List.of(List.of(9), List.of(13))
                        : List.of(List.of(0), List.of(3))))
                .check(ops);
    }
}
