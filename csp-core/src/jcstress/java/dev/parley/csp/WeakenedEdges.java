package dev.parley.csp;

import dev.parley.csp.memory.Check;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The proof of the proof for `dev.parley.csp.memory`: weakens one edge after the other in a copy of the sources, and runs the tests of that edge. The table of
/// what was seen is written to target/edges.md.
///
/// Two kinds. In an order that is wrong, by hand, two accesses stand the other way round, as weaker hardware or a bolder compiler could have them, and some time apart,
/// so that the other thread comes between: the tests must see that, on every machine. In a mode that is too weak, an access promises less than it must: whether anything can be seen then depends on
/// the processor and the compiler, so the table tells what was seen here, and nothing fails.
public final class WeakenedEdges {
    private static final int MOST_SECONDS = 20; // of processor time; a healthy JVM of jcstress takes three or four here
    private static final int QUIET_SECONDS = 90; // a healthy run takes less than 25

    private static final Pattern FORBIDDEN = Pattern.compile("^dev\\.parley\\.csp\\..*: Observed forbidden state");
    private static final String WAITS_FOR_EVER = "a thread waits for ever";
    private static final Pattern THROWN = Pattern
            .compile("(java|dev\\.parley)\\.[\\w.$]+(Exception|Error|Closed|Poisoned)(: .*)?");

    private static final String PAUSE = " for (int pause = 0; pause < 200; pause++) Thread.onSpinWait(); ";

    private record Weakening(Mutant mutant, String tests, boolean mustBeSeen) {}

    private static Weakening order(String what, String file, String right, String wrong, String tests) {
        return new Weakening(new Mutant(what, file, right, wrong), tests, true);
    }

    private static Weakening mode(String what, String file, String right, String wrong, String tests) {
        return new Weakening(new Mutant(what, file, right, wrong), tests, false);
    }

