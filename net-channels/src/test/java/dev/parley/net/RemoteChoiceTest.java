package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Empty;
import dev.parley.csp.Guard;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

/// Guards of remote ends, over real sockets, with partners of every kind.
@Timeout(60) class RemoteChoiceTest {
    private final Pair nodes = Pair.open();
    private final Channel<Integer> c = home("c"), d = home("d");
    private final Channel<Integer> here = Channel.rendezvous("here");
    private final List<String> log = new ArrayList<>();

    RemoteChoiceTest() throws Exception {}

    private Channel<Integer> home(String name) {
        return nodes.home().publish(Channel.<Integer>rendezvous(name), Codec.of(Integer.class));
    }

    private Sender<Integer> sender(String name) throws Exception {
        return nodes.away().sender(name, Integer.class);
    }

    private Receiver<Integer> receiver(String name) throws Exception {
        return nodes.away().receiverEnd(name, Integer.class);
    }

    private Guard in(Receiver<Integer> receiver) {
        return receiver.on(element -> log.add(receiver.name() + element));
    }

    private static void awaitWaiting(Channel<?> channel, int senders, int receivers) {
        Side.until(() -> channel.statistics().waitingSenders() == senders
                && channel.statistics().waitingReceivers() == receivers);
    }

    @AfterEach void close() {
        nodes.close();
    }

    @Test void anOutputGuardMeetsAReceiverWhoeverComesFirst() throws Exception {
        var alt = Alt.of(sender("c").offering(1), sender("d").offering(2));
        var receiving = d.receiveAsync();
        assertEquals(1, alt.select());
        assertEquals(new Received<>(2), receiving.join());
        var choosing = Side.start(alt::select);
        awaitWaiting(c, 1, 0);
        awaitWaiting(d, 1, 0);
        assertEquals(1, c.receive());
        assertEquals(0, choosing.result());
        awaitWaiting(d, 0, 0); // what was not chosen leaves nothing behind
        assertInstanceOf(Empty.class, d.tryReceive());
    }

    @Test void anInputGuardMeetsASenderWhoeverComesFirst() throws Exception {
        var alt = Alt.of(in(receiver("c")), in(receiver("d")));
        var sending = d.sendAsync(2);
        assertEquals(1, alt.select());
        sending.join();
        var choosing = Side.start(alt::select);
        awaitWaiting(c, 0, 1);
        awaitWaiting(d, 0, 1);
        c.send(1);
        assertEquals(0, choosing.result());
        awaitWaiting(d, 0, 0);
        assertFalse(d.trySend(9));
        assertEquals(List.of("d2", "c1"), log);
    }

    @Test void remoteAndLocalGuardsAreOneChoice() throws Exception {
        var alt = Alt.of(in(receiver("c")), in(here), sender("d").offering(7), Alt.after(ofSeconds(30), () -> {}));
        var choosing = Side.start(alt::select);
        awaitWaiting(d, 1, 0);
        awaitWaiting(c, 0, 1);
        here.send(1);
        assertEquals(1, choosing.result());
        awaitWaiting(c, 0, 0);
        awaitWaiting(d, 0, 0);
        choosing = Side.start(alt::select);
        assertEquals(7, d.receive());
        assertEquals(2, choosing.result());
        choosing = Side.start(alt::select);
        c.send(3);
        assertEquals(0, choosing.result());
        assertEquals(List.of("here1", "c3"), log);
    }

    @Test void itMeetsAnAltAtHomeInBothDirections() throws Exception {
        for (int i = 0; i < 100; i++) {
            var far = Side.start(() -> Alt.of(sender("c").offering(1), in(receiver("d"))).select());
            int near = i % 2 == 0
                    ? Alt.of(in(c), in(here)).select()
                    : Alt.of(here.offering(3), d.offering(2)).select();
            assertEquals(i % 2, near);
            assertEquals(i % 2, far.result());
        }
    }

    @Test void choicesOfTwoOtherNodesMeet() throws Exception {
        try (var third = nodes.another()) {
            var out = Alt.of(sender("c").offering(1), sender("d").offering(2));
            var in = Alt.of(in(third.receiverEnd("c", Integer.class)), in(third.receiverEnd("d", Integer.class)));
            for (int i = 0; i < 200; i++) {
                var sending = Side.start(out::select);
                int received = in.select();
                assertEquals(received, sending.result());
            }
            assertEquals(200, log.size());
            awaitWaiting(c, 0, 0);
            awaitWaiting(d, 0, 0);
        }
    }

