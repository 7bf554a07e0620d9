package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import dev.parley.csp.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// A barrier in which processes of several nodes take part, over real sockets.
@Timeout(60) class RemoteBarrierTest {
    private static Barrier barrier(Pair pair, int enrolled) {
        return pair.home().publish(Barrier.of("b", enrolled));
    }

    private static void untilThere(Barrier barrier, int there, int enrolled) {
        Side.until(() -> barrier.toString().equals("Barrier \"b\" [" + there + " of " + enrolled + " there]"));
    }

    @Test void processesOfSeveralNodesMeetAndNobodyGoesOnBeforeAllHaveCome() throws Exception {
        int rounds = 200;
        try (var pair = Pair.open(); var third = pair.another()) {
            var home = barrier(pair, 1);
            var come = new AtomicInteger();
            var sides = new ArrayList<Side<Void>>();
            for (var node : List.of(pair.home(), pair.away(), pair.away(), third)) {
                var barrier = node.barrier("b");
                assertEquals(0, barrier.enroll());
                sides.add(Side.run(() -> {
                    for (int round = 0; round < rounds; round++) {
                        come.incrementAndGet();
                        assertEquals(round, barrier.sync());
                        assertTrue(come.get() >= 4 * (round + 1));
                    }
                    barrier.resign();
                }));
            }
            assertEquals(5, third.barrier("b").enrolled());
            home.resign();
            for (var side : sides) side.result();
            assertEquals(0, home.enrolled());
            assertEquals(4 * rounds, come.get());
        }
    }

    @Test void atHomeItIsTheBarrierItselfAndElsewhereAlwaysTheSame() throws Exception {
        try (var pair = Pair.open()) {
            var asked = new ArrayList<Side<Barrier>>();
            for (int i = 0; i < 20; i++) asked.add(Side.start(() -> pair.away().barrier("b"))); // before it is there
            var home = barrier(pair, 0);
            assertSame(home, pair.home().barrier("b"));
            var away = pair.away().barrier("127.0.0.1:" + pair.home().port() + "/b");
            for (var side : asked) assertSame(away, side.result());
            assertEquals("b", away.name());
            assertEquals("Barrier \"b\" at 127.0.0.1:" + pair.home().port(), away.toString());
            away.enroll();
            asked.getFirst().result().resign();
            assertEquals(0, home.enrolled());
        }
    }

    @Test void eitherSideMayPublish() throws Exception {
        try (var pair = Pair.open()) {
            var there = pair.away().publish(Barrier.of("b", 1));
            var here = pair.home().barrier("b");
            here.enroll();
            var meets = Side.start(there::sync);
            assertEquals(0, here.sync());
            assertEquals(0, meets.result());
        }
    }

