package dev.parley.csp;

import dev.parley.loop.testing.SimulationFailure;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.fail;

/// The proof of the proof: deliberate mistakes in the channels, each of which the simulation must find. The table of what found
/// which, and when, is written to target/kill-table.md.
@TestInstance(TestInstance.Lifecycle.PER_CLASS) class MutantsTest {
    private static final String DROPPED = "";

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
            new Mutant("a send prefers the buffer to a waiting receiver", "LocalChannel",
                    "partner = receivers.claimFirst(); if (partner == null) { if (hasRoom()) { dropped = add(value); } else if (nanos <= 0)",
                    "partner = hasRoom() ? null : receivers.claimFirst(); if (partner == null) { if (hasRoom()) { dropped = add(value); } else if (nanos <= 0)"),
            new Mutant("trySend overlooks a waiting receiver", "LocalChannel",
                    "partner = receivers.claimFirst(); if (partner == null) { if (!hasRoom()) return false;",
                    "partner = null; if (partner == null) { if (!hasRoom()) return false;"),
            new Mutant("a send that finds no room leaves without waiting in line", "LocalChannel",
                    "self = waiter(value); senders.add(self);",
                    "self = waiter(value); unlock(); dev.parley.loop.waiting.Preemption.point(); lock(); senders.add(self);"),
            new Mutant("a receive leaves the sender it took from waiting", "LocalChannel",
                    "if (self == null) { release(released); return element; }", "if (self == null) return element;"),
            new Mutant("only the first of several senders that move in is released", "LocalChannel",
                    "sender.finish(Waiter.Outcome.DONE); } sender = next;",
                    "sender.finish(Waiter.Outcome.DONE); } sender = null;"),
            new Mutant("the element of a sender that moves in is lost", "LocalChannel",
                    "sender.item = add(element(sender.item));", "sender.item = null;"),
            new Mutant("waiting senders stay out although there is room", "LocalChannel",
                    "} else if (!senders.isEmpty()) { moveIn(); }", "}"),
            new Mutant("the waiting sender overtakes the buffer", "LocalChannel",
                    "var element = takeBuffered(); if (element == null) {",
                    "var element = senders.isEmpty() ? takeBuffered() : null; if (element == null) {"),
            new Mutant("what falls out of a full buffer is not discarded", "LocalChannel",
                    "} else if (dropped != null) { discarded(List.of(dropped)); }", "}"),
            new Mutant("what fell out is discarded twice", "LocalChannel", "discarded(List.of(dropped));",
                    "discarded(List.of(dropped, dropped));"),
            new Mutant("close does not wake receivers", "LocalChannel", "ended.forEach(Waiter::sourceClosed);",
                    DROPPED),
            new Mutant("close wakes only one receiver", "LocalChannel", "ended.forEach(Waiter::sourceClosed);",
                    "ended.stream().limit(1).forEach(Waiter::sourceClosed);"),
            new Mutant("every close is the first", "LocalChannel",
                    "if (ending != null) return false; ending = Ending.CLOSED;",
                    "if (ending == null) ending = Ending.CLOSED;"),
            new Mutant("close releases waiting senders early", "LocalChannel", "ended = drain(receivers); } finally",
                    "ended = drain(receivers); ended.addAll(drain(senders)); } finally"),
            new Mutant("a closed channel does not deliver what waits", "LocalChannel",
                    "requireNotPoisoned(\"receive on\"); element = takeElement(); released = takeReleased(); if (element == null) { if (ending != null) return Waiter",
                    "if (ending != null) return Waiter.Outcome.CLOSED; element = takeElement(); released = takeReleased(); if (element == null) { if (ending != null) return Waiter"),
            new Mutant("a closed channel accepts elements", "LocalChannel",
                    "requireOpen(\"send to\"); partner = receivers.claimFirst(); if (partner == null) { if (!hasRoom()) return false;",
                    "partner = receivers.claimFirst(); if (partner == null) { if (!hasRoom()) return false;"),
            new Mutant("poison leaves receivers waiting", "LocalChannel", "ended.addAll(drain(receivers));", DROPPED),
            new Mutant("poison leaves senders waiting", "LocalChannel", "ended = drain(senders);",
                    "ended = new ArrayList<>();"),
            new Mutant("poison wakes an Alt that chose elsewhere", "LocalChannel",
                    "ended.removeIf(waiter -> !waiter.claim());", "ended.forEach(Waiter::claim);"),
            new Mutant("poison leaves the buffer full", "LocalChannel",
                    "for (T element = takeBuffered(); element != null; element = takeBuffered()) discarded.add(element);",
                    DROPPED),
            new Mutant("poison forgets the discard hook", "LocalChannel",
                    "for (var waiter : ended) waiter.finish(end); discarded(discarded);",
                    "for (var waiter : ended) waiter.finish(end);"),
            new Mutant("a closed channel cannot be poisoned", "LocalChannel",
                    "if (ending != null && ending.poisoned()) return false; ending = end;",
                    "if (ending != null) return false; ending = end;"),
            new Mutant("a wait that is over gives up all the same", "LocalChannel",
                    "boolean undecided = queue.remove(self);", "queue.remove(self); boolean undecided = true;"),
            new Mutant("who gives up stays in the queue", "LocalChannel", "boolean undecided = queue.remove(self);",
                    "boolean undecided = self.queue == queue;"),
            new Mutant("time runs out without asking whether a partner came", "ThreadWaiter",
                    "else if (channel.withdraw(this, queue)) break;",
                    "else if (channel.withdraw(this, queue) | true) break;"),
            new Mutant("an interruption does not ask whether a partner came", "ThreadWaiter",
                    "if (!interrupted && channel.withdraw(this, queue)) {",
                    "if (!interrupted && (channel.withdraw(this, queue) | true)) {"),
            new Mutant("the queue is a stack", "WaitQueue", "var waiter = first; if", "var waiter = last; if"),
            new Mutant("an Alt that chose elsewhere is taken", "WaitQueue", "if (waiter.claim()) return waiter;",
                    "waiter.claim(); return waiter;"),
            new Mutant("leaving the queue loses those behind", "WaitQueue",
                    "if (before == null) first = after; else before.next = after;",
                    "if (before == null) first = null; else before.next = after;"),
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
            new Mutant("two partners claim one Alt", "Alt", "return TICKET.compareAndSet(Alt.this, FREE, index);",
                    "boolean won = ticket == FREE; Preemption.point(); ticket = index; return won;"),
            new Mutant("an Alt looks and registers in two steps", "Alt", "if (chosen == null) register();",
                    "if (chosen == null) { for (var channel : channels) channel.unlock(); for (var channel : channels) channel.lock(); register(); }"),
            new Mutant("Alts take locks in the order of their guards", "Alt",
                    ".sorted(Comparator.comparingLong(channel -> channel.id))", DROPPED),
            new Mutant("an Alt leaves its losing guards in the queues", "Alt", "channel.withdraw(this, side);",
                    DROPPED),
            new Mutant("an Alt whose channels all close waits on", "Alt",
                    "if (timer == null && exhausted() && decideMyself(EXHAUSTED)) break;", DROPPED),
            new Mutant("an Alt is not told that a channel closed", "Alt", "exhausted = true; Preemption.point();",
                    "Preemption.point();"),
            new Mutant("an Alt registers with ended channels", "Alt",
                    "if (branch.enabled && !branch.exhausted) branch.register();",
                    "if (branch.enabled) branch.register();"),
            new Mutant("an Alt sees poison only where nothing is ready", "Alt",
                    "for (var branch : branches) if (branch.enabled) branch.requireUsable(); chosen = tryFrom(start);",
                    "chosen = tryFrom(start); if (chosen == null) for (var branch : branches) if (branch.enabled) branch.requireUsable();"),
            new Mutant("an Alt runs out of time though a partner came", "Alt",
                    "else if (decideMyself(TIMED_OUT)) break;", "else if ((ticket = TIMED_OUT) != FREE) break;"),
            new Mutant("an Alt is interrupted though a partner came", "Alt",
                    "if (!interrupted && decideMyself(INTERRUPTED)) break;",
                    "if (!interrupted && (ticket = INTERRUPTED) != FREE) break;"),
            new Mutant("a claimed Alt is not woken", "Alt",
                    "FINISHED.setRelease(Alt.this, true); Preemption.point(); if (seam != null && sleeper != null) seam.unpark(sleeper);",
                    "FINISHED.setRelease(Alt.this, true);"),
            new Mutant("an Alt does not release the sender it chose", "LocalChannel",
                    "release(branch.partner); branch.partner = null;", "branch.partner = null;"),
            new Mutant("an Alt forgets what fell out of the buffer it gave to", "LocalChannel",
                    "sent(value, partner, dropped == null ? null : element(dropped));", "sent(value, partner, null);"),
            new Mutant("priSelect tries its guards from the last", "Alt", "choose(fairly ? next : 0)",
                    "choose(fairly ? next : branches.length - 1)"));

    private final TreeMap<String, String> kills = new TreeMap<>();

    @ParameterizedTest
    @FieldSource("MUTANTS") void isFound(Mutant mutant) throws Exception {
        long start = System.nanoTime();
        var suspect = mutant.load().loadClass(ChannelSimulationTest.class.getName());
        var hunt = suspect.getDeclaredMethod("hunt");
        hunt.setAccessible(true);
        try {
            hunt.invoke(null);
        } catch (InvocationTargetException found) {
            if (!(found.getCause() instanceof SimulationFailure failure)) throw found;
            var kind = failure.getMessage().strip().lines().findFirst().orElse("").replace('|', '/');
            kills.put(mutant.mistake(),
                    String.format(Locale.ROOT, "| %s | %s | %d ms | %s |", mutant.mistake(), mutant.file(),
                            (System.nanoTime() - start) / 1_000_000,
                            kind.length() > 70 ? kind.substring(0, 70) + "…" : kind));
            return;
        }
        fail("not found: " + mutant);
    }

    @Test void theRightOneIsInnocent() {
        assertDoesNotThrow(ChannelSimulationTest::hunt);
    }

    @AfterAll void writeKillTable() throws IOException {
        var table = "| mistake | in | found after | as |\n| --- | --- | --- | --- |\n"
                + String.join("\n", kills.values()) + "\n";
        Files.writeString(Path.of("target/kill-table.md"), table);
    }
}
