package dev.parley.loop.testing;

import dev.parley.loop.waiting.Preemption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulatedTestExtensionTest {
    private static final Set<Long> SEEDS = new HashSet<>();
    private static int branches;

    @SimulatedTest(seeds = 100, firstSeed = 7) void methodRunsOncePerSeedOnAVirtualThread(Simulation sim) {
        assertTrue(Thread.currentThread().isVirtual());
        SEEDS.add(sim.seed());
    }

    @SimulatedTest(seeds = 1_000, exhaustive = true) void methodRunsOncePerBranch(Simulation sim, TestInfo info) {
        assertEquals("methodRunsOncePerBranch(Simulation, TestInfo)", info.getDisplayName());
        sim.random(5);
        branches++;
    }

    @AfterAll static void eachRan() {
        assertEquals(100, SEEDS.size());
        assertTrue(SEEDS.contains(7L) && SEEDS.contains(106L));
        assertEquals(5, branches);
    }

    /// Run by the test below only.
    static final class Failing {
        @SimulatedTest(seeds = 1_000) void losesAnUpdate(Simulation sim) {
            var count = new int[1];
            for (var name : List.of("a", "b"))
                sim.spawn(name, () -> {
                    int before = count[0];
                    Preemption.point();
                    count[0] = before + 1;
                });
            sim.run();
            assertEquals(2, count[0]);
        }
    }

    @Test void failureOfAScheduleFailsTheTestAndNamesIt() {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(Failing.class)).build();
        var failures = new ArrayList<Throwable>();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
            }
        });
        assertEquals(1, failures.size());
        var failure = assertInstanceOf(SimulationFailure.class, failures.getFirst());
        assertTrue(failure.getMessage().contains("mvn test -Dtest=Failing#losesAnUpdate -Dparley.seed="),
                failure::getMessage);
    }
}
