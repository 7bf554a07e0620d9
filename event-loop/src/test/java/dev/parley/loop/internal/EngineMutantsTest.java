package dev.parley.loop.internal;

import dev.parley.loop.FreshJvm;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// The proof of the proof: each cure of a trap is taken out of a copy of the sources, and the test that is named for it must
/// fail then (that it passes otherwise is seen where it runs by itself). Every one runs in a JVM of its own, since an engine that has lost a thread does not give it back.
@Tag("slow")
@Timeout(400) class EngineMutantsTest {
    private static final String DROPPED = "";
    private static final String REST = "dev.parley.loop.internal.RestStressTest#nothingIsLostForLonger";
    private static final String REST_ALARMED = "dev.parley.loop.internal.LostWakeUpStressTest#oneByOneWhileAnAlarmIsSetForLonger";
    private static final String CONTRACT = "dev.parley.loop.internal.EngineContractTest#";
    private static final String TRAPS = "dev.parley.loop.CarrierTrapsTest#";
    private static final String GROUP = "dev.parley.loop.internal.GroupEngineTest#";
    private static final String POLLER = "dev.parley.loop.internal.HostedPollerTest#";
    private static final String SPARES = "dev.parley.loop.internal.SpareCarriersTest#";

    /// One cure taken out: in class `file`, `right` is replaced by `wrong`; `killer` is the test that must notice.
    private record Mutant(String mistake, String file, String right, String wrong, String killer) {
        @Override public String toString() { return mistake; }
    }

