package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Guards of which nothing is known before somebody has been asked.
@Timeout(60) class AskingTest {
    /// Letters at a post office, which answers when its clerk gets round to it.
    private static final class Post implements Event.Distant<String> {
        final Queue<String> letters = new ArrayDeque<>();
        final Queue<Offer<String>> asked = new ArrayDeque<>();
        final Set<Offer<String>> registered = new LinkedHashSet<>();
        boolean likely = true;
        int passed;

        @Override public synchronized boolean isLikely() { return likely; }

        @Override public synchronized void ask(Offer<String> offer) { asked.add(offer); }

        @Override public synchronized void passedOver() { passed++; }

        @Override public synchronized void register(Offer<String> offer) { registered.add(offer); }

        @Override public synchronized void withdraw(Offer<String> offer) { registered.remove(offer); }

        /// Answers one who asks, or gives a letter to one who waits.
        void serve() {
            Offer<String> offer;
            boolean claimed;
            synchronized (this) {
                offer = asked.poll();
                claimed = offer != null;
                if (offer == null && !letters.isEmpty()) offer = registered.stream().findFirst().orElse(null);
            }
            if (offer == null || (!claimed && !offer.claim())) return;
            String letter;
            synchronized (this) {
                letter = letters.poll();
            }
            if (letter == null) offer.release();
            else offer.complete(letter);
        }
    }

    private final Post post = new Post();
    private final List<String> got = new ArrayList<>();

    private static Channel<String> full(int n) {
        var channel = Channel.<String>unbounded("near");
        for (int i = 0; i < n; i++) channel.trySend("near");
        return channel;
    }

    private static List<String> letters(int n) {
        return IntStream.range(0, n).mapToObj(i -> "letter " + i).toList();
    }

    @Test void whatIsAlwaysReadyDoesNotStarveIt() throws Exception {
        post.letters.addAll(letters(3));
        var clerk = Side.start(() -> {
            while (!post.letters.isEmpty()) post.serve();
            return null;
        });
        var alt = Alt.of(full(10).on(got::add), Alt.on(post, got::add));
        for (int i = 0; i < 6; i++) alt.select();
        clerk.result();
        assertEquals(List.of("near", "letter 0", "near", "letter 1", "near", "letter 2"), got);
        assertEquals(3, post.passed);
    }

    @Test void itIsAskedOnlyWhenThereIsAReason() throws Exception {
        post.likely = false;
        var alt = Alt.of(Alt.on(post, got::add), full(3).on(got::add));
        for (int i = 0; i < 3; i++) alt.select();
        assertEquals(List.of("near", "near", "near"), got);
        assertEquals(3, post.passed);
        assertTrue(post.asked.isEmpty());
        assertTrue(post.registered.isEmpty());
    }

    @Test void byPriorityItIsAskedWhereItComesFirst() throws Exception {
        post.letters.addAll(letters(2));
        var near = full(2);
        var clerk = Side.start(() -> {
            while (!post.letters.isEmpty()) post.serve();
            return null;
        });
        var first = Alt.of(Alt.on(post, got::add), near.on(got::add));
        assertEquals(0, first.priSelect());
        assertEquals(0, first.priSelect());
        clerk.result();
        assertEquals(0, Alt.of(near.on(got::add), Alt.on(post, got::add)).priSelect());
        assertEquals(List.of("letter 0", "letter 1", "near"), got);
    }

    @Test void nothingElseHappensWhileItIsAsked() throws Exception {
        var near = Channel.<String>rendezvous("near");
        var chooses = Side.start(() -> Alt.of(Alt.on(post, got::add), near.on(got::add)).select());
        Side.until(() -> !post.asked.isEmpty());
        assertFalse(near.trySend("too early"));
        post.serve(); // has no letter
        Side.until(() -> !post.registered.isEmpty());
        assertTrue(near.trySend("now"));
        assertEquals(1, chooses.result());
        assertEquals(List.of("now"), got);
    }

    @Test void whatItThrowsTheChoiceThrows() throws Exception {
        var chooses = Side.start(() -> Alt.of(Alt.on(post, got::add), full(1).on(got::add)).select());
        Side.until(() -> !post.asked.isEmpty());
        var failure = new IllegalStateException("burnt down");
        post.asked.remove().fail(failure);
        assertSame(failure, assertThrows(IllegalStateException.class, chooses::result));
        assertTrue(got.isEmpty());
    }

    @Test void anInterruptionMeanwhileComesTooLate() throws Exception {
        post.letters.add("letter");
        var chooses = Side.start(() -> {
            int chosen = Alt.of(Alt.on(post, got::add)).select();
            assertTrue(Thread.interrupted());
            return chosen;
        });
        Side.until(() -> !post.asked.isEmpty());
        chooses.interrupt();
        post.serve();
        assertEquals(0, chooses.result());
        assertEquals(List.of("letter"), got);
    }

    @Test void anInterruptionIsTakenUpWhenItWasInVain() throws Exception {
        var chooses = Side.start(() -> Alt.of(Alt.on(post, got::add)).select());
        Side.until(() -> !post.asked.isEmpty());
        chooses.interrupt();
        post.serve();
        assertThrows(InterruptedException.class, chooses::result);
        assertTrue(post.registered.isEmpty());
    }

    @Test void aPoisonedGuardIsSeenThoughAnotherCouldBeAsked() {
        var near = Channel.<String>rendezvous("near");
        near.poison(new Exception("x"));
        assertThrows(ChannelPoisoned.class, () -> Alt.of(Alt.on(post, got::add), near.on(got::add)).select());
        assertTrue(post.asked.isEmpty());
    }

    /// Two choosers, a clerk whose hints are often wrong, and a sender nearby: each letter and each element comes once, and nobody is left behind.
    @Test void everyAnswerIsExact() {
        Simulation.Config.STANDARD.withInterrupts(0.01).withSpuriousWakeups(0.02).explore(5000, sim -> {
            var office = new Post();
            var near = Channel.<String>rendezvous("near");
            var received = new ArrayList<String>();
            int each = 3;
            for (int i = 0; i < 2; i++) {
                var alt = Alt.of(near.on(received::add), Alt.on(office, received::add));
                sim.spawn("chooses " + i, () -> {
                    while (received.size() < 2 * each) {
                        try {
                            alt.select();
                        } catch (InterruptedException again) {
                            continue;
                        } catch (ChannelPoisoned over) {
                            return;
                        }
                    }
                    near.poison(new Exception("all is there"));
                });
            }
            sim.spawn("sends", () -> {
                for (int sent = 0; sent < each;) {
                    try {
                        near.send("near " + sent);
                        sent++;
                    } catch (InterruptedException again) {
                        continue;
                    } catch (ChannelPoisoned over) {
                        return;
                    }
                }
            });
            sim.spawn("clerk", () -> {
                office.letters.addAll(letters(each));
                while (received.size() < 2 * each || !office.asked.isEmpty()) {
                    office.likely = sim.random(2) == 0;
                    office.serve();
                    Waiting.current().giveWay();
                }
            });
            sim.run();
            assertEquals(2 * each, received.size(), received::toString);
            assertEquals(2 * each, Set.copyOf(received).size());
            assertTrue(office.registered.isEmpty());
        });
    }
}