    private static final List<Weakening> ALL = List.of(
            order("the lock does not exclude", "SpinLock", "if (!LOCK.compareAndSet(this, 0, 1)) lockContended();", "",
                    "LockEdges.(Excluded|Buffered)"),
            order("the outcome before the element", "ChannelState",
                    "partner.item = value; partner.finish(Waiter.Outcome.DONE);",
                    "partner.finish(Waiter.Outcome.DONE);" + PAUSE + "partner.item = value;",
                    "(WaiterEdges|FutureEdges).*"),
            order("the element read before the outcome", "LocalChannel",
                    "outcome = self.await(this, nanos); received = self.item;",
                    "received = self.item; outcome = self.await(this, nanos);", "WaiterEdges.Rendezvous"),
            order("the spare waiter given back before it is cleared", "LocalChannel",
                    "self.clear(); SPARE.setRelease(this, self);",
                    "SPARE.setRelease(this, self);" + PAUSE + "self.clear();",
                    "WaiterEdges.Spare"),
            order("finished before the outcome", "Alt",
                    "outcome = end; Preemption.point(); FINISHED.setRelease(this, true);",
                    "FINISHED.setRelease(this, true);" + PAUSE + "outcome = end;", "AltEdges.(Receives|Sends)"),
            order("an Alt of two owners at once", "Alt", "if (!IN_USE.compareAndSet(this, false, true))",
                    "if (IN_USE.compareAndSet(this, false, true) & false)", "AltEdges.InUse"),
            order("no fence after closing", "ChannelState", "VarHandle.fullFence(); // who hears", "// who hears",
                    "EndedEdges.ByClose"),
            order("no fence after poisoning", "ChannelState", "VarHandle.fullFence(); // as in closeFor", "",
                    "EndedEdges.ByPoison"),
            order("no fence after keeping a promise", "PromiseChannel", "VarHandle.fullFence(); // as in closeFor;",
                    "//",
                    "EndedEdges.ByPromise"),
            order("the end written after the critical section", "ChannelState",
                    "ending = Ending.CLOSED; ended = drainReceivers(); } finally { unlock(); }",
                    "ended = drainReceivers(); } finally { unlock(); } ending = Ending.CLOSED;",
                    "EndingEdges.(CloseSeenWaiting|CloseSeen)"),
            order("an Alt is woken before it is told that a channel closed", "InputGuard",
                    "exhausted = true; Preemption.point(); alt.wake();", "alt.wake();" + PAUSE + "exhausted = true;",
                    "EndingEdges.CloseSeenByChoice"),
            order("a reservation ends before the choice is told to start over", "Alt",
                    "startOver = true; var sleeper = thread; var seam = waiting; settle(FREE); Preemption.point(); wake(sleeper, seam);",
                    "var sleeper = thread; var seam = waiting; settle(FREE); wake(sleeper, seam);" + PAUSE
                            + "startOver = true;",
                    "EventEdges.Released"),
            order("a choice is woken before its guard is taken out", "EventGuard",
                    "branch.disabled = new Disabled(choice, why); Preemption.point(); branch.alt.wake();",
                    "branch.alt.wake();" + PAUSE + "branch.disabled = new Disabled(choice, why);",
                    "EventEdges.Disabled"),
            order("offers are told before the stage is done", "StageEvent",
                    "done = new Done<>(value, failure); for (var offer : offers) tell(offer);",
                    "for (var offer : offers) tell(offer);" + PAUSE + "done = new Done<>(value, failure);",
                    "EventEdges.StageCompleted"),
            order("the sender goes before the extended receiver lets it", "LocalChannel",
                    "self.extended = holdsSenders();", "", "HeldEdges.(Sender|Failed)"),
            order("a meeting without the last", "LocalBarrier", "while (arrived + more >= enrolled &&",
                    "while (arrived + more + 1 >= enrolled &&", "BarrierEdges.(Two|Resigned|Arrived)"),
            mode("unlock: plain", "SpinLock", "LOCK.setRelease(this, 0);", "LOCK.set(this, 0);", "LockEdges.*"),
            mode("lock: plain compare-and-set", "SpinLock",
                    "if (!LOCK.compareAndSet(this, 0, 1)) lockContended(); } final void unlock() { LOCK.setRelease(this, 0);",
                    "if (!LOCK.weakCompareAndSetPlain(this, 0, 1)) lockContended(); } final void unlock() { LOCK.set(this, 0);",
                    "LockEdges.*"),
            mode("the look of one that waits for the lock: plain", "SpinLock", "(int) LOCK.getOpaque(this) != 0",
                    "(int) LOCK.get(this) != 0", "LockEdges.Excluded"),
            mode("outcome written: plain", "ThreadWaiter", "OUTCOME.setRelease(this, outcome);",
                    "OUTCOME.set(this, outcome);", "WaiterEdges.*"),
            mode("outcome read: plain", "ThreadWaiter", "return OUTCOME.getAcquire(this);",
                    "return OUTCOME.get(this);", "WaiterEdges.*"),
            mode("spare written: plain", "LocalChannel", "SPARE.setRelease(this, self);", "SPARE.set(this, self);",
                    "WaiterEdges.Spare"),
            mode("spare read: plain", "LocalChannel", "SPARE.getAcquire(this);", "SPARE.get(this);",
                    "WaiterEdges.Spare"),
            mode("ending read: plain", "ChannelState", "return ENDING.getAcquire(this) != null;",
                    "return ENDING.get(this) != null;", "EndedEdges.*"),
            mode("finished written: plain", "Alt", "FINISHED.setRelease(this, true);", "FINISHED.set(this, true);",
                    "AltEdges.*"),
            mode("finished read: plain", "Alt",
                    "while (!(boolean) FINISHED.getAcquire(this)) { // pairs with finish",
                    "while (!(boolean) FINISHED.get(this)) { // pairs with finish", "AltEdges.*"),
            mode("ticket when a wait begins: plain", "Alt", "TICKET.setRelease(this, ticket(choice, state)); // before",
                    "TICKET.set(this, ticket(choice, state)); // before", "(AltEdges.*|EventEdges.Claimed)"),
            mode("ticket when a hold ends: plain", "Alt",
                    "Preemption.point(); TICKET.setRelease(this, ticket(choice, state));",
                    "TICKET.set(this, ticket(choice, state));",
                    "(EventEdges.Released|BarrierEdges.Chosen|AltEdges.Made)"),
            mode("in use, when over: plain", "Alt", "IN_USE.setRelease(this, false);", "IN_USE.set(this, false);",
                    "AltEdges.InUse"),
            mode("start over: plain", "Alt", "private volatile boolean startOver;", "private boolean startOver;",
                    "EventEdges.Released"),
            mode("whom to wake: plain", "Alt",
                    "private volatile @Nullable Thread thread; // volatile, with waiting: read by one who closes a channel and has not claimed private volatile @Nullable Waiting waiting;",
                    "private @Nullable Thread thread; private @Nullable Waiting waiting;",
                    "EndingEdges.CloseSeenByChoice"),
            mode("a closed input: plain", "InputGuard", "private volatile boolean exhausted;",
                    "private boolean exhausted;", "EndingEdges.CloseSeenByChoice"),
            mode("a guard taken out: plain", "EventGuard", "private volatile @Nullable Disabled disabled;",
                    "private @Nullable Disabled disabled;", "EventEdges.Disabled"),
            mode("a retired sending end: plain", "CountedSender", "private volatile boolean retired;",
                    "private boolean retired;", "EndingEdges.SenderRetired"),
            mode("a retired receiving end: plain", "CountedReceiver", "private volatile boolean retired;",
                    "private boolean retired;", "EndingEdges.ReceiverRetired"),
            mode("terms: plain", "ChannelState", "volatile @Nullable Terms terms;", "@Nullable Terms terms;",
                    "EndingEdges.Discarded"),
            mode("discard hook: plain", "Terms", "volatile @Nullable Consumer<Object> discard;",
                    "@Nullable Consumer<Object> discard;", "EndingEdges.Discarded"),
            mode("a stage that is done: plain", "StageEvent", "private volatile @Nullable Done<T> done;",
                    "private @Nullable Done<T> done;", "EventEdges.StageCompleted"));

