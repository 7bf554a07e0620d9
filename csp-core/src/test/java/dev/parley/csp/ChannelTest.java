package dev.parley.csp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

    private final List<Integer> discarded = new ArrayList<>();

    private Channel<Integer> filled(Channel<Integer> channel) {
        channel.onDiscard(discarded::add);
        for (int i = 0; i < 5; i++) assertTrue(channel.trySend(i));
        return channel;
    }

    @Test void aSlidingChannelKeepsTheNewest() {
        var channel = filled(Channel.sliding("s", 2));
        assertEquals(List.of(0, 1, 2), discarded);
        assertEquals("Channel \"s\" [sliding 2/2, 0 senders and 0 receivers waiting]", channel.toString());
        channel.close();
        assertEquals(List.of(3, 4), channel.stream().toList());
    }

    @Test void aDroppingChannelKeepsTheOldest() {
        var channel = filled(Channel.dropping(2));
        assertEquals(List.of(2, 3, 4), discarded);
        channel.close();
        assertEquals(List.of(0, 1), channel.stream().toList());
    }

    @Test void theLatestIsTheOnlyOne() throws Exception {
        var channel = filled(Channel.latest());
        assertEquals(List.of(0, 1, 2, 3), discarded);
        assertEquals(4, channel.receive());
        assertEquals(new Empty<>(), channel.tryReceive());
        channel.send(5);
        channel.poison(new Exception("x"));
        assertEquals(List.of(0, 1, 2, 3, 5), discarded);
    }

    @Test void anUnboundedChannelTakesEverything() {
        var channel = Channel.<Integer>unbounded("u");
        for (int i = 0; i < 100_000; i++) assertTrue(channel.trySend(i));
        channel.close();
        assertEquals(IntStream.range(0, 100_000).boxed().toList(), channel.stream().toList());
    }

    @Test void aPolicyMayMakeRoomForSeveral() throws Exception {
        // takes all or nothing: when the last of a batch is taken, both waiting senders move in
        var channel = Kinds.BATCH_2.channel("batch");
        channel.send(0);
        channel.send(1);
        var senders = new ArrayList<Side<Void>>();
        for (int i = 2; i < 4; i++) {
            int value = i;
            senders.add(Side.waiting(channel, () -> {
                channel.send(value);
                return null;
            }));
        }
        assertEquals(0, channel.receive());
        Side.assertWaiting(channel, 2, 0);
        assertEquals(1, channel.receive());
        for (var sender : senders) sender.result();
        assertEquals(2, channel.receive());
        assertEquals(3, channel.receive());
    }

    /// A buffer of one place that takes positive numbers only.
    private abstract static class Picky implements BufferPolicy<Integer> {
        private @Nullable Integer held;

        abstract Integer refuse(Integer element);

        @Override public boolean hasRoom() { return held == null; }

        @Override public @Nullable Integer add(Integer element) {
            if (element < 0) return refuse(element);
            held = element;
            return null;
        }

        @Override public @Nullable Integer take() {
            var element = held;
            held = null;
            return element;
        }

        @Override public int size() { return held == null ? 0 : 1; }

        @Override public int capacity() { return 1; }

        @Override public String toString() { return "picky"; }
    }

    private static Side<String> waitsToSend(Channel<Integer> channel, int element) {
        return Side.waiting(channel, () -> {
            channel.send(element);
            return "sent";
        });
    }

    @Test void aPolicyThatThrowsForOneThatWaitedTellsItAndLosesNothing() throws Exception {
        var channel = Channel.buffered("picky", new Picky() {
            @Override Integer refuse(Integer element) { throw new IllegalStateException("no " + element); }
        });
        channel.send(1);
        var refused = waitsToSend(channel, -1);
        var next = waitsToSend(channel, 2);
        assertEquals(1, channel.receive());
        assertEquals("no -1", assertThrows(ChannelPoisoned.class, refused::result).getCause().getMessage());
        assertEquals(2, channel.receive());
        assertEquals("sent", next.result());
        assertEquals(new Empty<>(), channel.tryReceive());
    }

    @Test void whatAPolicyDropsOfThoseThatWaitedIsDiscarded() throws Exception {
        var channel = Channel.buffered("picky", new Picky() {
            @Override Integer refuse(Integer element) { return element; }
        }).onDiscard(discarded::add);
        channel.send(1);
        var senders = List.of(waitsToSend(channel, -1), waitsToSend(channel, -2), waitsToSend(channel, 2));
        assertEquals(1, channel.receive());
        for (var sender : senders) assertEquals("sent", sender.result());
        assertEquals(List.of(-1, -2), discarded);
        assertEquals(2, channel.receive());
    }

    @Test void whoIsInterruptedIsToldWhereAndHowItStandsThere() {
        var channel = Channel.<Integer>buffered("numbers", 2);
        channel.trySend(1);
        for (var state : List.of("buffered 1/2", "buffered 1/2, closed")) {
            Thread.currentThread().interrupt();
            assertEquals("interrupted before waiting on Channel \"numbers\" [" + state + "]",
                    assertThrows(InterruptedException.class, channel::receive).getMessage());
            channel.close();
        }
        var meeting = Channel.<Integer>rendezvous("meeting");
        var sender = waitsToSend(meeting, 1);
        assertEquals("interrupted while waiting on Channel \"meeting\" [rendezvous]",
                assertThrows(InterruptedException.class, sender.interrupt()::result).getMessage());
    }

    @Test void aPolicyThatThrowsLeavesTheChannelUsable() throws Exception {
        var channel = Channel.<Integer>buffered("moody", new BufferPolicy<>() {
            @Override public boolean hasRoom() {
                return true;
            }

            @Override public @Nullable Integer add(Integer element) {
                throw new IllegalStateException("no " + element);
            }

            @Override public @Nullable Integer take() {
                return null;
            }

            @Override public int size() {
                return 0;
            }

            @Override public int capacity() {
                return 1;
            }

            @Override public String toString() {
                return "moody";
            }
        });
        assertThrows(IllegalStateException.class, () -> channel.send(1));
        var receiver = Side.waiting(channel, channel::receive);
        channel.send(2);
        assertEquals(2, receiver.result());
    }
}
