package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Readers at other nodes, over real sockets: how they come and go, lose their connections, and are killed.
@Timeout(60) class RemoteReaderTest {
    private static Channel<Integer> source(Node node) {
        return node.publish(Channel.<Integer>rendezvous("source"), Codec.of(Integer.class));
    }

    private static LinkLost loss(Class<? extends RuntimeException> type, Throwable thrown) {
        return assertInstanceOf(LinkLost.class, assertInstanceOf(type,
                thrown instanceof CompletionException failed ? failed.getCause() : thrown).getCause());
    }

    // Ends

    @Test void writersAndReadersOfSeveralNodesMeetAtOneHome() throws Exception {
        try (var nodes = Pair.open(); var third = nodes.another()) {
            var channel = source(nodes.home());
            var readers = List.of(nodes.away(), third, nodes.home()).stream().map(node -> Side.start(() -> {
                try (var end = node.receiverEnd("source", Integer.class)) {
                    return end.stream().toList();
                }
            })).toList();
            var holding = channel.sender();
            var writers = IntStream.range(0, 3).mapToObj(w -> Side.run(() -> {
                try (var end = List.of(nodes.away(), third, nodes.home()).get(w).sender("source", Integer.class)) {
                    for (int i = 0; i < 300; i++) end.send(w * 300 + i);
                }
            })).toList();
            for (var writer : writers) writer.result();
            holding.close();
            var all = new ArrayList<Integer>();
            for (var reader : readers) all.addAll(reader.result());
            assertEquals(IntStream.range(0, 900).boxed().toList(), all.stream().sorted().toList());
        }
    }

    @Test void anotherTypeFailsWhenTheEndsMeet() throws Exception {
        try (var nodes = Pair.open()) {
            source(nodes.home());
            for (var node : List.of(nodes.away(), nodes.home())) {
                var refused = assertThrows(IllegalArgumentException.class,
                        () -> node.receiverEnd("source", String.class));
                assertTrue(String.valueOf(refused.getMessage()).contains("raw:int32"), refused.getMessage());
            }
        }
    }

    @Test void anEndWaitsForItsName() throws Exception {
        try (var nodes = Pair.open()) {
            var receiving = Side.start(() -> nodes.away().receiverEnd("source", Integer.class).receive());
            source(nodes.home()).send(1);
            assertEquals(1, receiving.result());
        }
    }

    @Test void permissionsTellReceivingFromSending() throws Exception {
        var config = Node.Config.with(Pair.SECRET)
                .withPermissions((peer, use, channel) -> use == Permissions.Use.RECEIVE);
        try (var home = Node.listen("127.0.0.1:0", config);
                var away = Node.connect("127.0.0.1:" + home.port(), Pair.SECRET)) {
            var channel = source(home);
            var reading = away.receiverEnd("source", Integer.class).receiveAsync();
            channel.send(1);
            assertEquals(new Received<>(1), reading.join());
            var refused = assertThrows(IllegalArgumentException.class, () -> away.sender("source", Integer.class));
            assertTrue(String.valueOf(refused.getMessage()).contains("publishes no Channel"), refused.getMessage());
        }
    }

