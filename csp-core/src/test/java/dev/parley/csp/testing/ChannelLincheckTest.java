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
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The real waiting code under Lincheck 3.7: platform threads, its model checker and its stress, our verifier.
public class ChannelLincheckTest {
    private static final int SCENARIOS = Integer.getInteger("parley.lincheck.scenarios", 2);
    private static final int INVOCATIONS = Integer.getInteger("parley.lincheck.invocations", 50);

    /// See [LincheckOps].
    @LincheckOps.On("rendezvous") public static final class Rendezvous extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "rendezvous", to = LincheckOps.CHOICE) public static final class RendezvousEnding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("buffered-1") public static final class Buffered1 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "buffered-1", to = LincheckOps.CHOICE) public static final class Buffered1Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("buffered-2") public static final class Buffered2 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "buffered-2", to = LincheckOps.CHOICE) public static final class Buffered2Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("unbounded") public static final class Unbounded extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "unbounded", to = LincheckOps.CHOICE) public static final class UnboundedEnding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("sliding-2") public static final class Sliding2 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "sliding-2", to = LincheckOps.CHOICE) public static final class Sliding2Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("latest") public static final class Latest extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "latest", to = LincheckOps.CHOICE) public static final class LatestEnding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("dropping-1") public static final class Dropping1 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "dropping-1", to = LincheckOps.CHOICE) public static final class Dropping1Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("stack-2") public static final class Stack2 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "stack-2", to = LincheckOps.CHOICE) public static final class Stack2Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("batch-2") public static final class Batch2 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "batch-2", to = LincheckOps.CHOICE) public static final class Batch2Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("promise") public static final class Promise extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "promise", to = LincheckOps.CHOICE) public static final class PromiseEnding
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("rendezvous-immune-1") public static final class RendezvousImmune1 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "rendezvous-immune-1", to = LincheckOps.CHOICE) public static final class RendezvousImmune1Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On("buffered-1-immune-1") public static final class Buffered1Immune1 extends LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = "buffered-1-immune-1", to = LincheckOps.CHOICE) public static final class Buffered1Immune1Ending
            extends
                LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = {"rendezvous",
            "rendezvous"}, from = LincheckOps.CHOICE, to = LincheckOps.END) public static final class Choice
                    extends
                        LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = {"rendezvous",
            "buffered-1"}, from = LincheckOps.CHOICE, to = LincheckOps.END) public static final class MixedChoice
                    extends
                        LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = {"buffered-1",
            "buffered-1"}, from = LincheckOps.CHOICE, to = LincheckOps.END) public static final class BufferedChoice
                    extends
                        LincheckOps {}

    /// See [LincheckOps].
    @LincheckOps.On(value = {"promise",
            "rendezvous"}, from = LincheckOps.CHOICE, to = LincheckOps.END) public static final class PromisedChoice
                    extends
                        LincheckOps {}

    static final List<Class<?>> ALL = List.of(Rendezvous.class, RendezvousEnding.class, Buffered1.class,
            Buffered1Ending.class, Buffered2.class, Buffered2Ending.class, Unbounded.class, UnboundedEnding.class,
            Sliding2.class, Sliding2Ending.class, Latest.class, LatestEnding.class, Dropping1.class,
            Dropping1Ending.class, Stack2.class, Stack2Ending.class, Batch2.class, Batch2Ending.class, Promise.class,
            PromiseEnding.class, RendezvousImmune1.class, RendezvousImmune1Ending.class, Buffered1Immune1.class,
            Buffered1Immune1Ending.class, Choice.class, MixedChoice.class, BufferedChoice.class, PromisedChoice.class);

    @ParameterizedTest
    @FieldSource("ALL") void noOrderOfStepsIsWrong(Class<?> ops) {
        check(new ModelCheckingOptions(), ops);
    }

    @ParameterizedTest
    @FieldSource("ALL") void nothingIsWrongUnderStress(Class<?> ops) {
        check(new StressOptions(), ops);
    }

    /// A channel that does not wake those who wait.
    @LincheckOps.On("rendezvous") public static final class LostWakeUp
            extends
                LincheckOps {
        @Override Waiting waiting() {
            return new SemaphoreWaiting() {
                @Override public void unpark(Thread thread) {}
            };
        }
    }

    /// A channel that drops the newest but is said to drop the oldest.
    @LincheckOps.On("latest") public static final class WrongKind
            extends
                LincheckOps {
        /// As Lincheck wants it.
        public WrongKind() {
            super(Kind.dropping(1));
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
    @FieldSource("ALL") void deeper(Class<?> ops) {
        check(new ModelCheckingOptions(), ops, 30, 500);
    }

    /// Whether any operation of these tests goes through the class `file`.
    public static boolean looksAt(String file) {
        return !file.equals("CountedSender") && !file.equals("FutureWaiter");
    }

    /// Looks for mistakes in the class `file`, with the channels that use it; see KillTable.
    public static void hunt(String file) {
        var all = switch (file) {
            case "Alt", "Branch", "InputGuard",
                    "OutputGuard" -> List.of(Choice.class, MixedChoice.class, BufferedChoice.class);
            case "Ring" -> List.of(Buffered1.class, Sliding2.class, Dropping1.class, Buffered2.class);
            case "PromiseChannel" -> List.of(Promise.class, PromiseEnding.class, PromisedChoice.class);
            case "LocalHeld" -> List.of(Rendezvous.class);
            default -> List.of(Rendezvous.class, RendezvousEnding.class, Buffered1.class, Buffered1Ending.class,
                    Buffered2Ending.class, Latest.class, RendezvousImmune1Ending.class, MixedChoice.class);
        };
        for (var ops : all) check(new ModelCheckingOptions(), ops, 2, 40);
    }

    private static <O extends Options<O, ?>> void check(O options, Class<?> ops) {
        check(options, ops, SCENARIOS, INVOCATIONS);
    }

    private static <O extends Options<O, ?>> void check(O options, Class<?> ops, int scenarios, int invocations) {
        options.iterations(scenarios).invocationsPerIteration(invocations).threads(3).actorsPerThread(2).actorsBefore(0)
                .actorsAfter(0)
                .minimizeFailedScenario(false).executionGenerator(LincheckScenarios.class)
                .verifier(LincheckVerifier.class)
                .addCustomScenario(
                        LincheckScenarios.scenario(ops.getAnnotation(LincheckOps.On.class).from() == LincheckOps.CHOICE
                                ? List.of(List.of(16), List.of(20))
                                : List.of(List.of(0), List.of(4))))
                .check(ops);
    }
}