    private WeakenedEdges() {}

    /// @param args which, by a regular expression; all if there is none
    public static void main(String[] args) throws Exception {
        var rows = new ArrayList<String>();
        var missed = new ArrayList<String>();
        for (var weakening : ALL) {
            if (args.length > 0 && !args[0].isBlank() && !weakening.mutant.mistake().matches(args[0])) continue;
            long start = System.nanoTime();
            var seen = run(weakening, Path.of("target/weakened/" + rows.size()).toAbsolutePath());
            rows.add("| " + weakening.mutant.mistake() + " | " + weakening.mutant.file() + " | "
                    + (weakening.mustBeSeen ? "order" : "mode") + " | `" + weakening.tests.replace("|", "\\|") + "` | "
                    + (seen == null ? "not seen in " + (System.nanoTime() - start) / 1_000_000_000 + " s" : seen)
                    + " |");
            IO.println(rows.getLast());
            if (seen == null && weakening.mustBeSeen) missed.add(weakening.mutant.mistake());
        }
        Files.writeString(Path.of("target/edges.md"),
                "| what is wrong | in | kind | tests | seen |\n| --- | --- | --- | --- | --- |\n"
                        + String.join("\n", rows) + "\n");
        if (!missed.isEmpty()) throw new AssertionError("not seen, though it must be: " + missed);
    }

    /// @return what was seen, if anything
    private static String run(Weakening weakening, Path directory) throws IOException, InterruptedException {
        for (var compiled : weakening.mutant.compile().entrySet()) {
            var file = directory.resolve("classes").resolve(compiled.getKey().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, compiled.getValue());
        }
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", directory.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED", "org.openjdk.jcstress.Main"));
        command.addAll(Check.options(".*" + weakening.tests, Check.QUICK, "report"));
        var log = directory.resolve("log").toFile();
        var process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(log).start();
        if (!overInTime(process)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return WAITS_FOR_EVER;
        }
        if (process.exitValue() == 0) return null;
        var lines = Files.readAllLines(log.toPath());
        return lines.stream().filter(line -> FORBIDDEN.matcher(line).find()).findFirst().map(WeakenedEdges::shortened)
                .or(() -> lines.stream().filter(line -> line.contains("[TIMEOUT]")).findFirst()
                        .map(_ -> WAITS_FOR_EVER))
                .or(() -> lines.stream().map(String::strip).filter(line -> THROWN.matcher(line).matches()).findFirst())
                .orElseThrow(() -> new AssertionError("neither passed nor failed; see " + log));
    }

    /// Whether it ends by itself. Where an actor waits for ever, either the other spins on, and one JVM takes far more processor time than any should; or all is quiet.
    private static boolean overInTime(Process process) throws InterruptedException {
        for (int waited = 0; waited < QUIET_SECONDS; waited++) {
            if (process.waitFor(1, TimeUnit.SECONDS)) return true;
            if (process.descendants().anyMatch(WeakenedEdges::hasHadEnough)) return false;
        }
        return false;
    }

    private static boolean hasHadEnough(ProcessHandle jvm) {
        return jvm.info().totalCpuDuration().filter(time -> time.toSeconds() >= MOST_SECONDS).isPresent();
    }

    /// From `package.Class.Test [options]: what`.
    private static String shortened(String line) {
        return line.replaceFirst("^dev\\.parley\\.csp\\.(memory\\.)?(\\S+) \\[.*\\]: Observed ", "$2: ").replace('|',
                '/');
    }
}
