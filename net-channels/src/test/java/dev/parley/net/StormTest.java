package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.time.Duration.ofNanos;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Writers of several nodes send in every way, are interrupted, run out of time, and have their links cut; an oracle over (writer, counter)
/// compares what each was told with what was received.
@Timeout(120) class StormTest {
    private static final int NODES = 3, WRITERS = 3;

    /// One process that sends counters and notes what it was told.
    private static final class Writer {
        final int number;
        final BitSet taken = new BitSet(), unknown = new BitSet();
        final Random random;
        int counter;

        Writer(int number, long seed) {
            this.number = number;
            this.random = new Random(seed * 31 + number);
        }

        void run(Sender<Integer> sender) {
            for (counter = 0;; counter++) {
                int value = number << 24 | counter;
                try {
                    boolean happened = switch (random.nextInt(6)) {
                        case 0 -> sender.trySend(value);
                        case 1 -> sender.send(value, ofNanos(random.nextInt(300_000)));
                        default -> {
                            sender.send(value);
                            yield true;
                        }
                    };
                    if (happened) taken.set(counter);
                } catch (InterruptedException notSent) {
                    continue; // so it must not be received, like one that timed out
                } catch (ChannelPoisoned poisoned) {
                    var loss = assertInstanceOf(LinkLost.class, poisoned.getCause());
                    if (loss.outcome() == LinkLost.Outcome.UNKNOWN) unknown.set(counter);
                    return;
                }
            }
        }
    }

    static LongStream someSeeds() {
        return LongStream.range(0, 6);
    }

    static LongStream manySeeds() {
        return LongStream.range(1000, 1200);
    }

    @ParameterizedTest
    @MethodSource("someSeeds") void whatWritersAreToldIsWhatWasReceived(long seed) throws Exception {
        storm(seed);
    }

    @Tag("slow")
    @ParameterizedTest
    @Timeout(600)
    @MethodSource("manySeeds") void whatWritersAreToldIsWhatWasReceivedManyTimes(long seed) throws Exception {
        storm(seed);
    }

    private static void storm(long seed) throws Exception {
        var random = new Random(seed);
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = home.receiver("c", Integer.class);
            var relays = new ArrayList<Relay>();
            var nodes = new ArrayList<Node>();
            var writers = new ArrayList<Writer>();
            var sides = new ArrayList<Side<Void>>();
            for (int n = 0; n < NODES; n++) {
                relays.add(new Relay(home.port(), seed + n));
                nodes.add(Opening.connect("127.0.0.1:" + relays.get(n).port(), Pair.SECRET, Pair.AT_ONCE));
                var shared = nodes.get(n).sender("c", Integer.class);
                for (int w = 0; w < WRITERS; w++) {
                    var writer = new Writer(writers.size(), seed);
                    writers.add(writer);
                    var sender = w == 0 ? nodes.get(n).sender("c", Integer.class) : shared;
                    sides.add(Side.run(() -> writer.run(sender)));
                }
            }
            var received = new ArrayList<Integer>();
            int before = 300 + random.nextInt(300);
            for (int next = 0; next < NODES; next++) {
                for (int i = 0; i < before; i++) {
                    received.add(channel.receive());
                    if (random.nextInt(5) == 0) sides.get(random.nextInt(sides.size())).interrupt();
                }
                before = random.nextInt(200);
                if (next < NODES - 1) relays.get(next).cut();
            }
            var last = relays.getLast();
            var cutting = Side.run(last::cut);
            receiveUntilLost(channel, received);
            cutting.result();
            for (var side : sides) side.result();
            for (var node : nodes) node.close();
            for (var relay : relays) relay.close();
            check(writers, received, "seed " + seed);
        }
    }

    private static void receiveUntilLost(Channel<Integer> channel, List<Integer> received) throws Exception {
        try {
            for (;;) received.add(channel.receive());
        } catch (ChannelPoisoned lost) {
            assertInstanceOf(LinkLost.class, lost.getCause());
        }
    }

    private static void check(List<Writer> writers, List<Integer> received, String seed) {
        for (var writer : writers) {
            var got = new BitSet();
            int before = -1;
            for (int value : received) {
                if (value >>> 24 != writer.number) continue;
                int counter = value & 0xFFFFFF;
                assertTrue(counter > before, seed + ": writer " + writer.number + ": " + counter + " after " + before);
                before = counter;
                got.set(counter);
            }
            var lost = (BitSet) writer.taken.clone();
            lost.andNot(got);
            assertEquals(new BitSet(), lost, seed + ": told to be taken and not received, of writer " + writer.number);
            var invented = (BitSet) got.clone();
            invented.andNot(writer.taken);
            invented.andNot(writer.unknown);
            assertEquals(new BitSet(), invented, seed + ": received and told not to be, of writer " + writer.number);
        }
    }

    @Test void theOracleSeesALossAndAnInvention() {
        var writer = new Writer(0, 0);
        writer.taken.set(3);
        check(List.of(writer), List.of(3), "none");
        for (var wrong : List.of(List.<Integer>of(), List.of(3, 4), List.of(3, 3))) {
            boolean passed = true;
            try {
                check(List.of(writer), wrong, "none");
            } catch (AssertionError seen) {
                passed = false;
            }
            assertFalse(passed, wrong.toString());
        }
    }
}