    @Test void anElementThatCannotTravelFailsItsSenderAndPoisons() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>rendezvous("big"), Codec.of(byte[].class));
            var reading = Side.start(() -> nodes.away().receiverEnd("big", byte[].class).receive());
            var failed = assertThrows(ReceiverFailed.class, () -> channel.send(new byte[Limits.LARGEST + 1]));
            assertTrue(failed.getMessage().contains("send it in parts"), failed.getMessage());
            assertThrows(ChannelPoisoned.class, reading::result);
            assertThrows(ChannelPoisoned.class, () -> channel.send(new byte[1]));
        }
    }

    /// Nobody has to hear of it but the two nodes, so it takes some pairs to fill the link.
    @Test void aWithdrawalThatMeetsItsAnswerAfterTheEndIsPassedOver() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().receiver("c", Integer.class);
            var holding = channel.sender();
            for (int i = 0; i < 300; i++) {
                var sender = nodes.away().sender("c", Integer.class);
                var sending = sender.sendAsync(i);
                sender.close();
                var receiving = channel.receiveAsync();
                sending.cancel(true);
                receiving.cancel(true);
                sending.exceptionally(withdrawn -> null).join();
            }
            var reading = channel.receiveAsync();
            var last = nodes.away().sender("c", Integer.class);
            last.send(1000);
            assertEquals(new Received<>(1000), reading.join());
            holding.close();
        }
    }

    // Memory

    @Test void largeElementsThatAreHeldDoNotKeepOthersFromComing() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = nodes.home().publish(Channel.<byte[]>rendezvous("big"), Codec.of(byte[].class));
            var reader = nodes.away().receiverEnd("big", byte[].class);
            var shared = new byte[1_000_000];
            var sends = IntStream.range(0, 40).mapToObj(_ -> channel.sendAsync(shared)).toList();
            var held = IntStream.range(0, 40).mapToObj(_ -> reader.receiveExtendedAsync()).toList();
            for (var element : held) assertEquals(1_000_000, element.join().value().length); // ten times what may be unheard
            for (var send : sends) assertFalse(send.isDone());
            for (var element : held) element.join().close();
            for (var send : sends) send.join();
        }
    }

    // A lost connection

    @Test void receivesGoOnWaitingAcrossAReset() throws Exception {
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.window(ofSeconds(60)));
                var relay = new Relay(home.port(), 1);
                var away = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.window(ofSeconds(60)))) {
            var channel = source(home);
            var reader = away.receiverEnd("source", Integer.class);
            for (int i = 0; i < 20; i++) {
                var waiting = reader.receiveAsync();
                Side.until(() -> channel.statistics().waitingReceivers() == 1);
                int before = relay.connections();
                relay.reset();
                var sending = channel.sendAsync(i); // taken while there may be no connection
                assertEquals(new Received<>(i), waiting.join());
                sending.join();
                Side.until(() -> relay.connections() > before);
            }
            channel.close();
            assertEquals(new Closed<>(), reader.receiveOrClosed());
        }
    }

    @Test void manyResetsUnderLoadLoseAndRepeatNothing() throws Exception {
        var limits = Pair.window(Duration.ofMinutes(5));
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, limits);
                var relay = new Relay(home.port(), 1);
                var away = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, limits)) {
            var channel = source(home);
            var reader = away.receiverEnd("source", Integer.class);
            var readers = IntStream.range(0, 3).mapToObj(r -> Side.start(() -> {
                var mine = new ArrayList<Integer>();
                for (boolean more = true; more;) {
                    switch (reader.receive(Duration.ofMillis(r))) {
                        case Received(var element) -> mine.add(element);
                        case Closed() -> more = false;
                        default -> {}
                    }
                }
                return mine;
            })).toList();
            for (int i = 0; i < 2000; i++) {
                channel.send(i);
                if (i % 40 == 0) relay.reset();
            }
            channel.close();
            var all = new ArrayList<Integer>();
            for (var side : readers) {
                var mine = side.result();
                assertEquals(mine.stream().sorted().toList(), mine);
                all.addAll(mine);
            }
            assertEquals(IntStream.range(0, 2000).boxed().toList(), all.stream().sorted().toList());
            assertTrue(relay.connections() > 5, "only " + relay.connections() + " connections");
        }
    }

    // The end of a link

    @Test void aReaderKilledMidStreamLeavesItsElementUnsureAndTheOthersGoOn() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = source(node);
            var mine = channel.receiver();
            try (var child = Child.taking(node.port())) {
                int sent = 0;
                for (; sent < 500; sent++) channel.send(sent);
                var sending = channel.sendAsync(sent); // most likely on its way when the child is killed
                var printed = child.kill();
                Side.until(() -> sending.isDone() || channel.statistics().waitingSenders() == 1);
                if (!sending.isDone()) { // the child was gone before it asked
                    assertEquals(sent, mine.receive());
                } else if (sending.isCompletedExceptionally()) {
                    assertEquals(LinkLost.Outcome.UNKNOWN,
                            loss(ReceiverFailed.class, assertThrows(CompletionException.class, sending::join))
                                    .outcome());
                }
                assertEquals(IntStream.range(0, printed.size()).boxed().toList(), printed);
                assertTrue(printed.size() <= sent + 1);
                var next = channel.sendAsync(1000);
                assertEquals(1000, mine.receive());
                next.join();
            }
        }
    }

    @Test void aReaderKilledWhileItHoldsAnElementLeavesItsSenderUnsure() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE)) {
            var channel = source(node);
            try (var child = Child.keeping(node.port())) {
                var sending = channel.sendAsync(7);
                assertEquals(7, child.nextNumber());
                assertFalse(sending.isDone());
                child.kill();
                assertEquals(LinkLost.Outcome.UNKNOWN,
                        loss(ReceiverFailed.class, assertThrows(CompletionException.class, sending::join)).outcome());
                assertThrows(ChannelPoisoned.class, () -> channel.send(8)); // it was the last receiver
            }
        }
    }

    @Test void aSenderAtAThirdNodeHearsOfTheLossOfTheReader() throws Exception {
        try (var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
                var writing = Node.connect("127.0.0.1:" + node.port(), Pair.SECRET)) {
            source(node);
            var sender = writing.sender("source", Integer.class);
            try (var child = Child.keeping(node.port())) {
                var sending = sender.sendAsync(7);
                assertEquals(7, child.nextNumber());
                child.kill();
                assertEquals(LinkLost.Outcome.UNKNOWN,
                        loss(ReceiverFailed.class, assertThrows(CompletionException.class, sending::join)).outcome());
            }
        }
    }

    /// Its sender has gone on, and the home has given it to the reader that asked first.
    @Test void anElementForWhichNobodyWaitsIsLostWithItsReader() throws Exception {
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
                var line = new Relay(home.port(), 0);
                var away = Opening.connect("127.0.0.1:" + line.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var channel = home.publish(Channel.<Integer>buffered("source", 2), Codec.of(Integer.class));
            var here = channel.receiver();
            var reading = away.receiverEnd("source", Integer.class).receiveAsync();
            Side.until(() -> channel.statistics().waitingReceivers() == 1);
            line.partition(true);
            channel.send(1);
            channel.send(2);
            line.cut();
            var lost = assertThrows(CompletionException.class, reading::join);
            var loss = assertInstanceOf(LinkLost.class, lost.getCause().getCause());
            assertEquals(LinkLost.Outcome.UNKNOWN, loss.outcome());
            assertEquals(2, here.receive());
            channel.send(3);
            assertEquals(3, here.receive());
        }
    }

    @Test void aHomeThatIsGoneEndsEveryKindOfReceive() throws Exception {
        try (var nodes = Pair.open(Pair.AT_ONCE)) {
            var channel = source(nodes.home());
            var relay = new Relay(nodes.home().port(), 1);
            try (relay; var cutOff = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
                var reader = cutOff.receiverEnd("source", Integer.class);
                var future = reader.receiveAsync();
                var sides = List.of(Side.<Object>start(reader::receive), Side.<Object>start(reader::receiveOrClosed),
                        Side.<Object>start(() -> reader.receive(Duration.ofDays(1))),
                        Side.<Object>start(reader::receiveExtended));
                Side.until(() -> channel.statistics().waitingReceivers() == 5);
                relay.cut();
                assertEquals(LinkLost.Outcome.UNKNOWN,
                        loss(ChannelPoisoned.class, assertThrows(CompletionException.class, future::join)).outcome());
                for (var side : sides)
                    assertEquals(LinkLost.Outcome.UNKNOWN,
                            loss(ChannelPoisoned.class, assertThrows(ChannelPoisoned.class, side::result)).outcome());
                assertEquals(LinkLost.Outcome.NOT_TAKEN,
                        loss(ChannelPoisoned.class, assertThrows(ChannelPoisoned.class, reader::receive)).outcome());
                assertThrows(ChannelPoisoned.class, reader::tryReceive);
            }
        }
    }

    @Test void theLossOfTheLinkTakesNothingAwayFromACompleteStream() throws Exception {
        var nodes = Pair.open(Pair.AT_ONCE);
        var channel = source(nodes.home());
        var reader = nodes.away().receiverEnd("source", Integer.class);
        channel.close();
        assertEquals(new Closed<>(), reader.receiveOrClosed());
        nodes.home().close();
        Side.until(() -> reader.receiveAsync().isDone());
        assertEquals(new Closed<>(), reader.receiveOrClosed());
        nodes.close();
    }

    @Test void closeOfTheReadingNodeTakesItsReceivesBack() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = source(nodes.home());
            var mine = channel.receiver();
            var waiting = Side.waiting(channel, nodes.away().receiverEnd("source", Integer.class)::receive);
            nodes.away().close();
            assertEquals(LinkLost.Outcome.NOT_TAKEN,
                    loss(ChannelPoisoned.class, assertThrows(ChannelPoisoned.class, waiting::result)).outcome());
            Side.assertWaiting(channel, 0, 0);
            channel.sendAsync(1);
            assertEquals(1, mine.receive());
        }
    }

    @Test void closeOfTheHomeTellsItsReadersThatNothingWasTaken() throws Exception {
        try (var nodes = Pair.open()) {
            var channel = source(nodes.home());
            var waiting = Side.waiting(channel, nodes.away().receiverEnd("source", Integer.class)::receive);
            nodes.home().close();
            assertEquals(LinkLost.Outcome.NOT_TAKEN,
                    loss(ChannelPoisoned.class, assertThrows(ChannelPoisoned.class, waiting::result)).outcome());
        }
    }
}
