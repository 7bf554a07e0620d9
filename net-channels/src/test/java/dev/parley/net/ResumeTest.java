package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Connections over real sockets that are lost and come back: both processes live on, so nothing is lost, repeated, overtaken or uncertain.
@Timeout(120) class ResumeTest {
    private static final int WRITERS = 3;

    /// Notices a silent line after a second.
    private static Limits limits() {
        var standard = Pair.window(ofSeconds(60));
        return new Limits(standard.frame(), standard.largest(), standard.sessionBytes(), standard.ends(),
                standard.unanswered(),
                standard.strangers(), standard.hellosPerSecond(), standard.calm(), ofSeconds(2), ofMillis(100), 10,
                standard.window(), standard.drain(), standard.permissions());
    }

    /// Two nodes with a relay between them.
    private static final class Net implements AutoCloseable {
        final Node home = Opening.listen("127.0.0.1:0", Pair.SECRET, limits());
        final Relay relay;
        final Node away;
        final Channel<Integer> channel = home.receiver("c", Integer.class);

        Net(Faults faults) throws Exception {
            relay = new Relay(home.port(), faults);
            away = connect(relay.port());
        }

        /// A first connection is not tried again by the node: there is no session yet.
        private static Node connect(int port) throws Exception {
            for (;;) {
                try {
                    return Opening.connect("127.0.0.1:" + port, Pair.SECRET, limits());
                } catch (IOException badLine) {
                    assertTrue(String.valueOf(badLine.getMessage()).contains("" + port), badLine.getMessage());
                }
            }
        }

        @Override public void close() {
            away.close();
            home.close();
            relay.close();
        }
    }

    private static Faults none() {
        return new Faults(Faults.Rates.NONE, 1);
    }

    @Test void aSendThatWaitsGoesOnWaitingAcrossAReset() throws Exception {
        try (var net = new Net(none())) {
            var sender = net.away.sender("c", Integer.class);
            var sending = sender.sendAsync(1);
            var behind = sender.sendAsync(2);
            Side.until(() -> net.channel.statistics().waitingSenders() == 1);
            net.relay.reset();
            Side.until(() -> net.relay.connections() == 2);
            assertEquals(1, net.channel.receive());
            sending.join();
            assertFalse(behind.isDone());
            assertEquals(2, net.channel.receive());
            behind.join();
        }
    }

    @Test void whatIsSentWhileTheConnectionIsLostArrivesAfterwards() throws Exception {
        try (var net = new Net(none())) {
            var sender = net.away.sender("c", Integer.class);
            net.relay.partition(true);
            var sending = sender.sendAsync(7);
            var trying = Side.start(() -> sender.trySend(8));
            Side.until(() -> net.relay.connections() >= 2); // the silence was noticed
            net.relay.partition(false);
            assertEquals(7, net.channel.receive());
            sending.join();
            assertFalse(trying.result(), "nobody waited to receive");
        }
    }

    @Test void aTimeLimitThatComesWhileTheConnectionIsLostIsKeptExactly() throws Exception {
        try (var net = new Net(none())) {
            var sender = net.away.sender("c", Integer.class);
            for (int i = 0; i < 20; i++) {
                int element = i;
                var sending = Side.start(() -> sender.send(element, ofMillis(30)));
                net.relay.reset();
                boolean received = net.channel.receive(ofMillis(i * 3)) instanceof Received<Integer>;
                assertEquals(received, sending.result());
            }
        }
    }

    @Test void poisonAndCloseCrossAReset() throws Exception {
        try (var net = new Net(none())) {
            var sender = net.away.sender("c", Integer.class);
            net.home.receiver("d", Integer.class);
            var other = net.away.sender("d", Integer.class);
            var last = sender.sendAsync(1);
            sender.close();
            net.relay.reset();
            assertTrue(other.poison(new IllegalStateException("enough")), "the first to poison it");
            assertEquals(1, net.channel.receive());
            last.join();
            assertEquals("Closed[]", net.channel.receiveOrClosed().toString());
        }
    }

