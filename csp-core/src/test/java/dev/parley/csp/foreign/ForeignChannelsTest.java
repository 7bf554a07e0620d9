package dev.parley.csp.foreign;

import dev.parley.csp.testing.ChannelProvider;
import dev.parley.csp.testing.ChannelSuite;
import dev.parley.csp.testing.Coverage;
import dev.parley.loop.testing.Preemptible;
import dev.parley.loop.testing.Simulation;
import dev.parley.loop.testing.SimulationFailure;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The published suite applied to channels that know nothing of it: queues of the JDK, and Jox. What it reports is explained in PROOF.md.
class ForeignChannelsTest {
    private static final Preemptible FOREIGN = Preemptible.of("com.softwaremill.jox.",
            "java.util.concurrent.LinkedTransferQueue", "java.util.concurrent.SynchronousQueue",
            // of these there are stand-ins
            "java.util.concurrent.ForkJoinWorkerThread", "java.util.concurrent.ThreadLocalRandom");

    private static ChannelSuite suite(Class<? extends ChannelProvider> type) {
        return ChannelSuite.of(FOREIGN.make(ChannelProvider.class, type)).withoutCuttingDown();
    }

    private static Class<? extends ChannelProvider> provider(String name) throws ClassNotFoundException {
        return Class.forName("dev.parley.csp.foreign." + name).asSubclass(ChannelProvider.class);
    }

    /// Each verb that is promised was done on each kind.
    private static void assertComplete(Coverage coverage, ChannelProvider provider) {
        var promised = new HashSet<String>();
        for (var verb : provider.verbs()) for (var kind : provider.kinds()) promised.add(verb + " on " + kind);
        promised.retainAll(coverage.gaps());
        assertEquals(Set.of(), promised);
    }

    private static void explains(String name, int scenarios, int schedules) throws ReflectiveOperationException {
        var type = provider(name);
        assertComplete(suite(type).explore(scenarios, schedules), type.getConstructor().newInstance());
    }

    @ParameterizedTest
    @ValueSource(strings = {"QueueChannels$TransferWaiting", "QueueChannels$SynchronousWaiting",
            "JoxChannels$Waiting"}) void isExplained(String provider) throws Exception {
        explains(provider, 60, 10);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"QueueChannels$TransferWaiting", "QueueChannels$SynchronousWaiting",
            "JoxChannels$Waiting"}) void isExplainedInManySchedules(String provider) throws Exception {
        explains(provider, 1000, 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JoxChannels$Closing", "JoxChannels$Failing", "JoxChannels$Patient",
            "JoxChannels$TryingToSend",
            "JoxChannels$Trying", "JoxChannels$Ending", "JoxChannels$Choosing", "JoxChannels$ChoosingInputs",
            "JoxChannels$ChoosingRendezvous", "JoxChannels$Prioritized", "QueueChannels$Transfer",
            "QueueChannels$Synchronous", "QueueChannels$LooksBeforeItSends"}) void isReported(
                    String provider) throws Exception {
        var suite = suite(provider(provider));
        var found = assertThrows(AssertionError.class, () -> suite.explore(1000, 20));
        assertTrue(found.getMessage().contains("no order explains this"), found::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"JoxPrograms$NothingIsSentOnceItIsSaidToBeClosed, 'sent, though it was closed'",
            "JoxPrograms$NothingIsReceivedOnceItIsSaidToHaveFailed, 'received, though it had failed'",
            "JoxPrograms$WhoIsInterruptedReceivesNothing, 'sent, and received'",
            "JoxPrograms$WhereThereIsRoomATrySends, 'expected: not equal but was: <nothing>'",
            "QueuePrograms$APollFindsWhatIsThere, 'the queue was never empty'",
            "QueuePrograms$ATransferFindsWhoWaits, 'somebody waited all the time'"}) void isNotKept(String promise,
                    String but)
                    throws ReflectiveOperationException {
        var type = Class.forName("dev.parley.csp.foreign." + promise).asSubclass(Simulation.Body.class);
        var program = FOREIGN.make(Simulation.Body.class, type);
        var found = assertThrows(SimulationFailure.class, () -> Simulation.explore(2_000, program));
        assertTrue(found.getMessage().contains(but), found::getMessage);
    }

    /// Where threads change only where they wait, these find nothing: so it is the weaving that finds it.
    @Test void withoutTheWeavingNothingIsFound() {
        Simulation.explore(500, new JoxPrograms.NothingIsSentOnceItIsSaidToBeClosed());
        Simulation.explore(500, new JoxPrograms.WhereThereIsRoomATrySends());
        ChannelSuite.of(new QueueChannels.LooksBeforeItSends()).explore(20, 5);
    }

    @Test void theSameNumbersDoTheSame() throws Exception {
        var type = provider("QueueChannels$Transfer");
        assertEquals(suite(type).explore(10, 4), suite(type).explore(10, 4));
    }
}
