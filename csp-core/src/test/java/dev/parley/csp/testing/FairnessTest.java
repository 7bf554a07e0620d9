package dev.parley.csp.testing;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What `select` promises to guards that are always ready, and what choices and waits that come to nothing leave behind.
class FairnessTest {
    @Test void twoGuardsThatAreAlwaysReadyGetHalfEach() throws Exception {
        var counts = new int[2];
        var alt = Alt.of(guards(2, counts));
        for (int i = 0; i < 10_000; i++) alt.select();
        assertEquals("[5000, 5000]", Arrays.toString(counts));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8}) void nobodyWaitsForMoreThanAllOthers(int n) throws Exception {
        var alt = Alt.of(guards(n, new int[n]));
        var last = new int[n];
        for (int i = 0; i < 1_000; i++) {
            int chosen = alt.select();
            assertTrue(i - last[chosen] <= n, "passed over " + (i - last[chosen] - 1) + " times");
            last[chosen] = i;
        }
        for (int guard : last) assertTrue(1_000 - guard <= n);
    }

    private static Guard[] guards(int n, int[] counts) throws InterruptedException {
        return IntStream.range(0, n).mapToObj(i -> {
            var latest = Channel.<Integer>sliding(1);
            return i % 2 == 0
                    ? latest.offering(1, () -> counts[i]++)
                    : filled(latest).on(_ -> {
                        counts[i]++;
                        latest.trySend(1);
                    });
        }).toArray(Guard[]::new);
    }

    private static Channel<Integer> filled(Channel<Integer> channel) {
        channel.trySend(1);
        return channel;
    }

    private static final int MANY = 10_000_000;

    /// A channel that many choices passed over is as it was, and the heap does not grow.
    @Tag("slow")
    @Test void choicesThatLoseLeaveNothingBehind() throws Exception {
        var passedOver = Channel.<Integer>rendezvous();
        var ready = Channel.<Integer>sliding(1);
        var alt = Alt.of(passedOver.on(_ -> {}), ready.on(_ -> ready.trySend(1)));
        ready.trySend(1);
        flat(passedOver, MANY, alt::select);
    }

    @Tag("slow")
    @Test void receivesThatTimeOutLeaveNothingBehind() throws Exception {
        var channel = Channel.<Integer>rendezvous();
        var brief = Duration.ofNanos(1);
        flat(channel, MANY, () -> channel.receive(brief));
    }

    @Tag("slow")
    @Test void receivesThatAreInterruptedLeaveNothingBehind() throws Exception {
        var channel = Channel.<Integer>rendezvous();
        var waiter = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < MANY / 10;) {
                try {
                    channel.receive();
                } catch (InterruptedException interrupted) {
                    i++;
                }
            }
        });
        flat(channel, 1, () -> {
            while (waiter.isAlive()) {
                waiter.interrupt();
                Thread.yield();
            }
            return 0;
        });
    }

    private interface Action {
        Object run() throws Exception;
    }

    private static void flat(Channel<Integer> channel, int times, Action action) throws Exception {
        for (int i = 0; i < Math.min(times, 100_000); i++) action.run();
        long before = heap();
        for (int i = 0; i < times; i++) action.run();
        long grown = heap() - before;
        assertTrue(grown < 2_000_000, () -> "the heap grew by " + grown + " bytes");
        assertEquals(0, channel.statistics().waitingReceivers());
        // What a tombstone each would cost is milliseconds.
        long start = System.nanoTime();
        channel.trySend(1);
        long nanos = System.nanoTime() - start;
        assertTrue(nanos < 1_000_000, () -> "one trySend afterwards took " + nanos + " ns");
    }

    private static long heap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