    @Test void elementsOfSomeBytesAndOfManyAreSentAgain() throws Exception {
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, limits());
                var relay = new Relay(home.port(), new Faults(new Faults.Rates(0, 5, 0, 0, 5, 5), 11));
                var away = Net.connect(relay.port())) {
            var channel = home.publish(Channel.<byte[]>buffered("c", 8), Codec.of(byte[].class));
            var sender = away.sender("c", byte[].class);
            var sending = Side.run(() -> {
                for (int i = 0; i < 60; i++) sender.send(bytes(i));
                sender.close();
            });
            for (int i = 0; i < 60; i++)
                assertEquals(List.of(bytes(i).length, (int) (byte) i), summary(channel.receive()));
            sending.result();
            assertEquals("Closed[]", channel.receiveOrClosed().toString());
        }
    }

    private static byte[] bytes(int i) {
        var bytes = new byte[i % 7 == 0 ? 100_000 : i];
        java.util.Arrays.fill(bytes, (byte) i);
        return bytes;
    }

    private static List<Integer> summary(byte[] bytes) {
        return List.of(bytes.length, bytes.length == 0 ? 0 : (int) bytes[bytes.length - 1]);
    }

    private static void write(Sender<Integer> sender, Ledger.Account account, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            int element = account.element();
            boolean taken = switch (i % 5) {
                case 0 -> sender.trySend(element);
                case 1 -> sender.send(element, ofMillis(2));
                default -> {
                    sender.send(element);
                    yield true;
                }
            };
            if (taken) account.taken(element);
            else account.notTaken(element);
        }
        sender.close();
    }

    /// What goes on between two nodes while they work.
    private interface Trouble {
        /// Does it once.
        ///
        /// @param received how many elements have come
        /// @param over whether nobody works any more
        void strike(IntSupplier received, BooleanSupplier over);
    }

    /// Writes over `net` until each writer has sent `count`, while `trouble` goes on; then compares.
    private static void storm(Net net, int count, Trouble trouble, String run) throws Exception {
        var ledger = new Ledger();
        var writers = new ArrayList<Side<Void>>();
        var holding = net.channel.sender();
        for (int w = 0; w < WRITERS; w++) {
            var account = ledger.open();
            var sender = net.away.sender("c", Integer.class);
            writers.add(Side.run(() -> write(sender, account, count)));
        }
        var received = new ArrayList<Integer>();
        var come = new AtomicInteger();
        var receiving = Side.run(() -> {
            while (net.channel.receiveOrClosed() instanceof Received<Integer>(var element)) {
                received.add(element);
                come.incrementAndGet();
            }
        });
        BooleanSupplier over = () -> writers.stream().allMatch(Side::isDone);
        while (!over.getAsBoolean()) trouble.strike(come::get, over);
        for (var writer : writers) writer.result();
        holding.close();
        receiving.result();
        ledger.checkCertain(received, run);
    }

    @Test void manyResetsUnderLoadLoseAndRepeatNothing() throws Exception {
        resets(30);
    }

    @Tag("slow")
    @Timeout(900)
    @Test void aThousandResetsUnderLoadLoseAndRepeatNothing() throws Exception {
        resets(1000);
    }

    private static void resets(int count) throws Exception {
        int[] done = {0};
        while (done[0] < count) {
            try (var net = new Net(none())) {
                storm(net, 400, (received, over) -> {
                    int before = net.relay.connections();
                    net.relay.reset(); // often while the session is being resumed
                    done[0]++;
                    Side.until(() -> net.relay.connections() > before || over.getAsBoolean());
                    if (done[0] % 3 != 0) return;
                    int seen = received.getAsInt(); // or nobody would get anywhere
                    Side.until(() -> received.getAsInt() > seen || over.getAsBoolean());
                }, "resets");
            }
        }
    }

    @Test void whateverTheLineDoesAllArrivesOnceInOrder() throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            // no silence: each costs a second of real time; the simulation has plenty
            try (var net = new Net(new Faults(new Faults.Rates(0, 8, 4, 0, 8, 8), seed))) {
                storm(net, 150, (received, over) -> Thread.yield(), "seed " + seed);
            }
        }
    }

    @Test void aPartitionShorterThanTheWindowIsOnlyADelay() throws Exception {
        try (var net = new Net(none())) {
            int[] partitions = {0};
            storm(net, 3000, (received, over) -> {
                if (partitions[0] >= 2) Thread.yield();
                else {
                    partitions[0]++;
                    int before = net.relay.connections();
                    net.relay.partition(true);
                    Side.until(() -> net.relay.connections() > before || over.getAsBoolean());
                    net.relay.partition(false);
                }
            }, "partitions");
            assertEquals(2, partitions[0]);
        }
    }
}
