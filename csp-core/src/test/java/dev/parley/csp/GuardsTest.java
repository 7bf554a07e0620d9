package dev.parley.csp;

import dev.parley.loop.EventLoop;
import dev.parley.loop.Outcome;
import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The kinds of guard beside plain input and output: what an Alt can wait for.
@Timeout(60) class GuardsTest {
    private final List<Object> log = new ArrayList<>();

    // Values made when chosen

    @Test void aSuppliedValueIsAskedForOnlyWhenItIsSent() throws Exception {
        var c = Channel.<Integer>rendezvous("c");
        var d = Channel.<Integer>buffered("d", 1);
        var asked = new int[1];
        var alt = Alt.of(c.offering(() -> ++asked[0]), d.offering(() -> 10 + ++asked[0]));
        assertEquals(1, alt.select());
        assertEquals(1, asked[0]);
        var waits = Side.waiting(c, alt::select); // d is full
        assertEquals(1, asked[0]);
        assertEquals(new Received<>(2), c.tryReceive());
        assertEquals(0, waits.result());
        assertEquals(11, d.receive());
        assertEquals(2, asked[0]);
    }

    @Test void aSuppliedValueMovesIntoTheBufferWhenThereIsRoom() throws Exception {
        var d = Channel.<Integer>buffered("d", 1);
        d.send(1);
        var waits = Side.waiting(d, () -> Alt.of(d.offering(() -> 2)).select());
        assertEquals(1, d.receive());
        assertEquals(0, waits.result());
        assertEquals(2, d.receive());
    }

    @Test void whatASuppliedValuePushesOutIsDiscarded() throws Exception {
        var discarded = new ArrayList<String>();
        var channel = Channel.<String>sliding(1).onDiscard(discarded::add);
        channel.send("old");
        assertEquals(0, Alt.of(channel.offering(() -> "new")).select());
        assertEquals(List.of("old"), discarded);
        assertEquals("new", channel.receive());
    }