    @Test void whoResignsIsNotWaitedForAndWhoEnrollsIs() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            var away = pair.away().barrier("b");
            assertEquals(0, home.sync());
            assertEquals(1, away.enroll());
            var waits = Side.start(home::sync);
            untilThere(home, 1, 2);
            away.resign();
            assertEquals(1, waits.result());
            assertEquals(1, away.enrolled());
        }
    }

    @Test void aTimeLimitAndAnInterruptionTakeTheArrivalBack() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            var away = pair.away().barrier("b");
            away.enroll();
            assertFalse(away.sync(ZERO));
            assertFalse(away.sync(ofMillis(20)));
            untilThere(home, 0, 2);
            var waits = Side.start(away::sync);
            untilThere(home, 1, 2);
            waits.interrupt();
            var interrupted = assertThrows(InterruptedException.class, waits::result);
            assertEquals("interrupted while waiting to sync Barrier \"b\" at 127.0.0.1:" + pair.home().port(),
                    interrupted.getMessage());
            untilThere(home, 0, 2);
            var arrival = away.syncAsync();
            untilThere(home, 1, 2);
            arrival.cancel(true);
            assertThrows(CancellationException.class, arrival::join);
            untilThere(home, 0, 2);
            var late = away.syncAsync();
            assertEquals(0, home.sync());
            assertEquals(0, late.join());
            assertFalse(late.cancel(true));
        }
    }

    @Test void timeLimitsThatRaceWithTheMeetingAreExact() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            var away = pair.away().barrier("b");
            away.enroll();
            int met = 0;
            for (int i = 0; i < 1000; i++) {
                var arrival = home.syncAsync();
                boolean happened = away.sync(ofNanos(i * 200));
                if (!happened) assertEquals(met, away.sync()); // so the one at home was still waiting
                assertEquals(met++, arrival.get());
            }
        }
    }

    @Test void aChoiceAtHomeMeetsArrivalsFromAfar() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            var away = pair.away().barrier("b");
            away.enroll();
            var c = Channel.<Integer>rendezvous("c");
            var alt = Alt.of(c.on(_ -> {}), home.on(() -> {}));
            var chooses = Side.start(alt::select);
            assertEquals(0, away.sync());
            assertEquals(1, chooses.result());
            var arrival = away.syncAsync();
            untilThere(home, 1, 2);
            assertEquals(1, alt.select());
            assertEquals(1, arrival.join());
            var other = Side.start(alt::select);
            c.send(1);
            assertEquals(0, other.result());
            untilThere(home, 0, 2);
        }
    }

    @Test void aBarrierOfAnotherNodeIsNoGuardAndSaysSo() throws Exception {
        try (var pair = Pair.open()) {
            barrier(pair, 1);
            var away = pair.away().barrier("b");
            var refused = assertThrows(UnsupportedOperationException.class, () -> away.on(() -> {}));
            assertTrue(refused.getMessage().startsWith(away + " cannot be a guard"), refused.getMessage());
        }
    }

    @Test void whoIsNotEnrolledOrCountedWronglyIsToldAtOnce() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            var away = pair.away().barrier("b");
            var at = "Barrier \"b\" at 127.0.0.1:" + pair.home().port();
            assertEquals("sync " + at + ": nobody is enrolled from this node; enroll() first, once for each process",
                    assertThrows(IllegalStateException.class, away::sync).getMessage());
            assertEquals("resign from " + at + ": nobody is enrolled from this node",
                    assertThrows(IllegalStateException.class, away::resign).getMessage());
            away.enroll();
            var waits = away.syncAsync();
            assertInstanceOf(IllegalStateException.class,
                    assertThrows(CompletionException.class, () -> away.syncAsync().join()).getCause());
            assertEquals("resign from " + at
                    + ": all 1 that are enrolled from this node wait for the meeting, and who waits cannot resign",
                    assertThrows(IllegalStateException.class, away::resign).getMessage());
            assertEquals(0, home.sync());
            waits.join();
            away.resign();
        }
    }

    /// Who resigns at home for one who is enrolled elsewhere has spoilt the count, and all hear of it.
    @Test void aCountThatIsSpoiltAtHomeBreaksTheBarrier() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 0);
            var away = pair.away().barrier("b");
            away.enroll();
            home.resign();
            var broken = assertThrows(BrokenBarrier.class, away::sync);
            assertTrue(broken.getMessage().contains("nobody is enrolled"), broken.getMessage());
            assertThrows(BrokenBarrier.class, home::sync);
        }
    }

    @Test void aNameOfTheOtherKindIsRefused() throws Exception {
        try (var pair = Pair.open()) {
            barrier(pair, 1);
            var c = pair.home().receiver("c", Integer.class);
            for (var node : List.of(pair.home(), pair.away())) {
                assertRefused("it is a Barrier", () -> node.sender("b", Integer.class));
                assertRefused("it is a Barrier", () -> node.receiverEnd("b", Integer.class));
                assertRefused("it is a Channel", () -> node.barrier("c"));
            }
            assertEquals("cannot publish Barrier \"b\" at 127.0.0.1:" + pair.home().port()
                    + ": it is published there; ask that node for it",
                    assertThrows(IllegalArgumentException.class, () -> pair.away().publish(pair.away().barrier("b")))
                            .getMessage());
            assertThrows(IllegalStateException.class, () -> pair.home().publish(Barrier.of("c", 1)));
            assertEquals("c", c.name());
        }
    }

    private static void assertRefused(String why, Executable asking) {
        var refused = assertThrows(IllegalArgumentException.class, asking);
        assertTrue(refused.getMessage().endsWith(why), refused.getMessage());
    }

    // Poison

    @Test void poisonFromEitherSideBreaksItForAll() throws Exception {
        for (boolean here : new boolean[]{true, false}) {
            try (var pair = Pair.open(); var third = pair.another()) {
                var home = barrier(pair, 2);
                var away = pair.away().barrier("b");
                var beyond = third.barrier("b");
                away.enroll();
                beyond.enroll();
                var sides = List.of(Side.start(home::sync), Side.start(away::sync), Side.start(beyond::sync));
                untilThere(home, 3, 4);
                var cause = new IllegalStateException("no more");
                assertTrue((here ? home : away).poison(cause));
                for (var side : sides) {
                    var broken = assertThrows(BrokenBarrier.class, side::result);
                    assertEquals(0, broken.meeting());
                    assertTrue(broken.getMessage().contains("no more"), broken.getMessage());
                }
                assertThrows(BrokenBarrier.class, beyond::sync);
                assertThrows(BrokenBarrier.class, beyond::enroll);
                beyond.resign();
                assertFalse(beyond.poison(cause));
                assertFalse(home.poison(cause));
            }
        }
    }

    // Links that are lost

    private static LinkLost lost(long meeting, Executable operation) {
        var broken = assertThrows(BrokenBarrier.class, operation);
        assertEquals(meeting, broken.meeting());
        return assertInstanceOf(LinkLost.class, broken.getCause());
    }

    @Test void aProcessThatIsKilledBreaksTheBarrierForAllOthers() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
                var other = Opening.connect("127.0.0.1:" + node.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var home = node.publish(Barrier.of("b", 1));
            var away = other.barrier("b");
            away.enroll();
            try (var child = Child.meeting(node.port())) {
                Side.until(() -> home.enrolled() == 3);
                for (int meeting = 0; meeting < 3; meeting++) {
                    var arrival = away.syncAsync();
                    assertEquals(meeting, home.sync());
                    assertEquals(meeting, arrival.join());
                    assertEquals(meeting, child.nextNumber());
                }
                var waits = Side.start(home::sync);
                untilThere(home, 2, 3); // it has arrived, too
                assertEquals(List.of(), child.kill());
                assertEquals(LinkLost.Outcome.NOT_TAKEN, lost(3, waits::result).outcome());
                lost(3, home::sync);
                var told = assertThrows(BrokenBarrier.class, away::sync);
                assertEquals(3, told.meeting());
                assertTrue(told.getMessage().contains("link to 127.0.0.1:"), told.getMessage());
            }
        }
    }

    @Test void aHomeThatIsKilledBreaksTheBarrier() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
                var child = Child.hosting(node.port())) {
            var away = node.barrier("b");
            away.enroll();
            var first = Side.start(away::sync);
            Side.until(() -> away.enrolled() == 3);
            child.kill();
            assertEquals(LinkLost.Outcome.UNKNOWN, lost(0, first::result).outcome());
            assertEquals(LinkLost.Outcome.NOT_TAKEN, lost(0, away::sync).outcome());
            lost(0, away::enroll);
            lost(0, away::enrolled);
            away.resign();
            assertFalse(away.poison(new IllegalStateException("too late")));
        }
    }

    @Test void aNodeThatClosesBreaksABarrierUnlessItsProcessesHaveResigned() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 1);
            try (var third = pair.another()) {
                var beyond = third.barrier("b");
                beyond.enroll();
                beyond.resign();
            }
            assertEquals(0, home.sync());
            Side<Long> there;
            try (var third = pair.another()) {
                var beyond = third.barrier("b");
                beyond.enroll();
                there = Side.start(beyond::sync);
                untilThere(home, 1, 2);
            }
            assertEquals(LinkLost.Outcome.NOT_TAKEN, lost(1, there::result).outcome());
            lost(1, home::sync);
        }
    }

    @Test void aHomeThatClosesTellsThoseWhoWait() throws Exception {
        try (var pair = Pair.open()) {
            var home = barrier(pair, 2);
            var away = pair.away().barrier("b");
            away.enroll();
            var waits = Side.start(away::sync);
            var here = Side.start(home::sync);
            untilThere(home, 2, 3);
            pair.home().close();
            assertEquals(LinkLost.Outcome.NOT_TAKEN, lost(0, waits::result).outcome());
            lost(0, here::result);
            assertThrows(IllegalStateException.class, () -> pair.away().barrier("another"));
        }
    }

    @Test void arrivalsGoOnWaitingAcrossResets() throws Exception {
        var limits = Pair.window(Duration.ofSeconds(30));
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, limits);
                var relay = new Relay(node.port(), 1);
                var other = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, limits)) {
            var home = node.publish(Barrier.of("b", 1));
            var away = other.barrier("b");
            away.enroll();
            for (int meeting = 0; meeting < 5; meeting++) {
                var waits = Side.start(away::sync);
                untilThere(home, 1, 2);
                relay.reset();
                var there = Side.start(() -> away.sync(ofDays(1)));
                assertThrows(IllegalStateException.class, there::result); // it is not enrolled
                assertEquals(meeting, home.sync());
                assertEquals(meeting, waits.result());
            }
        }
    }

    // Who may

    @Test void whoMayNotTakePartFindsNothing() throws Exception {
        var config = Node.Config.with(Pair.SECRET)
                .withPermissions((peer, use, name) -> use == Permissions.Use.SYNC && name.equals("open"));
        try (var home = Node.listen("127.0.0.1:0", config);
                var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET)) {
            home.publish(Barrier.of("hidden", 1));
            home.publish(Barrier.of("open", 0));
            var seeking = Side.start(() -> away.barrier("hidden"));
            var open = away.barrier("open");
            open.enroll();
            assertEquals(0, open.sync());
            assertFalse(seeking.isDone());
            assertThrows(InterruptedException.class, () -> seeking.interrupt().result());
        }
    }
}