    static final List<Mutant> MUTANTS = List.of(
            new Mutant("a call does not order the work before its look at the state", "internal/Rest",
                    "VarHandle.fullFence(); // I2 int seen = state;", "int seen = (int) STATE.get(this);", REST),
            new Mutant("lying down does not order the state before the last look", "internal/Rest",
                    "STATE.setRelease(this, how); VarHandle.fullFence(); // I2", "STATE.setRelease(this, how);", REST),
            new Mutant("the last look before resting is left out", "internal/Rest",
                    "if (!work.getAsBoolean()) return Outcome.RESTS;", "if (how >= 0) return Outcome.RESTS;", REST),
            new Mutant("the last look comes before the state is told", "internal/Rest",
                    "STATE.setRelease(this, how); VarHandle.fullFence(); // I2 if (!work.getAsBoolean()) return Outcome.RESTS;",
                    "if (!work.getAsBoolean()) { STATE.setRelease(this, how); return Outcome.RESTS; } STATE.setRelease(this, how);",
                    REST),
            new Mutant("an owner does not see that it was called", "internal/Rest",
                    "return STATE.compareAndSet(this, how, AWAKE) ? Outcome.WORKS : Outcome.CALLED;",
                    "state = AWAKE; return Outcome.WORKS;", REST),
            new Mutant("a caller does not see that the owner went on", "internal/Rest",
                    "seen != AWAKE && STATE.compareAndSet(this, seen, AWAKE) ? seen : AWAKE;",
                    "seen != AWAKE ? (int) STATE.getAndSet(this, AWAKE) | seen : AWAKE;", REST),
            new Mutant("a carrier does not look into its inbox before it rests", "internal/CarrierEngine",
                    "() -> inbox.relaxedPeek() != null || (retired && !end && !kept)",
                    "() -> retired && !end && !kept",
                    REST_ALARMED),
            new Mutant("the holder of the baton does not see that the alarm is gone", "internal/BatonEngine",
                    "() -> inbox != null || (alarmed && alarm == NO_ALARM)", "() -> inbox != null",
                    "dev.parley.loop.internal.LostWakeUpStressTest#timedWaitsEndForLonger"),
            new Mutant("the holder of the baton does not look into its inbox before it lays it down",
                    "internal/BatonEngine",
                    "() -> inbox != null || (alarmed && alarm == NO_ALARM)", "() -> alarmed && alarm == NO_ALARM",
                    REST_ALARMED),
            new Mutant("what comes for a closed loop is not run", "internal/CarrierEngine",
                    "case Rest.ENDED -> startCarrier();", "case Rest.ENDED -> { if (!retired) startCarrier(); }",
                    CONTRACT + "threadsLeftBehindRunOnAfterTheEnd"),
            new Mutant("a woken partner always goes first on a carrier", "internal/CarrierEngine",
                    "next == null && streak < STREAK &&", "next == null &&", CONTRACT + "aBusyPairStarvesNobody"),
            new Mutant("a busy carrier does not look outside", "internal/CarrierEngine",
                    "if ((turn & TICK - 1) == 0) lookOutside();", DROPPED, CONTRACT + "aBusyEngineLooksOutside"),
            new Mutant("who has watched for its turn in vain does not see that it has come just now",
                    "internal/BatonEngine",
                    "STATE.compareAndSet(this, WATCHING, READY);", "STATE.setVolatile(this, READY);",
                    "dev.parley.loop.internal.LostWakeUpStressTest#turnsComeAtAnyMomentForLonger"),
            new Mutant("who gives way on the baton does not see whom other threads have started",
                    "internal/BatonEngine",
                    "if (ready.isEmpty()) emptyInbox();", DROPPED,
                    CONTRACT + "givingWayLetsRunWhatOtherThreadsHaveStarted"),
            new Mutant("a busy holder of the baton does not look outside", "internal/BatonEngine",
                    "if (ready.isEmpty() || (turn & TICK - 1) == 0) {", "if (ready.isEmpty()) {",
                    CONTRACT + "aBusyEngineLooksOutside"),
            new Mutant("the socket pollers are left to the first loop", "internal/JdkInternals",
                    "if (pollersStarted) return;", "if (pollersStarted || MISSING == null) return;",
                    TRAPS + "aLoopThatDoesTheFirstSocketIoDoesNotOwnIt"),
            new Mutant("a busy carrier gives its poller no turn", "internal/CarrierEngine",
                    "if ((turn & Poller.SLICES - 1) == 0) giveTurnToPoller();", DROPPED,
                    POLLER + "aBusyCarrierGivesItsPollerTurns"),
            new Mutant("an idle carrier parks beside its poller", "internal/CarrierEngine",
                    "if (!ready.isEmpty() || giveTurnToPoller()) return true;", "if (!ready.isEmpty()) return true;",
                    POLLER + "anIdleCarrierRestsInItsPollerAndIsWokenThere"),
            new Mutant("who brings work to a carrier that rests in its poller wakes the carrier",
                    "internal/CarrierEngine",
                    "resting = poller::wakeUp;", DROPPED, POLLER + "anIdleCarrierRestsInItsPollerAndIsWokenThere"),
            new Mutant("a carrier does not look into its inbox before it rests in its poller", "internal/CarrierEngine",
                    "switch (rest.lieDown(Rest.ASLEEP, () -> inbox.relaxedPeek() != null)) {",
                    "switch (rest.lieDown(Rest.ASLEEP, () -> false)) {", REST_ALARMED),
            new Mutant("a carrier that rests in its poller forgets its timers", "internal/CarrierEngine",
                    "timers.isEmpty() ? Poller.FOREVER : Math.max(0, timers.earliest() - System.nanoTime())",
                    "Poller.FOREVER", CONTRACT + "timedParkEndsByItsDeadline"),
            new Mutant("a timed wait that is woken leaves its timer", "internal/CarrierEngine",
                    "return ((Carrier) JdkInternals.currentCarrier()).engine.timers.remove(this);", "return true;",
                    TRAPS + "aTimedWaitThatIsWokenEarlyLeavesNoTimer"),
            new Mutant("a closed group rejects", "internal/GroupEngine", "shared.add(continuation); signal();",
                    "if (retired) return; shared.add(continuation); signal();",
                    CONTRACT + "threadsLeftBehindRunOnAfterTheEnd"),
            new Mutant("the monitor leaves alone what waits behind a long slice", "internal/GroupWorker",
                    "if (waiting != null) engine.share(waiting);",
                    "if (waiting != null) NEXT.setRelease(this, waiting);",
                    GROUP + "whatWaitsBehindALongSliceIsRelieved"),
            new Mutant("the timers of a busy carrier are left alone", "internal/GroupWorker",
                    "boolean relieve() { fireDue();", "boolean relieve() {", GROUP + "timersOfABusyCarrierFire"),
            new Mutant("no spare comes for a blocked carrier", "internal/GroupEngine",
                    "wanted = Math.min(blocked, MOST_SPARES);", "wanted = 0;",
                    SPARES + "othersRunWhileThreadsBlockInNativeCode"),
            new Mutant("a spare keeps the timers of what it runs, and leaves", "internal/GroupWorker",
                    "return keeper == null ? this : keeper;", "return this;",
                    SPARES + "aSleeperOutlivesItsSpare"),
            // the lock that uses up the call is seldom contended just then; a park stands for it here
            new Mutant("a worker that was called parks, since a lock has used up the call", "internal/GroupWorker",
                    "if (engine.isParked(this)) {", "LockSupport.parkNanos(20_000); {",
                    "dev.parley.loop.internal.LostWakeUpStressTest#timedWaitsThatAreEndedEarlyEnd"),
            new Mutant("a woken partner always goes first in a group", "internal/GroupWorker",
                    "woken && nextIsFree && streak < STREAK && kept > 0", "woken && nextIsFree && kept > 0",
                    CONTRACT + "aBusyPairStarvesNobody"),
            new Mutant("a busy carrier of a group does not look at what is shared", "internal/GroupWorker",
                    "Runnable foreign = engine.pollShared();", "Runnable foreign = null;",
                    GROUP + "foreignWorkWaitsForAFewSlicesOnly"),
            new Mutant("timed waits of the JDK's code are left to the pool underneath",
                    "internal/VirtualThreadScheduler",
                    "return timers.schedule(command, unit.toNanos(delay));",
                    "return super.schedule(command, delay, unit);",
                    TRAPS + "jdkSleepsAndTimedWaitsJustWork"),
            new Mutant("a stall is told without the stack of who stalls", "Watchdog",
                    "running == null ? List.of() : List.of(running.getStackTrace())", "List.of()",
                    "dev.parley.loop.EyesTest#theWatchdogNamesTheCulprit"),
            new Mutant("a stall of a poller is told without its stack", "internal/CarrierEngine",
                    "return thread != null && runs(thread) ? thread : null;", "return null;",
                    POLLER + "oneThatStallsItsCarrierIsToldWithItsStack"),
            new Mutant("what is missing in the JVM is not named", "EngineSelection", "why = missing;",
                    "why = missing == null ? null : \"it is so\";",
                    TRAPS + "withoutTheFlagTheBatonEngineRunsAndTheFlagIsNamedOnce"));

