package dev.parley.csp;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Guards of which nothing is known before somebody has been asked: see also [AskingScheduleTest].
@Timeout(60) class AskingTest {
    private final Post post = new Post();
    private final List<String> got = new ArrayList<>();

    private static Channel<String> full(int n) {
        var channel = Channel.<String>unbounded("near");
        for (int i = 0; i < n; i++) channel.trySend("near");
        return channel;
    }

    @Test void whatIsAlwaysReadyDoesNotStarveIt() throws Exception {
        post.letters.addAll(Post.letters(3));
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
        post.letters.addAll(Post.letters(2));
        var near = full(2);
        var clerk = Side.start(() -> {
            while (!post.letters.isEmpty()) post.serve();
            return null;
        });
        var first = Alt.of(Alt.on(post, got::add), near.on(got::add));
        assertEquals(0, first.priSelect());
        assertEquals(0, first.priSelect());
        clerk.result();
        assertEquals(List.of("letter 0", "letter 1"), got);
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
}
