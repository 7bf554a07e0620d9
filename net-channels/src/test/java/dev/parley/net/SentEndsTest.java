package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Ends that are sent over channels, over real sockets: who counts, and what they are worth afterwards.
@Timeout(60) class SentEndsTest {
    private static final Codec<Sender<Integer>> SENDERS = Codec.senderOf(Codec.of(Integer.class));
    private static final Codec<ReceiverEnd<Integer>> RECEIVERS = Codec.receiverOf(Codec.of(Integer.class));

    record Question(String text, Sender<Integer> answer) {}

    record Offer(List<Sender<Integer>> more, ReceiverEnd<Integer> values, Sender<Question> questions) {}

    private final List<Node> nodes = new ArrayList<>();
    private final Node home = listening(), away = connected();

    SentEndsTest() throws Exception {}

    private Node listening() throws Exception {
        var node = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.AT_ONCE);
        nodes.add(node);
        return node;
    }

    private Node connected() throws Exception {
        var node = Opening.connect("127.0.0.1:" + home.port(), Pair.SECRET, Pair.AT_ONCE);
        nodes.add(node);
        return node;
    }

    @AfterEach void close() {
        for (var node : nodes.reversed()) node.close();
    }

    private static <T> Channel<T> rendezvous(Node node, String name, Codec<T> codec) {
        return node.publish(Channel.<T>rendezvous(name), codec);
    }

    private static Channel<Integer> numbers(Node node, String name) {
        return rendezvous(node, name, Codec.of(Integer.class));
    }

    /// That `end` is the last that counts, and works.
    private static void assertIsTheOnlyEnd(Sender<Integer> end, Channel<Integer> channel) throws Exception {
        var receiving = channel.receiveAsync();
        end.send(7);
        assertEquals(new Received<>(7), receiving.join());
        var further = Side.start(channel::receiveOrClosed);
        end.send(8);
        assertEquals(new Received<>(8), further.result());
        end.close();
        assertEquals(new Closed<>(), channel.receiveOrClosed());
    }

    // Where ends go

    @Test void anEndGoesFromItsHomeToAnotherNode() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var arriving = Side.start(() -> away.receiverEnd("ends", SENDERS).receive());
        var channel = numbers(home, "c");
        var end = channel.sender();
        ends.send(end);
        assertThrows(ChannelClosed.class, () -> end.send(1)); // it is the other's now
        assertIsTheOnlyEnd(arriving.result(), channel);
    }

    @Test void anEndGoesHomeAndIsTheLocalChannelsOwn() throws Exception {
        var channel = home.publish(Channel.<byte[]>rendezvous("c"), Codec.of(byte[].class));
        var codec = Codec.senderOf(Codec.of(byte[].class));
        var ends = rendezvous(home, "ends", codec);
        var end = away.sender("c", byte[].class);
        var arriving = Side.start(ends::receive);
        away.sender("ends", codec).send(end);
        assertThrows(ChannelClosed.class, () -> end.send(new byte[1]));
        var element = new byte[3];
        var receiving = channel.receiveAsync();
        arriving.result().send(element);
        assertEquals(new Received<>(element), receiving.join()); // the very same array
        arriving.result().close();
        assertEquals(new Closed<>(), channel.receiveOrClosed());
    }

    @Test void aReceivingEndTravels() throws Exception {
        var ends = rendezvous(home, "ends", RECEIVERS);
        var arriving = Side.start(() -> away.receiverEnd("ends", RECEIVERS).receive());
        var channel = numbers(home, "c");
        var end = channel.receiver();
        ends.send(end);
        assertThrows(ChannelClosed.class, end::receive);
        var sending = channel.sendAsync(5);
        assertEquals(5, arriving.result().receive());
        sending.join();
        arriving.result().retire();
        assertThrows(ChannelPoisoned.class, () -> channel.send(6)); // it was the last
    }

    @Test void aNodeThatDoesNotListenIsAskedForAnswersOverItsOwnLink() throws Exception {
        var questions = home.receiver("questions", Question.class);
        var serving = Side.run(() -> {
            for (var question : questions) {
                try (var answer = question.answer()) {
                    answer.send(question.text().length());
                }
            }
        });
        var asking = away.sender("questions", Question.class);
        for (int i = 0; i < 20; i++) {
            var answers = away.receiver("answers " + i, Integer.class);
            asking.send(new Question("x".repeat(i), answers.sender()));
            assertEquals(List.of(i), answers.stream().toList());
        }
        asking.close();
        serving.result();
    }

    @Test void anEndIsPassedOnToAThirdNodeThatConnectsByItself() throws Exception {
        var shop = listening();
        var channel = numbers(shop, "c");
        var ends = rendezvous(home, "ends", SENDERS);
        var arriving = Side.start(() -> away.receiverEnd("ends", SENDERS).receive());
        var end = home.sender("127.0.0.1:" + shop.port() + "/c", Integer.class);
        ends.send(end);
        var arrived = arriving.result();
        home.close(); // no longer needed
        assertIsTheOnlyEnd(arrived, channel);
    }

    @Test void anEndIsPassedOnByTheNodeInBetween() throws Exception {
        var third = connected();
        var channel = numbers(third, "c"); // it does not listen, but home is linked with it
        var ends = rendezvous(home, "ends", SENDERS);
        var arriving = Side.start(ends::receive);
        var end = third.sender("c", Integer.class);
        third.sender("ends", SENDERS).send(end);
        assertIsTheOnlyEnd(arriving.result(), channel);
    }

    @Test void recordsCarrySeveralEndsOfSeveralKinds() throws Exception {
        var offers = rendezvous(home, "offers", Codec.of(Offer.class));
        var values = numbers(away, "values");
        var questions = away.receiver("questions", Question.class);
        var arriving = Side.start(offers::receive);
        away.sender("offers", Offer.class)
                .send(new Offer(List.of(values.sender(), values.sender()), values.receiver(), questions.sender()));
        var offer = arriving.result();
        assertEquals(2, offer.more().size());
        for (var more : offer.more()) {
            var receiving = values.receiveAsync();
            more.send(4);
            assertEquals(new Received<>(4), receiving.join());
        }
        values.sendAsync(3);
        assertEquals(3, offer.values().receive());
        var asked = questions.receiveAsync();
        var answers = numbers(home, "answers");
        offer.questions().send(new Question("?", answers.sender()));
        if (!(asked.join() instanceof Received<Question>(var question))) throw new AssertionError("no question");
        question.answer().sendAsync(9);
        assertEquals(9, answers.receive());
    }

    @Test void endsOfEndsTravel() throws Exception {
        var nested = Codec.senderOf(SENDERS);
        var doors = rendezvous(home, "doors", nested);
        var ends = rendezvous(away, "ends", SENDERS);
        var channel = numbers(home, "c");
        var door = Side.start(doors::receive);
        away.sender("doors", nested).send(ends.sender());
        var arriving = Side.start(ends::receive);
        door.result().send(channel.sender());
        assertIsTheOnlyEnd(arriving.result(), channel);
    }

    @Test void aChoiceSendsAndReceivesEnds() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var channel = numbers(away, "c");
        var arriving = Side.start(ends::receive);
        Alt.of(away.sender("ends", SENDERS).offering(channel.sender())).select();
        assertIsTheOnlyEnd(arriving.result(), channel);
        var other = numbers(home, "d");
        var chosen = new AtomicReference<Sender<Integer>>();
        var choosing = Side.run(() -> Alt.of(away.receiverEnd("ends", SENDERS).on(chosen::set)).select());
        ends.send(other.sender());
        choosing.result();
        assertIsTheOnlyEnd(chosen.get(), other);
    }

    // Order

    @Test void whatComesBehindAnEndThatIsNotAttachedYetDoesNotOvertakeIt() throws Exception {
        var shop = listening();
        var channel = numbers(shop, "c");
        var ends = home.publish(Channel.<Sender<Integer>>buffered("ends", 3), SENDERS); // so that home has all at once
        var sender = away.sender("ends", SENDERS);
        var local = numbers(away, "here");
        var first = away.sender("127.0.0.1:" + shop.port() + "/c", Integer.class);
        var sendingFirst = sender.sendAsync(first); // home has to connect for it
        var sendingSecond = sender.sendAsync(local.sender());
        var here = numbers(home, "at home");
        var sendingThird = sender.sendAsync(away.sender("at home", Integer.class)); // home has that at once
        var arrived = List.of(ends.receive(), ends.receive(), ends.receive());
        for (var sending : List.of(sendingFirst, sendingSecond, sendingThird)) sending.join();
        assertIsTheOnlyEnd(arrived.getFirst(), channel);
        assertIsTheOnlyEnd(arrived.get(1), local);
        assertIsTheOnlyEnd(arrived.getLast(), here);
    }

    @Test void whatIsClosedBehindAnEndThatIsNotAttachedYetDoesNotTakeItAlong() throws Exception {
        var shop = listening();
        var channel = numbers(shop, "c");
        var ends = rendezvous(home, "ends", SENDERS);
        var sender = away.sender("ends", SENDERS);
        var sending = sender.sendAsync(away.sender("127.0.0.1:" + shop.port() + "/c", Integer.class)); // home has to connect for it
        sender.close();
        assertIsTheOnlyEnd(ends.receive(), channel);
        sending.join();
        assertEquals(new Closed<>(), ends.receiveOrClosed());
    }

    // Elements that nobody receives

    @Test void anEndThatWasNotTakenIsStillItsSenders() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var channel = numbers(away, "c");
        var end = channel.sender();
        var sender = away.sender("ends", SENDERS);
        assertFalse(sender.trySend(end));
        assertFalse(sender.send(end, ofMillis(50)));
        var cancelled = sender.sendAsync(end);
        Side.until(() -> ends.statistics().waitingSenders() == 1);
        cancelled.cancel(true);
        assertThrows(CancellationException.class, cancelled::join);
        var interrupted = Side.waiting(ends, () -> {
            sender.send(end);
            return true;
        });
        assertThrows(InterruptedException.class, () -> interrupted.interrupt().result());
        ends.poison(new Exception("enough"));
        assertThrows(ChannelPoisoned.class, () -> sender.send(end));
        assertIsTheOnlyEnd(end, channel); // none that was made for it at home counts any more
    }

    @Test void anEndLostOnItsWayEndsItsChannelAsIncomplete() throws Exception {
        var ends = home.publish(Channel.<Sender<Integer>>buffered("ends", 1), SENDERS);
        try (var relay = new Relay(home.port(), 1);
                var cutOff = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var channel = numbers(home, "c");
            var holding = cutOff.receiverEnd("ends", SENDERS).receiveExtendedAsync();
            var sending = ends.sendAsync(channel.sender());
            sending.join();
            holding.join(); // has it, and has not said so
            relay.cut();
            var lost = assertThrows(ChannelPoisoned.class, channel::receiveOrClosed);
            assertInstanceOf(LinkLost.class, lost.getCause());
        }
    }

    @Test void anEndOfAThirdNodesChannelLostOnItsWayIsToldAtItsHome() throws Exception {
        var shop = listening();
        var channel = numbers(shop, "c");
        var ends = rendezvous(home, "ends", SENDERS);
        try (var relay = new Relay(home.port(), 1);
                var cutOff = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var holding = cutOff.receiverEnd("ends", SENDERS).receiveExtendedAsync();
            var end = home.sender("127.0.0.1:" + shop.port() + "/c", Integer.class);
            var sending = ends.sendAsync(end);
            var arrived = holding.join();
            relay.cut();
            var failed = assertInstanceOf(ReceiverFailed.class,
                    assertThrows(CompletionException.class, sending::join).getCause());
            assertInstanceOf(LinkLost.class, failed.getCause());
            assertThrows(ChannelClosed.class, () -> end.send(1)); // it went with its element
            var receiving = channel.receiveAsync();
            arrived.value().send(3); // the other's link to the shop is its own
            assertEquals(new Received<>(3), receiving.join());
            arrived.value().close();
            var lost = assertThrows(ChannelPoisoned.class, channel::receiveOrClosed); // nobody knows that it arrived
            assertInstanceOf(LinkLost.class, lost.getCause());
        }
    }

    @Test void anEndThatAHomeCannotAttachStaysWithItsSender() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var third = listening();
        var channel = numbers(third, "c");
        try (var relay = new Relay(third.port(), 1)) {
            var end = away.sender("127.0.0.1:" + relay.port() + "/c", Integer.class);
            relay.deafen();
            var refused = assertThrows(IllegalStateException.class, () -> away.sender("ends", SENDERS).send(end));
            var message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("nothing was sent") && message.contains("127.0.0.1:" + relay.port()), message);
            assertIsTheOnlyEnd(end, channel);
        }
    }

    @Test void anEndThatAReceiverCannotAttachTellsWhoUsesItAndItsHome() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var third = listening();
        var channel = numbers(third, "c");
        try (var relay = new Relay(third.port(), 1)) {
            var arriving = Side.start(() -> away.receiverEnd("ends", SENDERS).receive());
            var end = home.sender("127.0.0.1:" + relay.port() + "/c", Integer.class);
            relay.deafen();
            ends.send(end);
            var arrived = arriving.result();
            assertTrue(String.valueOf(assertThrows(ChannelPoisoned.class, () -> arrived.send(1)).getMessage())
                    .contains("cannot reach the home"));
            assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, channel::receiveOrClosed).getCause());
        }
    }

    // What is refused

    @Test void onlyCountedEndsOfPublishedChannelsTravel() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var sender = away.sender("ends", SENDERS);
        var unpublished = Channel.<Integer>rendezvous("private");
        var published = numbers(away, "c");
        var namesake = Channel.<Integer>rendezvous("c");
        var closed = published.sender();
        closed.close();
        for (var wrong : List.<Sender<Integer>>of(unpublished.sender(), published, namesake.sender(), closed)) {
            var refused = assertThrows(IllegalArgumentException.class, () -> sender.send(wrong));
            assertTrue(String.valueOf(refused.getMessage()).contains("counted end"), refused.getMessage());
        }
        assertEquals(0, ends.statistics().waitingSenders());
    }

    @Test void aWrongTypeFailsWhenTheEndsMeet() throws Exception {
        rendezvous(home, "ends", SENDERS);
        assertThrows(IllegalArgumentException.class, () -> away.sender("ends", Codec.senderOf(Codec.of(String.class))));
        assertThrows(IllegalArgumentException.class,
                () -> away.sender("ends", Codec.receiverOf(Codec.of(Integer.class))));
    }

    @Test void anEndGivesNoRightsThatItsReceiverDoesNotHave() throws Exception {
        var config = Node.Config.with(Pair.SECRET)
                .withPermissions((peer, use, channel) -> !channel.equals("secret"));
        try (var strict = Node.listen("127.0.0.1:0", config);
                var peer = Node.connect("127.0.0.1:" + strict.port(), Pair.SECRET)) {
            var ends = rendezvous(strict, "ends", SENDERS);
            var channel = numbers(strict, "secret");
            var arriving = Side.start(() -> peer.receiverEnd("ends", SENDERS).receive());
            ends.send(channel.sender());
            var arrived = arriving.result();
            assertThrows(ChannelPoisoned.class, () -> arrived.send(1));
        }
    }

    @Test void anEndOfAChannelThatItsHomeMayNotPublishHereStaysWithItsSender() throws Exception {
        var config = Node.Config.with(Pair.SECRET).withPermissions(
                (peer, use, channel) -> use != Permissions.Use.PUBLISH || !channel.equals("secret"));
        try (var strict = Node.listen("127.0.0.1:0", config);
                var peer = Node.connect("127.0.0.1:" + strict.port(), Pair.SECRET)) {
            rendezvous(strict, "ends", SENDERS);
            var channel = numbers(peer, "secret");
            var end = channel.sender();
            var refused = assertThrows(IllegalStateException.class, () -> peer.sender("ends", SENDERS).send(end));
            assertTrue(String.valueOf(refused.getMessage()).contains("may not publish"), refused.getMessage());
            assertIsTheOnlyEnd(end, channel);
        }
    }

    @Test void aReferenceToAnEndOfTheOtherKindEndsTheLink() throws Exception {
        rendezvous(home, "ends", SENDERS);
        numbers(home, "c");
        if (!(away.sender("c", Integer.class) instanceof RemoteSender<Integer> end)) throw new AssertionError();
        var sends = end.reference();
        var receives = new Reference(true, sends.home(), sends.location()).toString();
        try (var peer = RawPeer.proven(home.port(), Pair.SECRET)) {
            peer.frame(RawPeer.ATTACH, RawPeer.body(1, "ends", SENDERS.fingerprint()));
            peer.frame(RawPeer.OFFER, RawPeer.body(1, 1, receives.getBytes(StandardCharsets.UTF_8)));
            var said = peer.readToEnd();
            assertTrue(said.contains("an end to send to was expected"), said);
        }
    }

    @Test void hostileReferencesEndTheLinkOrLeadNowhere() {
        for (var wrong : List.of("", "s", "x 0 0 - c", "s " + "0".repeat(32) + " " + "0".repeat(16) + " host:1 c",
                "s " + "0".repeat(32) + " " + "0".repeat(16) + " 127.0.0.1:99999 c",
                "s " + "0".repeat(32) + " " + "0".repeat(16) + " - " + "c".repeat(256)))
            assertThrows(IllegalArgumentException.class, () -> Reference.of(wrong), wrong);
        var text = "r " + "0".repeat(31) + "5 " + "0".repeat(15) + "7 [0:0:0:0:0:0:0:1]:7000 a name";
        assertEquals(text, Reference.of(text).toString());
    }

    /// A receiver of a [Receiver] is all the same a counted one.
    @Test void whatArrivesIsCounted() throws Exception {
        var ends = rendezvous(home, "ends", SENDERS);
        var channel = numbers(home, "c");
        Receiver<Sender<Integer>> remote = away.receiverEnd("ends", SENDERS);
        var arrived = new ArrayList<Sender<Integer>>();
        for (int i = 0; i < 3; i++) {
            var sending = ends.sendAsync(channel.sender());
            arrived.add(remote.receive());
            sending.join();
        }
        for (var end : arrived) {
            var receiving = channel.receiveAsync();
            end.send(1);
            assertEquals(new Received<>(1), receiving.join());
            end.close();
        }
        assertEquals(new Closed<>(), channel.receiveOrClosed());
    }
}
