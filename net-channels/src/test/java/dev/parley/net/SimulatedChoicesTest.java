package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Guard;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.Storms.Elements;
import dev.parley.net.Storms.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms of choices over a simulated network: processes at three nodes, two of which are linked with the third only, choose among sending and receiving on channels
/// that are at home at any of the three, together with plain partners, time limits and interruptions, over lines that do everything a line can do.
class SimulatedChoicesTest extends StormContract<SimulatedChoicesTest.Calamity> {
    private static final int ELEMENTS = 6;
    private static final String OVER = "the storm is over";
    private static final List<String> NAMES = List.of("hub 0", "hub 1", "a", "b");

    SimulatedChoicesTest() {
        super(Calamity.class, 4000, 2400);
    }

    /// What one process uses: ends of the channels that its node sees.
    private record Ends(List<Sender<Integer>> senders, List<ReceiverEnd<Integer>> receivers) {
        static Ends of(Node node, List<String> names, Codec<Integer> codec) throws Exception {
            var ends = new Ends(new ArrayList<>(), new ArrayList<>());
            for (var name : names) {
                ends.senders.add(node.sender(name, codec));
                ends.receivers.add(node.receiverEnd(name, codec));
            }
            return ends;
        }

        void close() {
            senders.forEach(Sender::close);
            receivers.forEach(ReceiverEnd::retire);
        }
    }

    private static final class Storm {
        final Simulation sim;
        final SimulatedNetwork network;
        final Limits limits;
        final SimulatedGround hubGround;
        final Node hub, a, b;
        final List<SimulatedGround> grounds = new ArrayList<>();
        final List<Channel<Integer>> channels = new ArrayList<>();
        final boolean buffers; // then what goes by one channel may overtake what goes by another
        final Ledger ledger = new Ledger();
        final Elements elements;
        final List<Thread> writers = new ArrayList<>(), readers = new ArrayList<>();
        final List<List<Integer>> received = new ArrayList<>();
        final List<Sender<Integer>> keptOpen = new ArrayList<>();
        final List<ReceiverEnd<Integer>> keptInService = new ArrayList<>();

        Storm(Simulation sim, Faults.Rates rates, Duration window, boolean mayBuffer, Elements elements)
                throws Exception {
            this.sim = sim;
            this.elements = elements;
            buffers = mayBuffer && sim.random(4) == 0;
            network = new SimulatedNetwork(new Faults(rates, sim.seed()));
            limits = elements.limits(window);
            hubGround = new SimulatedGround(network, "hub");
            hub = Opening.listen(hubGround, Storms.HOME, Security.loopbackOnly(), limits);
            a = Storms.connect(network, "a", limits, grounds);
            b = Storms.connect(network, "b", limits, grounds);
            publish(hub, NAMES.getFirst());
            publish(hub, NAMES.get(1));
            publish(a, NAMES.get(2));
            publish(b, NAMES.get(3));
        }

        private void publish(Node node, String name) {
            Channel<Integer> channel = buffers && sim.random(2) == 0
                    ? Channel.buffered(name, 1)
                    : Channel.rendezvous(name);
            channels.add(node.publish(channel, elements.codec()));
            keptOpen.add(channel.sender());
            keptInService.add(channel.receiver());
        }

        List<String> seenBy(Node node) {
            return node == hub
                    ? NAMES
                    : node == a ? NAMES.subList(0, 3) : List.of(NAMES.get(0), NAMES.get(1), NAMES.get(3));
        }

        void write(Node node, boolean alsoReads) throws Exception {
            var ends = Ends.of(node, seenBy(node), elements.codec());
            var account = ledger.open();
            var mine = new ArrayList<Integer>();
            received.add(mine);
            writers.add(sim.spawn("writer " + writers.size(), () -> {
                var process = new Process(sim, ends, mine);
                for (int i = 0; i < ELEMENTS; i++)
                    if (!process.send(account, alsoReads)) break;
                ends.close();
            }));
        }

