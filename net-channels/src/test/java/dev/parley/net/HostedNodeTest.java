package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelException;
import dev.parley.csp.Guard;
import dev.parley.loop.EventLoop;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.Tasks;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A node that a task of a loop opens lives on that loop's carrier.
@Timeout(60) class HostedNodeTest {
    private EventLoop loop, other;

    private static EventLoop open() {
        return EventLoop.open(EventLoop.Config.standard().engine(EngineChoice.CARRIER).stallAfter(Duration.ZERO));
    }

    @BeforeEach void openLoops() {
        assumeTrue(Epoll.isAvailable(), "the JDK's selector cannot be hosted");
        loop = open();
        other = open();
    }

    @AfterEach void closeLoops() {
        if (loop != null) loop.close();
        if (other != null) other.close();
    }

    private static Node listen() throws Exception {
        return Node.listen("127.0.0.1:0", Pair.SECRET);
    }

    @Test void itHasNoThreadOfItsOwn() throws Exception {
        long before = nodeThreads();
        try (var node = loop.call(HostedNodeTest::listen)) {
            assertEquals(before, nodeThreads());
            assertTrue(node.port() > 0);
        }
    }

    private static long nodeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("parley-node-"))
                .count();
    }

    @Test void tasksOfTwoLoopsMeet() throws Exception {
        try (var home = loop.call(HostedNodeTest::listen);
                var away = other.call(() -> Node.connect("127.0.0.1:" + home.port(), Pair.SECRET))) {
            var channel = home.receiver("c", Integer.class);
            var sending = other.submit(() -> {
                try (var sender = away.sender("c", Integer.class)) {
                    for (int i = 0; i < 2000; i++) sender.send(i);
                    sender.sendAll(IntStream.range(2000, 4000).boxed().toList());
                }
                return true;
            });
            assertEquals(4000, loop.call(() -> {
                int count = 0;
                for (int value : channel) assertEquals(count++, value);
                return count;
            }));
            assertTrue(sending.join());
        }
    }

    /// What a home said between two choices is followed in the order of fairness, not in the order in which it came.
    @Test void remoteGuardsThatAreAllReadyHaveTheirTurns() throws Exception {
        int guards = 8, share = 100;
        try (var home = loop.call(HostedNodeTest::listen)) {
            var channels = IntStream.range(0, guards).mapToObj(i -> home.publish(Channel.<Integer>rendezvous("c" + i),
                    Codec.of(Integer.class))).toList();
            for (var channel : channels) Thread.startVirtualThread(() -> {
                try {
                    while (true) channel.send(1);
                } catch (ChannelException | InterruptedException over) {
                    // enough
                }
            });
            var chosen = other.call(() -> {
                var counts = new int[guards];
                try (var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET)) {
                    var inputs = new Guard[guards];
                    for (int i = 0; i < guards; i++) {
                        int each = i;
                        inputs[i] = away.receiverEnd("c" + i, Integer.class).on(_ -> counts[each]++);
                    }
                    var alt = Alt.of(inputs);
                    for (int i = 0; i < guards * share; i++) alt.select();
                }
                return counts;
            });
            for (var channel : channels) channel.poison(new Exception("enough"));
            for (int count : chosen) assertTrue(count > share / 2, () -> Arrays.toString(chosen));
        }
    }

    @Test void otherThreadsUseItToo() throws Exception {
        try (var home = loop.call(HostedNodeTest::listen);
                var away = other.call(() -> Node.connect("127.0.0.1:" + home.port(), Pair.SECRET))) {
            var channel = home.receiver("c", Integer.class);
            var sender = away.sender("c", Integer.class);
            for (int i = 0; i < 500; i++) {
                var sent = sender.sendAsync(i);
                assertEquals(i, channel.receive());
                sent.join();
            }
        }
    }

    @Test void itWorksBesideTasksThatAreAlwaysReady() throws Exception {
        var ended = new AtomicBoolean();
        try (var home = loop.call(HostedNodeTest::listen);
                var away = other.call(() -> Node.connect("127.0.0.1:" + home.port(), Pair.SECRET))) {
            var busy = List.of(loop, other).stream().map(each -> each.submit(() -> {
                while (!ended.get()) Tasks.giveWay();
                return true;
            })).toList();
            var channel = home.receiver("c", Integer.class);
            var sender = away.sender("c", Integer.class);
            var sending = Side.run(() -> {
                for (int i = 0; i < 200; i++) sender.send(i);
            });
            for (int i = 0; i < 200; i++) assertEquals(i, channel.receive());
            sending.result();
            ended.set(true);
            for (CompletableFuture<Boolean> each : busy) each.join();
        }
    }

    @Test void timersOfItsLoopAndItsOwnFire() throws Exception {
        try (var home = loop.call(HostedNodeTest::listen);
                var away = other.call(() -> Node.connect("127.0.0.1:" + home.port(), Pair.SECRET))) {
            var channel = home.receiver("c", Integer.class);
            other.call(() -> {
                var sender = away.sender("c", Integer.class);
                assertFalse(sender.send(1, Duration.ofMillis(20))); // time of a task, and the answer of the other node
                Tasks.sleep(Duration.ofMillis(1));
            });
            assertEquals("timed out", loop.call(() -> {
                var word = new String[1];
                Alt.of(channel.on(value -> word[0] = "came"),
                        Alt.after(Duration.ofMillis(20), () -> word[0] = "timed out"))
                        .select();
                return word[0];
            }));
        }
    }

    @Test void itOutlivesTheTasksOfItsLoop() throws Exception {
        var home = loop.call(HostedNodeTest::listen);
        loop.close();
        try (home; var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET)) {
            var channel = home.receiver("c", Integer.class);
            var sending = Side.run(() -> away.sender("c", Integer.class).send(7));
            assertEquals(7, channel.receive());
            sending.result();
        }
    }

    @Test void severalNodesOfOneLoopWork() throws Exception {
        try (var home = loop.call(HostedNodeTest::listen);
                var away = loop.call(() -> Node.connect("127.0.0.1:" + home.port(), Pair.SECRET))) {
            assertEquals(3, loop.call(() -> {
                var channel = home.receiver("c", Integer.class);
                var sender = away.sender("c", Integer.class);
                var sent = sender.sendAsync(3);
                int got = channel.receive();
                sent.join();
                return got;
            }));
        }
    }
}