    @Test void whatIsReadyHereComesFirst() throws Exception {
        var sending = c.sendAsync(1);
        var ready = Channel.<Integer>buffered("ready", 1);
        ready.send(2);
        assertEquals(1, Alt.of(in(receiver("c")), in(ready)).priSelect());
        assertEquals(1, Alt.of(in(receiver("c")), Alt.otherwise(() -> log.add("otherwise"))).select());
        assertFalse(sending.isDone());
        assertEquals(0, Alt.of(in(receiver("c")), Alt.after(ofSeconds(30), () -> {})).select());
        sending.join();
        assertEquals(List.of("ready2", "otherwise", "c1"), log);
    }

    /// Local elements that are always there: what is taken comes back.
    private Guard alwaysReady() {
        var ready = Channel.<Integer>unbounded("ready");
        ready.trySend(0);
        return ready.on(ready::trySend);
    }

    @Test void aRemoteInputIsNotStarvedByWhatIsAlwaysReady() throws Exception {
        var alt = Alt.of(alwaysReady(), in(receiver("c")), in(receiver("d")));
        for (int i = 1; i <= 3; i++) {
            c.sendAsync(i);
            d.sendAsync(i);
        }
        while (log.size() < 6) alt.select();
        assertEquals(List.of("c1", "c2", "c3"), log.stream().filter(each -> each.startsWith("c")).toList());
        assertEquals(List.of("d1", "d2", "d3"), log.stream().filter(each -> each.startsWith("d")).toList());
    }

    @Test void aRemoteOutputIsNotStarvedByWhatIsAlwaysReady() throws Exception {
        var receptions = IntStream.range(0, 3).mapToObj(_ -> c.receiveAsync()).toList();
        var alt = Alt.of(alwaysReady(), sender("c").offering(1, () -> log.add("sent")));
        while (log.size() < 3) alt.select();
        for (var reception : receptions) assertEquals(new Received<>(1), reception.join());
    }

    /// Somebody at home is nearly always faster, so that many tries come to nothing; when he leaves, the remote guard has its turn all the same.
    @Test void whatWasAskedInVainIsAskedAgain() throws Exception {
        int elements = 20_000, last = 100;
        var alt = Alt.of(alwaysReady(), in(receiver("c")));
        for (int i = 0; i < 100; i++) alt.select(); // the home watches
        var sent = new AtomicInteger();
        var sends = Side.start(() -> {
            for (int i = 1; i <= elements; i++) {
                c.send(i);
                sent.set(i);
            }
            return null;
        });
        var takes = new FutureTask<>(() -> {
            int taken = 0;
            while (sent.get() < elements - last) if (c.tryReceive() instanceof Received) taken++;
            return taken;
        });
        Thread.ofPlatform().start(takes); // a virtual thread that never waits keeps its carrier, the only one on one processor
        while (sent.get() < elements) alt.select();
        sends.result();
        assertEquals(elements, takes.get() + log.size());
    }

    /// The home watches for those who pass a guard over, until somebody comes or they have no end any more.
    @Test void whoPassesAGuardOverLeavesNothingBehind() throws Exception {
        var alt = Alt.of(alwaysReady(), in(receiver("c")));
        assertEquals(0, alt.select());
        awaitWaiting(c, 0, 1);
        assertFalse(c.trySend(1)); // that is no receiver
        awaitWaiting(c, 0, 0);
        var receiver = receiver("d");
        assertEquals(0, Alt.of(alwaysReady(), in(receiver)).select());
        awaitWaiting(d, 0, 1);
        receiver.retire();
        awaitWaiting(d, 0, 0);
    }

    @Test void whatAChoiceLeavesAtTheHomeServesTheNextOneAndIsGoneAfterTheLast() throws Exception {
        var alt = Alt.of(in(receiver("c")), in(receiver("d")));
        for (int i = 1; i <= 20; i++) {
            var sending = (i % 2 == 0 ? c : d).sendAsync(i);
            alt.select();
            sending.join();
        }
        assertEquals(20, log.size());
        awaitWaiting(c, 0, 0);
        awaitWaiting(d, 0, 0);
    }