        void read(Node node) throws Exception {
            var ends = Ends.of(node, seenBy(node), elements.codec());
            var mine = new ArrayList<Integer>();
            received.add(mine);
            readers.add(sim.spawn("reader " + readers.size(), () -> {
                var process = new Process(sim, ends, mine);
                while (process.receive()) {}
                ends.close();
            }));
        }

        void interruptSome() {
            sim.spawn("interrupter", () -> {
                for (int i = 0; i < 6; i++) {
                    Storms.sleep(Duration.ofMillis(sim.random(40)));
                    var some = sim.random(2) == 0 ? readers : writers;
                    sim.interrupt(some.get(sim.random(some.size())));
                }
            });
        }

        void closeChannels() {
            channels.forEach(Channel::close);
        }

        void closeNodes(Tally tally) {
            keptInService.forEach(ReceiverEnd::retire);
            a.close();
            b.close();
            hub.close();
            tally.faults += network.faults();
            tally.resumed += network.connections() - 2;
        }
    }

    /// One process that chooses.
    private record Process(Simulation sim, Ends ends, List<Integer> received) {
        /// One element goes out, or comes back.
        ///
        /// @return whether the process can go on
        boolean send(Ledger.Account account, boolean alsoReads) {
            int element = account.element();
            try {
                if (sim.random(4) == 0) {
                    any(ends.senders).send(element);
                    account.taken(element);
                    return true;
                }
                var guards = new ArrayList<Guard>();
                var sent = new ArrayList<Integer>();
                for (var sender : ends.senders)
                    if (sim.random(3) > 0)
                        guards.add(sim.random(2) == 0
                                ? sender.offering(element, () -> sent.add(element))
                                : sender.offering(() -> element, () -> sent.add(element)));
                boolean sends = !guards.isEmpty(); // else there may never be anything to receive
                if (alsoReads) for (var receiver : ends.receivers) if (sim.random(2) == 0) guards.add(input(receiver));
                if (!sends || sim.random(3) == 0)
                    guards.add(Alt.after(Duration.ofMillis(sim.random(60)), () -> {}));
                select(guards);
                if (sent.isEmpty()) account.notTaken(element);
                else account.taken(element);
                assertTrue(sent.size() <= 1, "a choice happened twice");
                return true;
            } catch (InterruptedException notSent) {
                account.notTaken(element);
                return true;
            } catch (ChannelException failure) {
                return goesOn(account, element, failure);
            } catch (Exception unexpected) {
                throw new AssertionError(unexpected);
            }
        }

        private static boolean isOver(ChannelException failure) {
            return failure instanceof ChannelPoisoned && String.valueOf(failure.getMessage()).contains(OVER);
        }

        /// Takes note of what a failure says of `element`.
        private static boolean goesOn(Ledger.Account account, int element, ChannelException failure) {
            if (isOver(failure)) {
                account.notTaken(element);
                return false;
            }
            var loss = assertInstanceOf(LinkLost.class, failure.getCause(), failure.toString());
            if (loss.outcome() == LinkLost.Outcome.NOT_TAKEN) account.notTaken(element);
            return failure instanceof ReceiverFailed;
        }

        /// Some elements come in.
        ///
        /// @return whether there may be more
        boolean receive() {
            try {
                if (sim.random(5) == 0) {
                    if (any(ends.receivers).receive(
                            Duration.ofMillis(sim.random(40))) instanceof dev.parley.csp.Received<Integer>(var element))
                        received.add(element);
                    return true;
                }
                var guards = new ArrayList<Guard>();
                for (var receiver : ends.receivers) guards.add(input(receiver));
                if (sim.random(4) == 0) guards.add(Alt.after(Duration.ofMillis(sim.random(60)), () -> {}));
                select(guards);
                return true;
            } catch (InterruptedException nothing) {
                return true;
            } catch (ChannelClosed end) {
                return false;
            } catch (ChannelPoisoned lost) {
                if (!isOver(lost)) assertInstanceOf(LinkLost.class, lost.getCause(), lost.toString());
                return false;
            } catch (Exception unexpected) {
                throw new AssertionError(unexpected);
            }
        }

