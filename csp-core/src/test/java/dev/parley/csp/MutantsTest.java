package dev.parley.csp;

import dev.parley.csp.testing.ChannelSuiteTest;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

/// The proof of the proof: deliberate mistakes in the channels, each of which the simulation must find. The table of what found
/// which, and when, is written to target/mutants.md; [KillTable] asks the other instruments, too.
@TestInstance(TestInstance.Lifecycle.PER_CLASS) class MutantsTest {
    private static final String DROPPED = "";
    private static final String BARRIER = "LocalBarrier";

    static final List<Mutant> MUTANTS = List.of(
            new Mutant("a waiter is decided but not woken", "ThreadWaiter",
                    "if (waiting != null && thread != null) waiting.unpark(thread);", DROPPED),
            new Mutant("a waiter is woken before it is decided", "ThreadWaiter", "var thread = this.thread;",
                    "var thread = this.thread; waiting.unpark(thread); thread = null;"),
            new Mutant("a reused waiter keeps its old outcome", "ThreadWaiter", "waiting = null; outcome = null;",
                    "waiting = null;"),
            new Mutant("one spare waiter serves two threads", "LocalChannel", "else spare = null;", DROPPED),
            new Mutant("the lock does not exclude", "SpinLock",
                    "if (!LOCK.compareAndSet(this, 0, 1)) lockContended();", DROPPED),
            new Mutant("a receive leaves the sender it took from waiting", "LocalChannel",
                    "if (self == null) { release(released); return element; }", "if (self == null) return element;"),
            new Mutant("only the first of several senders that move in is released", "ChannelState",
                    "sender.finish(Waiter.Outcome.DONE); } sender = next;",
                    "sender.finish(Waiter.Outcome.DONE); } sender = null;"),
            new Mutant("the waiting sender overtakes the buffer", "ChannelState",
                    "var element = takeBuffered(); if (element == null) {",
                    "var element = anySender() ? null : takeBuffered(); if (element == null) {"),
            new Mutant("close does not wake receivers", "ChannelState", "ended.forEach(Waiter::sourceClosed);",
                    DROPPED),
            new Mutant("close wakes only one receiver", "ChannelState", "ended.forEach(Waiter::sourceClosed);",
                    "ended.stream().limit(1).forEach(Waiter::sourceClosed);"),
            new Mutant("a closed channel does not deliver what waits", "LocalChannel",
                    "requireNotPoisoned(\"receive on\"); element = takeElement(); released = takeReleased(); if (element == null) { if (ending != null) return Waiter",
                    "if (ending != null) return Waiter.Outcome.CLOSED; element = takeElement(); released = takeReleased(); if (element == null) { if (ending != null) return Waiter"),
            new Mutant("poison forgets the discard hook", "ChannelState",
                    "for (var waiter : ended) waiter.finish(end); discarded(discarded);",
                    "for (var waiter : ended) waiter.finish(end);"),
            new Mutant("a full buffer has room for one more", "Ring", "return count < capacity ||",
                    "return count <= capacity ||"),
            new Mutant("the last place of the buffer is never used", "Ring", "return count < capacity ||",
                    "return count + 1 < capacity ||"),
            new Mutant("the buffer gives the newest first", "Ring",
                    "T element = (T) ring[head]; ring[head] = null; head = head + 1 == ring.length ? 0 : head + 1;",
                    "T element = (T) ring[(head + count - 1) % ring.length];"),
            new Mutant("a sliding buffer drops the newest", "Ring",
                    "if (overflow == Overflow.DROPS_NEWEST) return element;",
                    "if (overflow != Overflow.WAITS) return element;"),
            new Mutant("an Alt whose channels all close waits on", "Alt",
                    "if (timer == null && exhausted() && decideMyself(EXHAUSTED)) break;", DROPPED),
            new Mutant("an Alt runs out of time though a partner came", "Alt",
                    "else if (decideMyself(TIMED_OUT)) break;", "else if ((ticket = TIMED_OUT) != FREE) break;"),
            new Mutant("an Alt is interrupted though a partner came", "Alt",
                    "if (!interrupted && decideMyself(INTERRUPTED)) break;",
                    "if (!interrupted && (ticket = INTERRUPTED) != FREE) break;"),
            new Mutant("a send prefers the buffer to a waiting receiver", "ChannelState",
                    "var partner = claimReceiver(); if (partner == null && !hasRoom()) return NO_ROOM;",
                    "if (hasRoom()) return Objects.requireNonNull(buffer).add(value); var partner = claimReceiver(); if (partner == null) return NO_ROOM;"),
            new Mutant("trySend overlooks a waiting receiver", "LocalChannel",
                    "requireOpen(\"send to\"); given = give(value); } finally { unlock(); } if (given == NO_ROOM) return false;",
                    "requireOpen(\"send to\"); given = anyReceiver() ? NO_ROOM : give(value); } finally { unlock(); } if (given == NO_ROOM) return false;"),
            new Mutant("a send that finds no room leaves without waiting in line", "LocalChannel",
                    "self = waiter(value, nanos); addSender(self);",
                    "self = waiter(value, nanos); unlock(); dev.parley.loop.waiting.Preemption.point(); lock(); addSender(self);"),
            new Mutant("the element of a sender that moves in is lost", "ChannelState",
                    "sender.item = Objects.requireNonNull(buffer).add(element(sender.item));",
                    "sender.item = null;"),
            new Mutant("waiting senders stay out although there is room", "ChannelState",
                    "} else if (anySender()) { moveIn(); }",
                    "}"),
            new Mutant("what falls out of a full buffer is not discarded", "ChannelState",
                    "} else if (given != null) { discarded(List.of(element(given))); }",
                    "}"),
            new Mutant("what fell out is discarded twice", "ChannelState",
                    "discarded(List.of(element(given)));",
                    "discarded(List.of(element(given), element(given)));"),
            new Mutant("every close is the first", "ChannelState",
                    "if (ending != null) return false; ending = Ending.CLOSED;",
                    "if (ending == null) ending = Ending.CLOSED;"),
            new Mutant("close releases waiting senders early", "ChannelState",
                    "ending = Ending.CLOSED; ended = drainReceivers();",
                    "ending = Ending.CLOSED; ended = drainReceivers(); for (var sender = pollSender(); sender != null; sender = pollSender()) ended.add(sender);"),
            new Mutant("a closed channel accepts elements", "LocalChannel",
                    "requireOpen(\"send to\"); given = give(value); } finally { unlock(); } if (given == NO_ROOM) return false;",
                    "given = give(value); } finally { unlock(); } if (given == NO_ROOM) return false;"),
            new Mutant("poison leaves receivers waiting", "ChannelState",
                    "ending = end; ended = drainReceivers();",
                    "ending = end; ended = new ArrayList<>();"),
            new Mutant("poison leaves senders waiting", "ChannelState",
                    "for (var sender = pollSender(); sender != null; sender = pollSender()) ended.add(sender);",
                    DROPPED),
            new Mutant("poison wakes an Alt that chose elsewhere", "ChannelState",
                    "ended.removeIf(waiter -> waiter.claim() != Waiter.Claim.MINE);",
                    "ended.forEach(Waiter::claim);"),
            new Mutant("poison leaves the buffer full", "ChannelState",
                    "discarded = drainBuffer();",
                    "discarded = List.of();"),
            new Mutant("a closed channel cannot be poisoned", "ChannelState",
                    "(ending != null && ending.poisoned()) || end.strength()",
                    "ending != null || end.strength()"),
            new Mutant("a wait that is over gives up all the same", "LocalChannel",
                    "boolean undecided = remove(self);",
                    "remove(self); boolean undecided = true;"),
            new Mutant("who gives up stays in the queue", "LocalChannel",
                    "boolean undecided = remove(self);",
                    "boolean undecided = self.place != Waiter.NOWHERE;"),
            new Mutant("time runs out without asking whether a partner came", "ThreadWaiter",
                    "else if (source.withdraw(this)) break;",
                    "else if (source.withdraw(this) | true) break;"),
            new Mutant("an interruption does not ask whether a partner came", "ThreadWaiter",
                    "if (!interrupted && source.withdraw(this))",
                    "if (!interrupted && (source.withdraw(this) | true))"),
            new Mutant("the queue of receivers is a stack", "WaitQueues",
                    "firstReceiver = append(firstReceiver, waiter); waiter.place = Waiter.RECEIVING; }",
                    "append(firstReceiver, waiter); firstReceiver = waiter; waiter.place = Waiter.RECEIVING; } "),
            new Mutant("an Alt that chose elsewhere is taken", "WaitQueues",
                    "if (claim == Waiter.Claim.MINE && (side == Waiter.RECEIVING || waiter.fill())) return waiter;",
                    "if (side == Waiter.RECEIVING || waiter.fill()) return waiter;"),
            new Mutant("leaving the queue loses those behind", "WaitQueues",
                    "return first == waiter ? after : first;",
                    "return first == waiter ? null : first;"),
            new Mutant("an Alt is counted as claimed without being so", "Branch",
                    "return alt.take(alt.choice(), Alt.chosen(index));",
                    "alt.take(alt.choice(), Alt.chosen(index)); return Claim.MINE;"),
            new Mutant("two partners claim one Alt", "Alt",
                    "if (seen == ticket(choice, FREE)) return Waiter.Claim.MINE;",
                    "if (seen == ticket(choice, FREE) || state(seen) >= FIRST_GUARD) return Waiter.Claim.MINE;"),
            new Mutant("an Alt looks and registers in two steps", "Alt",
                    "if (happened == null) register();",
                    "if (happened == null) { for (var lock : locks) lock.unlock(); for (var lock : locks) lock.lock(); register(); }"),
            new Mutant("Alts take locks in the order of their guards", "Alt",
                    "while (at > 0 && sorted[at - 1].id > lock.id) at--; if (at > 0 && sorted[at - 1] == lock) return count;",
                    "for (int i = 0; i < count; i++) if (sorted[i] == lock) return count;"),
            new Mutant("an Alt leaves its losing inputs in the queues", "InputGuard",
                    "registered = false; channel.withdraw(this);",
                    "registered = false;"),
            new Mutant("an Alt leaves its losing outputs in the queues", "OutputGuard",
                    "registered = false; channel.withdraw(this);",
                    "registered = false;"),
            new Mutant("an Alt is not told that a channel closed", "InputGuard",
                    "exhausted = true; Preemption.point(); alt.wake();",
                    "Preemption.point(); alt.wake();"),
            new Mutant("an Alt registers with ended channels", "InputGuard",
                    "if (exhausted) return; channel.addReceiver(this);",
                    "channel.addReceiver(this);"),
            new Mutant("an Alt sees poison only where nothing is ready", "Alt",
                    "for (var branch : branches) if (branch.enabled) branch.requireUsable(); happened = tryAll(start, places);",
                    "happened = tryAll(start, places); if (happened == null) for (var branch : branches) if (branch.enabled) branch.requireUsable();"),
            new Mutant("an Alt that looks at one guard after the other overlooks the end of another", "Alt",
                    "if (anyEnded()) return NONE; happened =", "happened ="),
            new Mutant("an Alt that looks at one guard after the other does not look again under the lock", "Alt",
                    "happened = branch.happensAlone() && branch.happens();",
                    "happened = branch.happens();"),
            new Mutant("a claimed Alt is not woken", "Alt",
                    "FINISHED.setRelease(this, true); Preemption.point(); wake(sleeper, seam);",
                    "FINISHED.setRelease(this, true);"),
            new Mutant("an Alt does not release the sender it chose", "InputGuard",
                    "channel.release(held); held = null;",
                    "held = null;"),
            new Mutant("an Alt forgets what fell out of the buffer it gave to", "OutputGuard",
                    "} else { channel.handOver(value, partner); }",
                    "} else if (partner instanceof Waiter) { channel.handOver(value, partner); }"),
            new Mutant("priSelect tries its guards from the last", "Alt",
                    "int start = order == Order.FAIR ? next : 0;",
                    "int start = order == Order.FAIR ? next : branches.length - 1;"),
            new Mutant("an extended receiver does not hold the sender that waited", "LocalChannel",
                    "if (holdsSenders()) return new LocalHeld<>(this, element(element), released);",
                    DROPPED),
            new Mutant("an extended receiver does not hold a sender that comes", "LocalChannel",
                    "self.extended = holdsSenders();",
                    DROPPED),
            new Mutant("the end of an extended receive lets nobody go", "LocalHeld",
                    "channel.release(sender.getAndSet(null));",
                    "sender.set(null);"),
            new Mutant("a failed extended receiver lets its sender succeed", "LocalHeld",
                    "if (waits != null) waits.finish(new Waiter.Thrown(new ReceiverFailed(channel.name(), cause)));",
                    "channel.release(waits);"),
            new Mutant("an element received by an extended receiver is discarded", "LocalChannel",
                    "self.item = null; // the partner has it",
                    DROPPED),
            new Mutant("an extended guard lets its sender go at once", "InputGuard",
                    "if (extended) return;",
                    DROPPED),
            new Mutant("an Alt that meets an extended receiver does not wait for it", "OutputGuard",
                    "alt.awaitChosen(this);",
                    DROPPED),
            new Mutant("a promise is given to one receiver only", "PromiseChannel",
                    "receiver = claimReceiver()) {",
                    "receiver = null) {"),
            new Mutant("a promise stays open", "PromiseChannel",
                    "ending = Ending.CLOSED;",
                    DROPPED),
            new Mutant("a promise is taken out", "PromiseChannel",
                    "if (value != null) received = true; return value;",
                    "if (value != null) received = true; var taken = value; value = null; return taken;"),
            new Mutant("a promise is discarded though it was received", "PromiseChannel",
                    "left == null || value.received ? List.of()",
                    "left == null ? List.of()"),
            new Mutant("a promise that was looked at too early is never discarded", "PromiseChannel",
                    "if (value != null) received = true;",
                    "received = true;"),
            new Mutant("a promise handed to a waiter does not count as received", "PromiseChannel",
                    "last = receiver; value.received = true;",
                    "last = receiver;"),
            new Mutant("an immune channel is poisoned", "ChannelState",
                    "|| end.strength() <= immunity())",
                    ")"),
            new Mutant("immunity is one too much", "ChannelState",
                    "end.strength() <= immunity()",
                    "end.strength() <= immunity() + 1"),
            new Mutant("poison forgets its strength", "LocalChannel",
                    "return poisonLocked(new Ending(strength, cause));",
                    "return poisonLocked(new Ending(strength > immunity() ? immunity() + 1 : strength, cause));"),
            new Mutant("retire sees senders that chose elsewhere", "ChannelState",
                    "return ending != null && buffered() == 0 && !anyUndecidedSender();",
                    "return ending != null && buffered() == 0 && !anySender();"),
            new Mutant("retire poisons what has ended", "ChannelState",
                    "return ending != null && buffered() == 0 && !anyUndecidedSender();",
                    "return false;"),
            new Mutant("the last receiving end does not end the channel", "ChannelState",
                    "--terms().receiverEnds == 0",
                    "--terms().receiverEnds < 0"),
            new Mutant("the first sending end closes the channel", "ChannelState",
                    "--terms().senderEnds == 0",
                    "--terms().senderEnds >= 0"),
            new Mutant("an end is counted each time it is left", "ChannelState",
                    "end.retire() && --terms().senderEnds == 0",
                    "(end.retire() | true) && --terms().senderEnds == 0"),
            new Mutant("a choice made through an end that left is not refused", "CountedSender",
                    "return !retired;",
                    "return true;"),
            new Mutant("an element is made although the guard cannot happen", "ChannelState",
                    "if (!hasRoom()) return NO_ROOM; T element = made(value, branch);",
                    "T element = made(value, branch); if (!hasRoom()) return NO_ROOM;"),
            new Mutant("an element is made twice", "OutputGuard",
                    "channel.made(kind.maker, this); return true;",
                    "channel.made(kind.maker, this); channel.made(kind.maker, this); return true;"),
            new Mutant("a cancelled send stays in the queue", "FutureWaiter",
                    "return withdraw() ? super.cancel(mayInterruptIfRunning) : isCancelled();",
                    "return super.cancel(mayInterruptIfRunning);"),
            new Mutant("what was asked in vain is chosen", "Alt", "== START_OVER) return false;",
                    "== START_OVER) return true;"),
            new Mutant("a guard is asked before it is its turn", "Alt",
                    "if (!branch.isAsked()) return NONE;", "if (!branch.isAsked()) continue;"),
            new Mutant("a guard is asked though another can never happen", "Alt",
                    "if (anyEnded()) return NONE; waitAs(", "waitAs("),
            new Mutant("a meeting is complete without one", BARRIER,
                    "while (arrived + more >= enrolled && enrolled > 0)",
                    "while (arrived + more + 1 >= enrolled && enrolled > 0)"),
            new Mutant("who arrives last lets nobody go", BARRIER,
                    "if (self == null) { finishAll(met, Waiter.Outcome.DONE); return number; }",
                    "if (self == null) return number;"),
            new Mutant("who arrives last without a thread lets nobody go", BARRIER,
                    "finishAll(met, Waiter.Outcome.DONE); return CompletableFuture.completedFuture(number);",
                    "return CompletableFuture.completedFuture(number);"),
            new Mutant("an arrival without a thread is not counted", BARRIER,
                    "addSender(self); arrived++; return self.result();", "addSender(self); return self.result();"),
            new Mutant("who resigns completes no meeting", BARRIER, "met = cause == null ? meet(0) : null;",
                    "met = null;"),
            new Mutant("who gives up has arrived all the same", BARRIER, "if (undecided) arrived--;", DROPPED),
            new Mutant("a meeting has the number of the next", BARRIER, "waiter.item = meeting",
                    "waiter.item = meeting + 1"),
            new Mutant("a meeting that fails lets no choice go", BARRIER,
                    "for (var earlier : choices.subList(0, held)) earlier.letGo();", DROPPED),
            new Mutant("a choice that was made elsewhere ends the attempt to meet", BARRIER,
                    "arrived--; } return null;", "arrived--; return null; } return null;"),
            new Mutant("a meeting does not claim choices", BARRIER, "for (var choice : held) choice.commit();",
                    "for (var choice : held) choice.letGo();"),
            new Mutant("a breach is told to nobody", BARRIER, "finishAll(first, Waiter.Outcome.CLOSED);", DROPPED),
            new Mutant("a breach wakes choices that were made elsewhere", BARRIER, "first = chain(this::claimSender);",
                    "first = chain(this::pollSender);"),
            new Mutant("a broken barrier lets others meet", BARRIER,
                    "requireWhole(operation); requireEnrolled(operation);", "requireEnrolled(operation);"));

