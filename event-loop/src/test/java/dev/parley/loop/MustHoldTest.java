package dev.parley.loop;

import dev.parley.loop.EventLoop.EngineChoice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The numbers that the module promises, measured in JVMs of their own. Run with the profile `slow`, on a quiet machine.
@Tag("slow")
@Timeout(120) class MustHoldTest {
    private static double measure(String what, EngineChoice engine, String... options) throws Exception {
        var all = new ArrayList<>(List.of(options));
        all.add(FreshJvm.OPEN);
        all.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
        var result = FreshJvm
                .resultOf(FreshJvm.start(MustHold.class, List.of(what, engine.name()), all.toArray(String[]::new)));
        System.out.println(what + " on " + engine + ": " + result.output().strip().replace("\n", "; "));
        assertEquals(0, result.exit(), result.output());
        return result.output().lines().filter(line -> line.startsWith("result "))
                .mapToDouble(line -> Double.parseDouble(line.substring(7)))
                .findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(names = {"CARRIER", "BATON"}) void aShieldedChildThatIgnoresCancellationForASecondCostsUnder20MsOfCpu(
            EngineChoice engine) throws Exception {
        double spent = measure("shield", engine);
        assertTrue(spent >= 0 && spent < 20);
    }

    @ParameterizedTest
    @EnumSource(names = {"CARRIER", "BATON"}) void tenMillionTimersSetAndCancelledLeaveNothing(EngineChoice engine)
            throws Exception {
        assertTrue(measure("timers", engine, "-Xmx64m") < 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"CARRIER", "BATON"}) void aMillionSleepingTasksTakeUnder800Mb(EngineChoice engine)
            throws Exception {
        assertTrue(measure("sleepers", engine, "-Xmx2g") < 800);
    }

    @Test void aYieldCostsAtMost1point6BareSwitches() throws Exception {
        assertTrue(measure("yield", EngineChoice.CARRIER) <= 1.6);
    }

    @Test void spawnAndJoinOnTheCarrierCostAtMost60PercentOfTheJdk() throws Exception {
        assertTrue(measure("spawn", EngineChoice.CARRIER) <= 0.6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "switch", "giveWay", "sleep", "execute",
            "cancel"}) void onTheBatonNothingCostsMoreThan1point3TimesTheJdk(String operation) throws Exception {
        assertTrue(measure(operation, EngineChoice.BATON) <= 1.3);
    }

    @Test void aCallFromOutsideOnTheBatonCostsAtMost1point3TimesThatOnTheJdk() throws Exception {
        double ours = measure("call", EngineChoice.BATON);
        assertTrue(ours <= 1.3 * measure("call", EngineChoice.BATON, "-Dcarriers=2"));
    }

    /// With as many carriers as the loop has.
    @Test void aGiveWayOnTheBatonCostsAtMost1point3TimesThatOnOneCarrierOfTheJdk() throws Exception {
        assertTrue(measure("giveWay", EngineChoice.BATON, "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1") <= 1.3);
    }
}
