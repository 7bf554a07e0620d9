package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// A channel that is written once.
@Timeout(20) class PromiseTest {
    private final Channel<Integer> promise = Channel.promise("p");

    @Test void everyReceiveGetsTheOneValue() throws Exception {
        assertEquals(new Empty<>(), promise.tryReceive());
        promise.send(7);
        for (int i = 0; i < 3; i++) assertEquals(7, promise.receive());
        assertEquals(new Received<>(7), promise.receiveAsync().join());
        assertEquals(1, promise.size());
    }

    @Test void allWhoWaitGetItHoweverTheyWait() throws Exception {
        var log = new ConcurrentLinkedQueue<String>();
        var plain = Side.waiting(promise, promise::receive);
        var async = promise.receiveAsync();
        var choice = Side.waiting(promise, () -> Alt.of(promise.on(value -> log.add("chose " + value))).select());
        assertTrue(promise.trySend(7));
        assertEquals(7, plain.result());
        assertEquals(new Received<>(7), async.join());
        assertEquals(0, choice.result());
        assertEquals(List.of("chose 7"), List.copyOf(log));
    }

    @Test void aSecondValueIsRefused() throws Exception {
        promise.send(1);
        assertEquals("send to Channel \"p\" [promise, closed]",
                assertThrows(ChannelClosed.class, () -> promise.send(2)).getMessage());
        assertThrows(ChannelClosed.class, () -> promise.trySend(2));
        assertThrows(ChannelClosed.class, () -> Alt.of(promise.offering(2)).select());
        assertFalse(promise.tryClose());
        assertEquals(1, promise.receive());
    }

    @Test void whatGoesOnUntilTheEndTakesItOnce() throws Exception {
        promise.send(7);
        var seen = new ArrayList<Integer>();
        for (var value : promise) seen.add(value);
        promise.stream().forEach(seen::add);
        assertEquals(1, promise.drainTo(seen));
        seen.addAll(promise.receiveBatch(10));
        for (var value : promise.receiver()) seen.add(value);
        assertEquals(List.of(7, 7, 7, 7, 7), seen);
    }

    @Test void aBrokenPromiseEnds() throws Exception {
        var waits = Side.waiting(promise, promise::receiveOrClosed);
        promise.close();
        assertEquals(new Closed<>(), waits.result());
        assertEquals(0, promise.drainTo(new ArrayList<>()));
    }

    @Test void itIsDiscardedOnlyIfNobodyGotIt() throws Exception {
        var discarded = new ArrayList<Integer>();
        promise.onDiscard(discarded::add).send(1);
        promise.receive();
        assertTrue(promise.poison(new Error("late")));
        assertThrows(ChannelPoisoned.class, promise::receive);
        var other = Channel.<Integer>promise().onDiscard(discarded::add);
        other.send(2);
        other.poison(new Error("early"));
        assertEquals(List.of(2), discarded);
    }

    @Test void aReaderThatRetiresTakesNothingFromOthers() throws Exception {
        promise.send(1);
        promise.retire();
        promise.receiver().close();
        assertEquals(1, promise.receive());
        var open = Channel.<Integer>promise();
        open.retire();
        assertThrows(ChannelPoisoned.class, () -> open.send(1));
    }

    @Test void oneOfSeveralWritersWins() {
        Simulation.explore(2000, sim -> {
            var p = Channel.<Integer>promise("p");
            var seen = new ArrayList<Integer>();
            var won = new ArrayList<Integer>();
            for (int i = 0; i < 2; i++) {
                int value = i;
                sim.spawn("writer-" + i, () -> {
                    try {
                        if (value == 0) p.send(value);
                        else Alt.of(p.offering(() -> value)).select();
                        won.add(value);
                    } catch (ChannelClosed second) {
                        assertEquals("p", second.channel());
                    }
                });
                sim.spawn("reader-" + i, () -> seen.add(p.receive()));
                sim.spawn("chooser-" + i, () -> Alt.of(p.on(seen::add)).select());
            }
            sim.run();
            assertEquals(1, won.size());
            assertEquals(List.of(won.getFirst(), won.getFirst(), won.getFirst(), won.getFirst()), seen);
        });
    }

    @Test void toLookBeforeItIsWrittenIsNotToReceiveIt() {
        var discarded = new ArrayList<Integer>();
        var promise = Channel.<Integer>promise().onDiscard(discarded::add);
        assertEquals(new Empty<>(), promise.tryReceive());
        promise.trySend(1);
        promise.poison(new IllegalStateException("too late"));
        assertEquals(List.of(1), discarded);
    }
}
