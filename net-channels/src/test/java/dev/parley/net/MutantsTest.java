package dev.parley.net;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The proof of the proof: each mistake is put into a copy of the sources, and the tests that are named for it must fail then (that they pass otherwise is seen where they run by
/// themselves). Each runs in a JVM of its own. PROOF.md has the table.
class MutantsTest {
    private static final String DROPPED = "";
    private static final Path SOURCES = Path.of("src/main/java/dev/parley/net");

    /// One mistake: in class `file`, `right` is replaced by `wrong`.
    ///
    /// @param killers tests that must notice, as `Class` or `Class.method`
    private record Mutant(String mistake, String file, String right, String wrong, List<String> killers) {
        Mutant(String mistake, String file, String right, String wrong, String... killers) {
            this(mistake, file, right, wrong, List.of(killers));
        }

        /// The file with the mistake. White space counts alike, so that the formatter is free.
        String source() throws IOException {
            var place = Pattern.compile(
                    Arrays.stream(right.strip().split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+")))
                    .matcher(Files.readString(SOURCES.resolve(file + ".java")));
            assertEquals(1, place.results().count(), () -> "mutant \"" + mistake
                    + "\" is out of date: this must stand in " + file + " exactly once:\n" + right);
            return place.reset().replaceFirst(Matcher.quoteReplacement(wrong));
        }

        String row() {
            return "| " + mistake + " | `" + file + "` | "
                    + killers.stream().map(killer -> "`" + killer + "`").collect(Collectors.joining(", ")) + " |";
        }

        @Override public String toString() { return mistake; }
    }

    private static final String STORM = "SimulatedStormTest.whateverTheLineDoesAllArrivesOnceInOrder";
    private static final String ENDS = "SimulatedEndsTest.whateverTheLineDoesEveryEndIsClosedOnce";
    private static final String ADDRESSES = "SimulatedAddressesTest.whateverTheLineDoesTheyMeetAndAllArrivesOnce";

    private static final String CHOICES = "SimulatedChoicesTest.whateverTheLineDoesAllArrivesOnceInOrder";

    static final List<Mutant> MUTANTS = List.of(
            // elements over connections that are lost
            new Mutant("what was not heard is not said again", "Session",
                    "for (var frame : log) wire.put(frame); // R2", DROPPED, STORM),

            // many elements in a frame
            new Mutant("a batch leaves beyond the allowance of its end", "SendingEnd",
                    "count < most && used < limit; count++", "count < most; count++", STORM),
            new Mutant("the elements of a batch cost no bytes", "SendingEnd",
                    "if (!link.credit.reserve(this, link.eagerBytes(batch.length(count)))) break;", DROPPED,
                    "MemoryTest.batchesOfManyEndsKeepWithinTheBytesOfTheLink"),
            new Mutant("a frame of a batch is as long as it may become", "Batch",
                    "if (size > link.longestFrame() || link.isLarge(length(count))) break;",
                    "if (link.isLarge(length(count))) break;",
                    "MemoryTest.aFrameOfABatchIsNoLongerThanThePeerTakes"),
            new Mutant("a batch leaves in crumbs", "SendingEnd",
                    "boolean crumb = free < batch.waiting() && free < window - free;", "boolean crumb = false;",
                    "SimulatedStreamTest.aSlowReceiverGetsFullFrames"),
            new Mutant("each answer of a stream has a frame of its own", "Link",
                    "void idle(HomeEnd end) {", "void idle(HomeEnd end) { out.sayTaken();",
                    "SimulatedStreamTest.aWindowThatComesAtOnceIsAnsweredByHalves"),
            new Mutant("the answer to half a window waits for the other half", "FrameWriter",
                    "session.hurry();", DROPPED, "SimulatedStreamTest.aWindowThatComesAtOnceIsAnsweredByHalves"),
            new Mutant("more of a batch leaves after one of its elements failed", "Batch",
                    "return isQueued() && call.failure == null && left < elements.size();",
                    "return isQueued() && left < elements.size();",
                    "RemoteBatchTest.aReceiverThatFailsEndsItAndGetsNoMore"),
            new Mutant("the elements of a frame are taken back from the first on", "FrameWriter",
                    "for (long last = offer.id + offer.count() - 1; last >= offer.id; last--) { long number = last;",
                    "for (long last = offer.id; last < offer.id + offer.count(); last++) { long number = last;", STORM),

            // ends that are sent
            new Mutant("an end is gone as soon as it was offered", "Offer",
                    "if (Verdict.happened(verdict)) for (var end : ends)", "for (var end : ends)",
                    "SentEndsTest.anEndThatWasNotTakenIsStillItsSenders"),
            new Mutant("an end that arrived elsewhere goes on counting here", "Offer",
                    "for (var end : ends) end.arrived();", "{}", "SentEndsTest.anEndGoesHomeAndIsTheLocalChannelsOwn"),
            new Mutant("an end that is lost on its way counts as closed", "MobileEnd",
                    "if (end instanceof RemoteSender<?> sender) sender.lose(why); else if (home != null && end instanceof Sender) home.lostOnItsWay(why); else arrived();",
                    "arrived();", "SentEndsTest.anEndOfAThirdNodesChannelLostOnItsWayIsToldAtItsHome"),
            new Mutant("ends made for an element that nobody receives go on counting", "IncomingEnds",
                    "thrownAway = true; for (var end : coming) close(end);", "thrownAway = true;",
                    "SentEndsTest.anEndThatWasNotTakenIsStillItsSenders"),
            new Mutant("an element enters the channel before its ends are there", "HomeOfSender",
                    "} else if (next.isComplete()) {", "} else if (next != null) {", ENDS),
            new Mutant("an element whose ends are there overtakes one whose are not", "HomeOfSender",
                    "entering.add(next);",
                    "if (next.isComplete()) entering.addFirst(next); else entering.add(next);",
                    "SentEndsTest.whatComesBehindAnEndThatIsNotAttachedYetDoesNotOvertakeIt"),
            new Mutant("an end that is closed leaves the channel before its elements have entered", "HomeOfSender",
                    "if (entering.isEmpty() && inside == null) leaveChannel(); else closing = true;", "leaveChannel();",
                    "SentEndsTest.whatIsClosedBehindAnEndThatIsNotAttachedYetDoesNotTakeItAlong"),
            new Mutant("a home does not hear that an end in an element could not be attached", "ReceivingEnd",
                    "element.missing((which, why) -> link.out.sayUnreached(id, number, which, why));", DROPPED,
                    "SentEndsTest.anEndThatAReceiverCannotAttachTellsWhoUsesItAndItsHome"),
            new Mutant("ends that nobody counts may be sent", "OutgoingEnds",
                    "|| !home.channel.hasEnd(end))", ")",
                    "SentEndsTest.onlyCountedEndsOfPublishedChannelsTravel"),
            new Mutant("an end to send to is taken for one to receive from", "IncomingEnds",
                    "if (reference.receives() != receives)", "if (reference.receives() && !receives && coming == null)",
                    "SentEndsTest.aReferenceToAnEndOfTheOtherKindEndsTheLink"),
            new Mutant("an end comes from a peer that may not publish its channel", "Link",
                    "if (allows(Use.PUBLISH, want.name())) attach(want); else",
                    "if (want.name() != null) attach(want); else",
                    "SentEndsTest.anEndOfAChannelThatItsHomeMayNotPublishHereStaysWithItsSender"),

            // choices
            new Mutant("a turn that no choice can use is not answered", "Standing",
                    "if (choice == null) end.standDown(this, Stage.LIKELY); else if (end.isFree(choice)) choice.turn();",
                    "if (choice != null && end.isFree(choice)) choice.turn();", CHOICES),
            new Mutant("a watch whose turn was said stays for the next choice", "Standing",
                    "if (told) end.standDown(this, Stage.LIKELY); else if (end.keeps(this))",
                    "if (end.keeps(this))", CHOICES),
            new Mutant("a guard that was asked in vain twice is never asked again", "RemoteGuard",
                    "Math.max(0, notBefore - Waiting.current().nanoTime())", "PAUSE",
                    "RemoteChoiceTest.whatWasAskedInVainIsAskedAgain"),
            new Mutant("a choice that is asked is not given back when it comes to nothing", "Watching",
                    "stage = Stage.OVER; choice.release(); return;", "stage = Stage.OVER; return;", CHOICES),

            // names that say where they are
            new Mutant("a node does not see that an address is its own", "Dialer",
                    "here = peer.identity().equals(setup.self());", "here = false;",
                    "AddressedNamesTest.aNodesOwnAddressLeadsToTheChannelItself"),
            new Mutant("each address of a node gets a link of its own", "Dialer",
                    "link = names.dialed(peer.identity());", "link = null;",
                    "AddressedNamesTest.anotherAddressOfTheSameNodeIsTheSameLink"),
            new Mutant("a link that was lost is dialed as a new one", "Dialer",
                    "var next = new Attempt(session, longer", "var next = new Attempt(null, longer", ADDRESSES),
            new Mutant("who waits at an address is not served when it is reached", "Names",
                    "for (var want : wantedAt(dialer)) { stop(want); seek(want); }", DROPPED, ADDRESSES),
            new Mutant("any node's channel of that name serves an address", "Names",
                    "else if (at != null) seekAt(at, want);", DROPPED,
                    "AddressedNamesTest.anAddressTellsNodesApartThatPublishOneName"),
            new Mutant("who waits at the address of a node that is gone waits on", "Names",
                    "failAll(dialer, want -> want.lost(", "if (dialer == null) failAll(dialer, want -> want.lost(",
                    "AddressedNamesTest.aNodeThatIsGoneEndsTheWaitAndItsSuccessorIsFound"),
            new Mutant("a refusal is tried again", "Names", "if (certain) failAll(dialer,",
                    "if (certain && closing) failAll(dialer,", "AddressedNamesTest.anotherSecretFailsAtOnceAndSaysSo"),
            new Mutant("two links to one node are two nodes", "Names",
                    "homes.putIfAbsent(link.session().peer().identity(), link);",
                    "homes.putIfAbsent(new Identity(link.session().peer().session(), 0), link);",
                    "AddressedNamesTest.nodesThatNameEachOtherAreStillOneNodeEach"),
            new Mutant("a name ends where its last slash is", "Location",
                    "text.indexOf('/', text.indexOf(']') + 1)", "text.lastIndexOf('/')",
                    "AddressedNamesTest.oneStringIsEnough"),
            new Mutant("a name looks like an address and may be published", "Location",
                    "if (isAddressed(name))", "if (name.isEmpty())", "AddressedNamesTest.addressesAndNamesAreChecked"));

    @Test void noneIsOutOfDate() throws Exception {
        for (var mutant : MUTANTS) assertTrue(mutant.source().length() > 0);
    }

    @Test void theDocumentHasTheirTable() throws Exception {
        var document = Files.readString(Path.of("PROOF.md"));
        var table = MUTANTS.stream().map(Mutant::row)
                .collect(Collectors.joining("\n", "| mistake | in | found by |\n| --- | --- | --- |\n", "\n"));
        assertTrue(document.contains(table), () -> "PROOF.md should have this table:\n" + table);
    }

    @Tag("slow")
    @Timeout(600)
    @ParameterizedTest
    @FieldSource("MUTANTS") void isFound(Mutant mutant, @TempDir Path folder) throws Exception {
        compile(mutant, folder);
        for (var killer : mutant.killers)
            assertTrue(fails(killer, folder), () -> "not found by " + killer + ": " + mutant);
    }

    private static void compile(Mutant mutant, Path folder) throws IOException {
        var source = Files.createDirectories(folder.resolve("source")).resolve(mutant.file + ".java");
        Files.writeString(source, mutant.source());
        var said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, "-nowarn", "-Xlint:none", "-proc:none",
                "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
        assertEquals(0, result, () -> "mutant \"" + mutant + "\" does not compile:\n"
                + said.toString(StandardCharsets.UTF_8));
    }

    /// Whether `tests` fail, or wait for ever, with the classes in `folder` in the place of the right ones.
    private static boolean fails(String tests, Path folder) throws Exception {
        var output = folder.resolve("output.txt");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"), Tests.class.getName(), tests)
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly().waitFor();
        var said = Files.readString(output);
        // the tests have limits of their own, so one that does not end is no find but a defect of the test
        assertTrue(ended && said.contains(Tests.RAN), said);
        return process.exitValue() == 1;
    }

    /// Runs the tests it is told, `Class` or `Class.method`, and ends with 1 if one fails.
    static final class Tests {
        static final String RAN = "tests were run: ";

        private Tests() {}

        public static void main(String[] told) throws Exception {
            var names = told[0].split("\\.");
            var tests = Class.forName(Tests.class.getPackageName() + "." + names[0]);
            var selectors = names.length == 1
                    ? List.of(DiscoverySelectors.selectClass(tests))
                    : ReflectionSupport.findMethods(tests, method -> method.getName().equals(names[1]),
                            HierarchyTraversalMode.TOP_DOWN).stream()
                            .map(method -> DiscoverySelectors.selectMethod(tests, method)).toList();
            var summary = new SummaryGeneratingListener();
            LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(selectors)
                    .filters(TagFilter.excludeTags("slow")).build(), summary);
            var found = summary.getSummary();
            for (var failure : found.getFailures())
                System.out.println(failure.getTestIdentifier().getUniqueId() + " " + failure.getException());
            if (found.getTestsStartedCount() > 0) System.out.println(RAN + found.getTestsStartedCount());
            Runtime.getRuntime().halt(found.getTotalFailureCount() > 0 ? 1 : 0); // threads may wait for ever
        }
    }
}