    @Test void aSupplierThatFailsFailsTheChoiceAndNobodyElse() {
        var failure = new IllegalStateException("no value");
        Simulation.explore(1500, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            var received = new ArrayList<Integer>();
            sim.spawn("chooser", () -> {
                var alt = Alt.of(c.offering(() -> {
                    throw failure;
                }));
                assertSame(failure, assertThrows(IllegalStateException.class, alt::select));
            });
            sim.spawn("receiver", () -> Alt.of(c.on(received::add)).select());
            sim.spawn("plain", () -> received.add(c.receive()));
            sim.settle();
            assertEquals(List.of(), received);
            c.send(1);
            c.send(2);
            sim.run();
            assertEquals(List.of(1, 2), received.stream().sorted().toList());
        });
    }

    @Test void poisonDoesNotAskForTheValue() throws Exception {
        var c = Channel.<Integer>rendezvous("c");
        var waits = Side.waiting(c, () -> Alt.of(c.offering(() -> { throw new AssertionError("asked"); })).select());
        c.poison(new IOException("gone"));
        assertThrows(ChannelPoisoned.class, waits::result);
    }

    // Time

    @Test void anAbsoluteDeadlineDoesNotDrift() {
        Simulation.explore(1, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            var ticks = new ArrayList<Long>();
            var next = new Deadline[]{Deadline.in(ofSeconds(1))};
            var alt = Alt.of(c.on(_ -> {}), Alt.at(() -> next[0], () -> {
                ticks.add(sim.now().toMillis());
                next[0] = next[0].plus(ofSeconds(1));
            }));
            sim.spawn("disturber", () -> {
                for (int i = 0; i < 10; i++) {
                    c.send(i, ofMillis(700));
                    sim.advance(ZERO);
                }
            });
            while (ticks.size() < 4) alt.select();
            assertEquals(List.of(1000L, 2000L, 3000L, 4000L), ticks);
            c.poison(new Error("end"));
        });
    }

    @Test void aDeadlineThatIsOverIsReadyAtOnce() throws Exception {
        var past = Deadline.in(ZERO);
        var c = Channel.<Integer>buffered("c", 1);
        assertEquals(1, Alt.of(c.on(log::add), Alt.at(past, () -> {})).priSelect());
        c.send(1);
        assertEquals(0, Alt.of(c.on(log::add), Alt.at(past, () -> {})).priSelect());
        assertTrue(past.isOver());
        assertEquals(ZERO, past.left());
        assertTrue(past.compareTo(past.plus(ofSeconds(1))) < 0);
        assertEquals(past, past.plus(ofSeconds(1)).plus(ofSeconds(-1)));
    }

    // Stages and tasks

    @Test void aStageIsReadyFromItsCompletionOn() throws Exception {
        var stage = new CompletableFuture<String>();
        var c = Channel.<Integer>rendezvous("c");
        var alt = Alt.of(c.on(log::add), Alt.on(stage, log::add));
        var waits = Side.waiting(c, alt::select);
        stage.complete("done");
        assertEquals(1, waits.result());
        assertEquals(1, alt.select());
        assertEquals(List.of("done", "done"), log);
        assertEquals(0, Alt.of(Alt.on(CompletableFuture.<String>completedFuture(null), log::add)).select());
    }

    @Test void aStageThatFailedFailsTheChoice() {
        var alt = Alt.of(Alt.on(CompletableFuture.supplyAsync(() -> {
            throw new IllegalArgumentException("bad");
        }), log::add));
        assertEquals("bad", assertThrows(IllegalArgumentException.class, alt::select).getMessage());
    }

    @Test void choicesThatPassOverAStageLeaveNothingThere() throws Exception {
        var stage = new CompletableFuture<String>();
        var c = Channel.<Integer>rendezvous("c");
        var alt = Alt.of(c.on(log::add), Alt.on(stage, log::add));
        for (int i = 0; i < 1000; i++) {
            var waits = Side.waiting(c, alt::select);
            c.send(i);
            waits.result();
        }
        assertEquals(1, stage.getNumberOfDependents());
    }

    @Test void aTaskIsReadyWhenItHasEnded() throws Exception {
        EventLoop.run(() -> {
            var go = Channel.<Integer>rendezvous("go");
            var task = EventLoop.current().spawn(() -> go.receive() + 1);
            var alt = Alt.of(Alt.on(task, log::add), go.offering(6));
            assertEquals(1, alt.select());
            assertEquals(0, alt.select());
            assertEquals(List.of(new Outcome.Succeeded<>(7)), log);
        });
    }

    // Ends

    @Test void countedEndsMakeGuardsUntilTheyRetire() throws Exception {
        var c = Channel.<Integer>buffered("c", 1);
        var out = c.sender();
        var in = c.receiver();
        assertEquals(0, Alt.of(out.offering(1)).select());
        assertEquals(0, Alt.of(in.on(log::add)).select());
        assertEquals(List.of(1), log);
        var output = Alt.of(out.offering(2), Alt.otherwise(() -> {}));
        out.close();
        assertThrows(ChannelClosed.class, output::select);
        var input = Alt.of(in.on(log::add), Alt.otherwise(() -> {}));
        in.close();
        assertThrows(ChannelClosed.class, input::select);
    }

    // Random

    @Test void randomChoicesAreEvenAndFollowTheSeed() {
        for (int repeat = 0; repeat < 2; repeat++) {
            Simulation.replay(5, _ -> {
                var chosen = new int[4];
                var guards = new Guard[4];
                for (int i = 0; i < 4; i++) {
                    int me = i;
                    var c = Channel.<Integer>unbounded("c" + i);
                    for (int n = 0; n < 4000; n++) c.send(n);
                    guards[i] = c.on(_ -> chosen[me]++);
                }
                var alt = Alt.of(guards);
                for (int n = 0; n < 4000; n++) alt.randomSelect();
                log.add(List.of(chosen[0], chosen[1], chosen[2], chosen[3]));
            });
        }
        assertEquals(log.get(0), log.get(1));
        for (var count : (List<?>) log.get(0)) assertEquals(1000, (int) count, 150);
    }

    // Events of one's own

    /// A queue of a user, with a lock of its own, whose taker is chosen by an Alt.
    private static final class Mailbox implements Event<String> {
        private final Queue<String> letters = new ArrayDeque<>();
        private final Set<Offer<String>> offers = new LinkedHashSet<>();

        private final ReentrantLock lock = new ReentrantLock();

        void put(String letter) {
            Offer<String> winner;
            lock.lock();
            try {
                winner = offers.stream().filter(Offer::claim).findFirst().orElse(null);
                if (winner == null) letters.add(letter);
            } finally {
                lock.unlock();
            }
            if (winner != null) winner.complete(letter);
        }

        @Override public @Nullable String poll() {
            lock.lock();
            try {
                return letters.poll();
            } finally {
                lock.unlock();
            }
        }

        @Override public void register(Offer<String> offer) {
            String letter = null;
            lock.lock();
            try {
                offers.add(offer);
                if (!letters.isEmpty() && offer.claim()) letter = letters.remove();
            } finally {
                lock.unlock();
            }
            if (letter != null) offer.complete(letter);
        }

        @Override public void withdraw(Offer<String> offer) {
            lock.lock();
            try {
                offers.remove(offer);
            } finally {
                lock.unlock();
            }
        }

        @Override public String toString() {
            return "mailbox";
        }
    }

    @Test void anEventOfOnesOwnIsChosenExactlyOnce() {
        Simulation.Config.STANDARD.withSlowness(0.02).explore(3000, sim -> {
            var mailbox = new Mailbox();
            var c = Channel.<Integer>rendezvous("c");
            var seen = new ArrayList<String>();
            for (int i = 0; i < 2; i++) {
                sim.spawn("reader-" + i, () -> {
                    var alt = Alt.of(c.on(value -> seen.add("c" + value)), Alt.on(mailbox, seen::add),
                            Alt.after(ofSeconds(1), () -> seen.add("late")));
                    for (int n = 0; n < 2; n++) alt.select();
                });
            }
            sim.spawn("writer", () -> {
                mailbox.put("x");
                mailbox.put("y");
            });
            sim.spawn("sender", () -> c.send(1, ofSeconds(5)));
            sim.run();
            assertEquals(4, seen.size());
            long received = seen.stream().filter("c1"::equals).count();
            long late = seen.stream().filter("late"::equals).count();
            assertTrue(received <= 1);
            assertEquals(4, received + late + (2 - mailbox.letters.size()));
            assertTrue(mailbox.offers.isEmpty());
        });
    }

    /// An event that reserves the choice and then lets it go: the choice loses nothing by that.
    @Test void aReservationThatIsReleasedLosesNothing() {
        Simulation.Config.STANDARD.withSlowness(0.02).withSpuriousWakeups(0.02).explore(5000, sim -> {
            var event = new Hesitation();
            var c = Channel.<Integer>rendezvous("c");
            var d = Channel.<Integer>rendezvous("d");
            var seen = new ArrayList<Object>();
            sim.spawn("chooser", () -> {
                var alt = Alt.of(c.on(seen::add), Alt.on(event, seen::add), d.offering(9, () -> seen.add("sent")),
                        Alt.after(ofSeconds(9), () -> seen.add("late")));
                for (int n = 0; n < 3; n++) alt.select();
            });
            sim.spawn("hesitant", () -> {
                event.hesitate();
                event.hesitate();
                event.give("now");
            });
            sim.spawn("sender", () -> c.send(1, ofSeconds(5)));
            sim.spawn("receiver", () -> d.receive(ofSeconds(5)));
            sim.run();
            assertEquals(3, seen.size());
            if (!seen.contains("late")) assertEquals(Set.of(1, "now", "sent"), Set.copyOf(seen));
        });
    }

    /// A channel that was closed while the only one who waits to send there is reserved elsewhere has ended all the same.
    @Test void aReservedSenderDoesNotKeepAClosedChannelOpen() throws Exception {
        var event = new Hesitation();
        var c = Channel.<Integer>rendezvous("c");
        var sender = Side.waiting(c, Alt.of(c.offering(1), Alt.on(event, log::add))::select);
        Side.until(() -> event.offer != null);
        var offer = event.offer;
        assertTrue(offer.claim());
        c.close();
        assertThrows(ChannelClosed.class, Alt.of(c.on(log::add))::select);
        assertEquals(new Closed<>(), c.receiveOrClosed());
        offer.release();
        assertThrows(ChannelClosed.class, sender::result);
    }

    /// A receiver that waited is chosen or its choice fails; what it waited for never goes past it into the buffer. The plain receiver before it makes the sender look
    /// at this channel alone, and is gone when it does.
    @Test void aSenderThatLooksAtOneChannelAloneDoesNotOverlookAnEndingOfAnother() {
        Simulation.explore(20_000, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            var d = Channel.<Integer>buffered("d", 1);
            var gone = sim.spawn("plain", () -> {
                try {
                    assertEquals(1, d.receive());
                } catch (InterruptedException asked) {
                    assertEquals(0, d.size());
                }
            });
            sim.settle();
            sim.spawn("chooser", () -> endsOrChooses(Alt.of(d.on(_ -> {}), c.on(_ -> {}))));
            sim.settle();
            sim.spawn("sender", () -> endsOrChooses(Alt.of(d.offering(1), c.offering(2))));
            sim.spawn("interrupter", gone::interrupt);
            sim.spawn("poisoner", () -> c.poison(new Error("end")));
            sim.run();
            assertEquals(0, d.size());
        });
    }

    private static void endsOrChooses(Alt alt) throws Exception {
        try {
            alt.select();
        } catch (ChannelPoisoned end) {
            assertEquals("c", end.channel());
        }
    }

    /// A guard of a choice that is decided still stands in the queue until its owner wakes; the channel is over all the same.
    @Test void retiringAfterTheEndIsHarmlessThoughADecidedGuardStillStandsThere() {
        Simulation.explore(200, sim -> {
            var c = Channel.<Integer>rendezvous("c");
            sim.spawn("sender", () -> Alt.of(c.offering(10), c.offering(11)).select());
            sim.settle();
            assertEquals(10, c.receive());
            c.close();
            c.retire();
            assertEquals(new Closed<>(), c.receiveOrClosed());
            sim.run();
        });
    }

    private static final class Hesitation implements Event<String> {
        private volatile @Nullable Offer<String> offer;
        private volatile @Nullable String ready;

        void hesitate() {
            var known = offer;
            if (known != null && known.claim()) {
                Thread.yield();
                known.release();
            }
        }

        void give(String value) {
            ready = value;
            tell();
        }

        private void tell() {
            var known = offer;
            var value = ready;
            if (known != null && value != null && known.claim()) {
                ready = null;
                known.complete(value);
            }
        }

        @Override public @Nullable String poll() {
            var value = ready;
            ready = null;
            return value;
        }

        @Override public void register(Offer<String> offer) {
            this.offer = offer;
            tell();
        }

        @Override public void withdraw(Offer<String> offer) {
            this.offer = null;
        }
    }

    @Test void anEventThatFailsFailsTheChoice() {
        var failure = new IOException("gone");
        var alt = Alt.of(Alt.on(new Event<String>() {
            @Override public @Nullable String poll() {
                return null;
            }

            @Override public void register(Offer<String> offer) {
                if (offer.claim()) offer.fail(failure);
                assertFalse(offer.claim(), "decided");
            }

            @Override public void withdraw(Offer<String> offer) {
                assertFalse(offer.claim(), "too late");
            }
        }, log::add));
        assertSame(failure, assertThrows(IOException.class, alt::select));
        assertSame(failure, assertThrows(IOException.class, alt::select));
    }

    // Graded poison

    @Test void aChannelIsImmuneToWeakPoison() throws Exception {
        var outer = Channel.<Integer>buffered("outer", 1).immuneTo(1);
        outer.send(1);
        assertFalse(outer.poison(new IOException("inner network failed")));
        assertEquals(1, outer.receive());
        assertTrue(outer.poison(2, new IOException("all failed")));
        assertEquals(2, assertThrows(ChannelPoisoned.class, outer::receive).strength());
        assertThrows(IllegalArgumentException.class, () -> outer.poison(0, new Error()));
        assertThrows(IllegalArgumentException.class, () -> outer.immuneTo(-1));
    }

    @Test void anInnerNetworkCanBeTornDownAndStartedAgain() throws Exception {
        var in = Channel.<Integer>buffered("in", 4).immuneTo(1);
        var out = Channel.<Integer>buffered("out", 4).immuneTo(1);
        for (int i = 1; i <= 4; i++) in.send(i);
        Par inner = new Par(Proc.named("half").owning(in, out).does(() -> {
            while (true) {
                int value = in.receive();
                if (value == 2) throw new IllegalStateException("two");
                out.send(value * 10);
            }
        }));
        assertThrows(IllegalStateException.class, inner::run);
        in.close();
        assertThrows(ChannelClosed.class, inner::run);
        assertEquals(10, out.receive());
        assertEquals(30, out.receive());
        assertEquals(40, out.receive());
    }
}