    /// Tests of the contract that look where the simulated programs of the suite cannot: they can tell what happens while a handler runs, and drive a
    /// schedule to one place. Asked about the mistakes that the suite does not find.
    private static final List<Class<?>> CONTRACT = List.of(PromiseTest.class, ExtendedRendezvousTest.class,
            GuardsTest.class, AskingScheduleTest.class);

    /// The programs of the suite have no barriers.
    private static final List<Class<?>> ON_BARRIERS = List.of(BarrierScheduleTest.class);

    private final TreeMap<String, String> kills = new TreeMap<>();

    @ParameterizedTest
    @FieldSource("MUTANTS") void isFound(Mutant mutant) throws Exception {
        long start = System.nanoTime();
        var loader = mutant.load();
        boolean onBarriers = mutant.file().equals(BARRIER);
        var found = onBarriers ? null : foundBySuite(loader);
        if (found == null) found = foundByContract(loader, onBarriers ? ON_BARRIERS : CONTRACT);
        if (found == null) fail("not found: " + mutant);
        kills.put(mutant.mistake(),
                String.format(Locale.ROOT, "| %s | %s | %d ms | %s |", mutant.mistake(), mutant.file(),
                        (System.nanoTime() - start) / 1_000_000,
                        found.length() > 70 ? found.substring(0, 70) + "…" : found));
    }