        private Guard input(ReceiverEnd<Integer> receiver) {
            return sim.random(4) == 0 ? receiver.onExtended(received::add) : receiver.on(received::add);
        }

        private void select(List<Guard> guards) throws Exception {
            var alt = Alt.of(guards.toArray(Guard[]::new));
            int before = received.size();
            switch (sim.random(3)) {
                case 0 -> alt.priSelect();
                case 1 -> alt.randomSelect();
                default -> alt.select();
            }
            assertTrue(received.size() - before <= 1, "a choice happened twice");
        }

        private <E> E any(List<E> all) {
            return all.get(sim.random(all.size()));
        }
    }

    /// All lives last: nothing may be lost, repeated, overtaken or uncertain, and nobody waits for ever.
    @Override void exactlyOnce(Simulation sim, Faults.Rates rates, Elements elements, Tally tally) throws Exception {
        var storm = new Storm(sim, rates, Duration.ofMinutes(5), true, elements);
        for (var node : List.of(storm.hub, storm.a, storm.b)) {
            storm.read(node);
            storm.write(node, sim.random(2) == 0);
        }
        storm.write(storm.a, true);
        storm.interruptSome();
        for (var writer : storm.writers) writer.join();
        storm.closeChannels();
        for (var reader : storm.readers) reader.join();
        for (var channel : storm.channels) {
            var left = channel.statistics();
            assertEquals(0, left.waitingSenders() + left.waitingReceivers(), channel + ", seed " + sim.seed());
        }
        storm.closeNodes(tally);
        if (storm.buffers) storm.received.forEach(each -> each.sort(null));
        storm.ledger.checkAllCertain(storm.received, "seed " + sim.seed());
    }

    /// Processes at two nodes that choose among sending and receiving on channels of the third, and nothing else ever helps them: no plain partner, none at home, no time limit. Each
    /// can only go on if two choices that both live elsewhere meet.
    private static void meetElsewhere(Simulation sim, Faults.Rates rates, Elements elements, Tally tally)
            throws Exception {
        var storm = new Storm(sim, rates, Duration.ofMinutes(5), false, elements);
        for (var node : List.of(storm.a, storm.b, storm.a, storm.b)) {
            var ends = Ends.of(node, NAMES.subList(0, 2), elements.codec());
            var account = storm.ledger.open();
            var mine = new ArrayList<Integer>();
            storm.received.add(mine);
            storm.readers.add(sim.spawn("process " + storm.readers.size(), () -> {
                try {
                    for (int i = 0; i < ELEMENTS;) {
                        int element = account.element();
                        var sent = new ArrayList<Integer>();
                        while (sent.isEmpty())
                            Alt.of(ends.senders.get(0).offering(element, () -> sent.add(element)),
                                    ends.receivers.get(0).on(mine::add),
                                    ends.senders.get(1).offering(element, () -> sent.add(element)),
                                    ends.receivers.get(1).on(mine::add)).select();
                        account.taken(element);
                        i++;
                    }
                    ends.senders.forEach(Sender::close); // the last to do so closes the channels
                    for (var rest = Alt.of(ends.receivers.get(1).on(mine::add), ends.receivers.get(0).on(mine::add));;)
                        rest.select();
                } catch (ChannelClosed end) {
                    ends.close();
                } catch (Exception unexpected) {
                    throw new AssertionError(unexpected);
                }
            }));
        }
        storm.keptOpen.forEach(Sender::close);
        for (var reader : storm.readers) reader.join();
        storm.closeNodes(tally);
        storm.ledger.checkAllCertain(storm.received, "seed " + sim.seed());
    }