    /// Runs the tests it is given and ends with 1 if one fails.
    public static final class Tests {
        private Tests() {}

        public static void main(String[] selectors) {
            var request = LauncherDiscoveryRequestBuilder.request();
            for (String each : selectors) request.selectors(DiscoverySelectors.selectMethod(each));
            var summary = run(request.build()).getSummary();
            summary.printFailuresTo(new PrintWriter(System.out, true), 3);
            System.out.println(summary.getTestsSucceededCount() + " succeeded");
            Runtime.getRuntime().halt(summary.getTotalFailureCount() > 0 ? 1 : 0); // threads may be lost
        }

        private static SummaryGeneratingListener run(LauncherDiscoveryRequest request) {
            var listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, listener);
            return listener;
        }
    }

    @ParameterizedTest
    @FieldSource("MUTANTS") void isFound(Mutant mutant, @TempDir Path classes) throws Exception {
        compile(mutant, classes);
        assertTrue(fails(mutant.killer, classes), () -> "not found by " + mutant.killer + ": " + mutant);
    }

    private static boolean fails(String test, Path classes) throws IOException, InterruptedException {
        var output = classes.resolve("output.txt");
        var process = FreshJvm.command(Tests.class, List.of(test), "-Ddev.parley.preemption=true", FreshJvm.OPEN, "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path")).redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly().waitFor();
        String said = Files.readString(output);
        // the tests have limits of their own, so one that does not end is no find but a defect of the test
        assertTrue(ended && (process.exitValue() == 1 || !said.contains("0 succeeded")), said);
        return process.exitValue() == 1;
    }

    private static void compile(Mutant mutant, Path to) throws IOException {
        var file = Path.of("src/main/java/dev/parley/loop", mutant.file + ".java");
        // white space counts alike, so that the formatter is free
        var place = Pattern.compile(Arrays.stream(mutant.right.strip().split("\\s+")).map(Pattern::quote)
                .collect(Collectors.joining("\\s+"))).matcher(Files.readString(file));
        if (place.results().count() != 1)
            throw new AssertionError("mutant \"" + mutant + "\" is out of date: this must stand in " + mutant.file
                    + " exactly once:\n" + mutant.right);
        var changed = Files.createDirectories(to.resolve("source")).resolve(file.getFileName());
        Files.writeString(changed, place.reset().replaceFirst(Matcher.quoteReplacement(mutant.wrong)));
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-nowarn",
                    "-Xlint:none", "-d", to.toString());
            if (!compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(changed)).call())
                throw new AssertionError("mutant \"" + mutant + "\" does not compile:\n" + messages);
        }
    }
}