    private static @Nullable String foundBySuite(ClassLoader loader) throws Exception {
        var hunt = loader.loadClass(ChannelSuiteTest.class.getName()).getDeclaredMethod("hunt");
        hunt.setAccessible(true);
        try {
            hunt.invoke(null);
            return null;
        } catch (InvocationTargetException found) {
            if (!(found.getCause() instanceof AssertionError failure)) throw found;
            return "suite: " + failure.getMessage().strip().lines().findFirst().orElse("").replace('|', '/');
        }
    }

    private static @Nullable String foundByContract(ClassLoader loader, List<Class<?>> tests)
            throws Exception {
        for (var original : tests) {
            var test = loader.loadClass(original.getName());
            var constructor = test.getDeclaredConstructor();
            constructor.setAccessible(true);
            for (var method : test.getDeclaredMethods()) {
                if (!method.isAnnotationPresent(Test.class)) continue;
                method.setAccessible(true);
                try {
                    method.invoke(constructor.newInstance());
                } catch (InvocationTargetException found) {
                    return "contract: " + original.getSimpleName() + "." + method.getName();
                }
            }
        }
        return null;
    }

    @Test void theRightOneIsInnocent() throws Exception {
        assertDoesNotThrow(ChannelSuiteTest::hunt);
        assertNull(foundByContract(MutantsTest.class.getClassLoader(), CONTRACT));
        assertNull(foundByContract(MutantsTest.class.getClassLoader(), ON_BARRIERS));
    }

    @AfterAll void writeKillTable() throws IOException {
        var table = "| mistake | in | found after | by |\n| --- | --- | --- | --- |\n"
                + String.join("\n", kills.values()) + "\n";
        Files.writeString(Path.of("target/mutants.md"), table);
    }
}