    @Test void aTryDoesNotMeetAChoiceOfAnotherNode() throws Exception {
        var choosing = Side.start(Alt.of(in(receiver("c")))::select);
        awaitWaiting(c, 0, 1);
        assertFalse(c.trySend(1));
        c.send(2);
        choosing.result();
        assertEquals(List.of("c2"), log);
    }

    @Test void anAltNeverMeetsItself() throws Exception {
        var alt = Alt.of(sender("c").offering(1), in(receiver("c")), Alt.after(ofMillis(100), () -> log.add("late")));
        assertEquals(2, alt.select());
        assertEquals(List.of("late"), log);
    }

    @Test void aTimeLimitAndAnInterruptionTakeTheChoiceBack() throws Exception {
        var out = sender("c");
        var in = receiver("d");
        assertEquals(2, Alt.of(out.offering(1), in(in), Alt.after(ofMillis(20), () -> {})).select());
        awaitWaiting(c, 0, 0);
        var choosing = Side.start(() -> Alt.of(out.offering(1), in(in)).select());
        awaitWaiting(c, 1, 0);
        assertThrows(InterruptedException.class, () -> choosing.interrupt().result());
        awaitWaiting(c, 0, 0);
        awaitWaiting(d, 0, 0);
    }

    @Test void buffersAndEndingsAreSeen() throws Exception {
        var buffered = nodes.home().publish(Channel.<Integer>buffered("b", 1), Codec.of(Integer.class));
        assertEquals(0, Alt.of(sender("b").offering(1)).select());
        assertEquals(0, Alt.of(in(receiver("b"))).select());
        assertEquals(List.of("b1"), log);
        buffered.send(2);
        var full = Side.start(() -> Alt.of(sender("b").offering(3)).select());
        awaitWaiting(buffered, 1, 0);
        assertEquals(2, buffered.receive());
        full.result();
        assertEquals(3, buffered.receive());
        var in = Alt.of(in(receiver("b")), in(receiver("d")));
        buffered.close();
        d.sendAsync(4);
        assertEquals(1, in.select()); // what is closed and empty is out of the choice
        d.close();
        assertThrows(ChannelClosed.class, in::select);
        assertThrows(ChannelClosed.class, in::select);
        assertThrows(ChannelClosed.class, Alt.of(sender("b").offering(1), sender("c").offering(1))::select);
    }

    @Test void poisonThrows() throws Exception {
        var choosing = Side.start(Alt.of(in(receiver("c")), in(here))::select);
        awaitWaiting(c, 0, 1);
        c.poison(3, new IOException("source gone"));
        var poisoned = assertThrows(ChannelPoisoned.class, choosing::result);
        assertEquals(3, poisoned.strength());
        assertThrows(ChannelPoisoned.class, Alt.of(sender("c").offering(1), in(here))::select);
    }

    @Test void extendedGuardsHoldAndAreHeld() throws Exception {
        var sending = c.sendAsync(1);
        Alt.of(receiver("c").onExtended(element -> {
            log.add("c" + element);
            assertFalse(sending.isDone());
        })).select();
        sending.join();
        var failing = d.sendAsync(2);
        var full = new IllegalStateException("disk full");
        assertThrows(IllegalStateException.class, Alt.of(receiver("d").onExtended(element -> {
            throw full;
        }))::select);
        assertInstanceOf(ReceiverFailed.class, assertThrows(CompletionException.class, failing::join).getCause());
        var choosing = Side.start(() -> Alt.of(sender("c").offering(3)).select());
        try (var held = c.receiveExtended()) {
            assertEquals(3, held.value());
            assertInstanceOf(Empty.class, receiver("d").tryReceive()); // a round trip later
            assertFalse(choosing.isDone());
        }
        choosing.result();
    }

    @Test void aSupplierIsAskedWhenItsTurnComesAndItsFailureIsTheChoices() throws Exception {
        var alt = Alt.of(sender("c").offering(() -> {
            log.add("asked");
            return 5;
        }), in(here));
        var choosing = Side.start(alt::select);
        awaitWaiting(c, 1, 0);
        here.send(1);
        assertEquals(1, choosing.result());
        assertEquals(List.of("here1"), log);
        choosing = Side.start(alt::select);
        assertEquals(5, c.receive());
        assertEquals(0, choosing.result());
        var failing = Side.start(Alt.of(sender("c").offering(() -> {
            throw new IllegalStateException("none left");
        }))::select);
        var receiving = c.receiveAsync();
        assertThrows(IllegalStateException.class, failing::result);
        c.send(6);
        assertEquals(new Received<>(6), receiving.join());
    }

