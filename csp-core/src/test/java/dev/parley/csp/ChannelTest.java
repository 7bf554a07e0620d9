package dev.parley.csp;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChannelTest {
    @Test void capacityMustBePositive() {
        var failure = assertThrows(IllegalArgumentException.class, () -> Channel.buffered(0));
        assertEquals("capacity must be at least 1, but was 0; for capacity 0 use Channel.rendezvous()",
                failure.getMessage());
    }

    @Test void aChannelWithoutANameIsCalledAfterItsKind() {
        assertTrue(Channel.rendezvous().name().matches("rendezvous-\\d+"));
        assertTrue(Channel.buffered(2).name().matches("buffered-\\d+"));
    }

    @Test void aHugeCapacityCostsOnlyWhatIsUsed() {
        var channel = Channel.<Integer>buffered(Integer.MAX_VALUE);
        for (int i = 0; i < 1000; i++) channel.trySend(i);
        for (int i = 0; i < 500; i++) assertEquals(new Received<>(i), channel.tryReceive());
        for (int i = 1000; i < 3000; i++) channel.trySend(i);
        for (int i = 500; i < 3000; i++) assertEquals(new Received<>(i), channel.tryReceive());
        assertEquals(new Empty<>(), channel.tryReceive());
    }
}