    /// What ends links for good.
    enum Calamity { NODE_KILLED, NODE_CLOSED, PARTITION }

    /// One link or all of them end for good while all lines are bad: nothing that was told to be certain may be wrong, and nobody waits for ever.
    @Override void neverWrong(Simulation sim, Calamity calamity, Elements elements, Tally tally) throws Exception {
        // room for several attempts to connect that hang until their time is up
        var storm = new Storm(sim, Faults.Rates.ALL, Duration.ofSeconds(50), false, elements);
        for (var node : List.of(storm.a, storm.hub, storm.b)) { // the first of each kind may die
            storm.read(node);
            storm.write(node, sim.random(2) == 0);
        }
        Storms.sleep(Duration.ofMillis(sim.random(300)));
        switch (calamity) {
            case NODE_KILLED -> storm.network.kill(storm.grounds.getFirst());
            case NODE_CLOSED -> storm.a.close();
            case PARTITION -> {
                storm.network.partition(true);
                Storms.sleep(Duration.ofSeconds(60));
                storm.network.partition(false);
            }
        }
        int dead = calamity == Calamity.NODE_KILLED ? 1 : 0;
        Storms.sleep(Duration.ofSeconds(200)); // those whose partners are gone would wait for ever
        for (var channel : storm.channels) channel.poison(LinkLost.STRENGTH, new Exception(OVER));
        for (var writer : storm.writers.subList(dead, storm.writers.size())) writer.join();
        for (var reader : storm.readers.subList(dead, storm.readers.size())) reader.join();
        storm.ledger.checkAll(storm.received, calamity + ", seed " + sim.seed());
        tally.faults += storm.network.faults();
        tally.unknown += storm.ledger.unknown();
        if (dead == 0) storm.a.close();
        storm.b.close();
        storm.hub.close();
        if (dead > 0) sim.abandon();
    }

    @Test void choicesThatLiveElsewhereMeet() {
        meet(50, Faults.Rates.NONE, Elements.SMALL);
        meet(50, Faults.Rates.ALL, Elements.SMALL);
    }

    /// The choice with the higher key is decided otherwise while that with the lower one, reserved, waits for it.
    @Test void whoLeavesIsNotWaitedFor() {
        Storms.CONFIG.explore(300, sim -> {
            var storm = new Storm(sim, Faults.Rates.NONE, Duration.ofMinutes(5), false, Elements.SMALL);
            var out = storm.a.sender(NAMES.getFirst(), Integer.class);
            var in = storm.b.receiverEnd(NAMES.getFirst(), Integer.class);
            var here = Channel.<Integer>rendezvous("here");
            var got = new ArrayList<Integer>();
            var lower = sim.spawn("lower", () -> {
                if (Alt.of(out.offering(1), Alt.after(Duration.ofMillis(50), () -> {})).select() == 0) got.add(-1);
            });
            var higher = sim.spawn("higher", () -> Alt.of(in.on(got::add), here.on(got::add)).select());
            Storms.sleep(Duration.ofNanos(1000L * sim.random(8000)));
            here.sendAsync(2);
            lower.join();
            higher.join();
            assertEquals(got.contains(1), got.contains(-1), got.toString());
            assertEquals(!got.contains(1), got.contains(2), got.toString());
            storm.closeNodes(new Tally());
        });
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void choicesThatLiveElsewhereMeetManyTimes() {
        meet(2000, Faults.Rates.NONE, Elements.SMALL);
        meet(2000, Faults.Rates.ALL, Elements.SMALL);
    }

    private static void meet(int seeds, Faults.Rates rates, Elements elements) {
        Storms.explore(seeds, rates, (sim, tally) -> meetElsewhere(sim, rates, elements, tally));
    }

    @Test void choicesWithLargeElementsThatLiveElsewhereMeet() {
        meet(30, Faults.Rates.NONE, Elements.LARGE);
        meet(30, Faults.Rates.ALL, Elements.LARGE);
    }
}