    @Test void whatAChoiceSendsDoesNotOvertake() throws Exception {
        var out = sender("c");
        for (int round = 0; round < 50; round++) {
            var first = out.sendAsync(1);
            var second = out.sendAsync(2);
            var choosing = Side.start(Alt.of(out.offering(3))::select);
            assertEquals(List.of(1, 2, 3), List.of(c.receive(), c.receive(), c.receive()));
            first.join();
            second.join();
            choosing.result();
        }
    }

    @Test void anEndThatIsClosedMakesTheChoiceThrow() throws Exception {
        var out = sender("c");
        var choosing = Side.start(Alt.of(out.offering(1))::select);
        awaitWaiting(c, 1, 0);
        out.close();
        assertThrows(ChannelClosed.class, choosing::result);
        assertThrows(ChannelClosed.class, Alt.of(out.offering(1))::select);
    }

    @Test void aLostGuardIsOutOfTheChoiceAndTheLastOneThrows() throws Exception {
        try (var relay = new Relay(nodes.home().port(), 1);
                var cutOff = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, Pair.AT_ONCE)) {
            var both = Side.start(Alt.of(cutOff.sender("c", Integer.class).offering(1), in(here))::select);
            var lone = Side.start(Alt.of(in(cutOff.receiverEnd("d", Integer.class)))::select);
            awaitWaiting(c, 1, 0);
            awaitWaiting(d, 0, 1);
            relay.cut();
            var lost = assertInstanceOf(LinkLost.class,
                    assertThrows(ChannelPoisoned.class, lone::result).getCause());
            assertEquals(LinkLost.Outcome.NOT_TAKEN, lost.outcome());
            here.send(4);
            assertEquals(1, both.result());
            assertEquals(List.of("here4"), log);
        }
    }

    @Test void aWaitingChoiceSurvivesResets() throws Exception {
        var limits = Pair.window(ofSeconds(60));
        try (var home = Opening.listen("127.0.0.1:0", Pair.SECRET, limits);
                var relay = new Relay(home.port(), 1);
                var away = Opening.connect("127.0.0.1:" + relay.port(), Pair.SECRET, limits)) {
            var channel = home.receiver("x", Integer.class);
            var alt = Alt.of(away.sender("x", Integer.class).offering(1), in(here));
            for (int i = 0; i < 20; i++) {
                var choosing = Side.start(alt::select);
                Side.until(() -> channel.statistics().waitingSenders() == 1);
                relay.reset();
                assertEquals(1, channel.receive());
                assertEquals(0, choosing.result());
            }
        }
    }

    @Test void choicesOfManyProcessesLoseAndRepeatNothing() throws Exception {
        try (var third = nodes.another()) {
            int writers = 4, each = 150;
            var received = new ArrayList<Side<List<Integer>>>();
            for (var node : List.of(nodes.away(), third, nodes.home())) {
                var mine = new ArrayList<Integer>();
                var alt = Alt.of(node.receiverEnd("c", Integer.class).on(mine::add),
                        node.receiverEnd("d", Integer.class).on(mine::add));
                received.add(Side.start(() -> {
                    try {
                        for (;;) alt.select();
                    } catch (ChannelClosed end) {
                        return mine;
                    }
                }));
            }
            var sides = IntStream.range(0, writers).mapToObj(w -> Side.run(() -> {
                var node = List.of(nodes.away(), third, nodes.home(), third).get(w);
                var random = new Random(w);
                try (var first = node.sender("c", Integer.class); var second = node.sender("d", Integer.class)) {
                    for (int i = 0; i < each; i++) {
                        int element = w * each + i;
                        if (random.nextInt(4) == 0) first.send(element);
                        else Alt.of(first.offering(element), second.offering(element)).select();
                    }
                }
            })).toList();
            var keepC = c.sender();
            var keepD = d.sender();
            for (var side : sides) side.result();
            keepC.close();
            keepD.close();
            var all = new ArrayList<Integer>();
            for (var side : received) all.addAll(side.result());
            assertEquals(IntStream.range(0, writers * each).boxed().toList(), all.stream().sorted().toList());
        }
    }
}
