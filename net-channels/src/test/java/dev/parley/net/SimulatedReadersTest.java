package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.Storms.Elements;
import dev.parley.net.Storms.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms over a simulated network with readers at other nodes: of every kind, beside one at home, fed by writers at home and elsewhere, interrupted, over
/// lines that do everything a line can do.
class SimulatedReadersTest extends StormContract<SimulatedReadersTest.Calamity> {
    private static final int NODES = 2, READERS = 2, WRITERS = 2, ELEMENTS = 12;
    private static final String DISK_FULL = "the disk is full";

    SimulatedReadersTest() {
        super(Calamity.class, 4000, 2400);
    }

    /// The kinds of operation of a storm.
    ///
    /// @param tries also those whose sender does not stay until the element has arrived: a try, and what may become one
    /// @param lasting also those that a process must outlive: batches, which note the first element after the last, and those that wait for a future, where the thread of a dead
    /// process could not be ended
    private record Kinds(boolean tries, boolean lasting) {
        static final Kinds ALL = new Kinds(true, true);
    }

    // Writers

    private static void write(Simulation sim, Sender<Integer> sender, Ledger.Account account, Kinds kinds) {
        for (int i = 0; i < ELEMENTS; i++) {
            int element = account.element();
            try {
                if (sent(sim, sender, element, kinds)) account.taken(element);
                else account.notTaken(element);
            } catch (InterruptedException | CancellationException notSent) {
                account.notTaken(element);
            } catch (CompletionException failed) {
                if (!goesOn(account, element, (RuntimeException) failed.getCause())) return;
            } catch (ReceiverFailed | ChannelPoisoned failed) {
                if (!goesOn(account, element, failed)) return;
            }
        }
    }

    private static boolean sent(Simulation sim, Sender<Integer> sender, int element, Kinds kinds)
            throws InterruptedException {
        int kind = sim.random(6);
        if (kind == 0 && kinds.tries) return sender.trySend(element);
        if (kind == 1 && kinds.tries) return sender.send(element, Duration.ofMillis(sim.random(50)));
        if (kind == 2 && kinds.lasting) {
            var sending = sender.sendAsync(element);
            if (sim.random(2) == 0) sending.cancel(true);
            sending.join();
            return true;
        }
        sender.send(element);
        return true;
    }

    /// Takes note of what a failure says of `element`.
    ///
    /// @return whether the channel goes on
    private static boolean goesOn(Ledger.Account account, int element, RuntimeException failure) {
        if (failure.getCause() instanceof LinkLost loss) {
            if (loss.outcome() == LinkLost.Outcome.NOT_TAKEN) account.notTaken(element);
            return failure instanceof ReceiverFailed;
        }
        if (failure instanceof ReceiverFailed) {
            assertTrue(String.valueOf(failure.getMessage()).contains(DISK_FULL), failure.toString());
            account.taken(element);
            return true;
        }
        assertInstanceOf(ChannelPoisoned.class, failure);
        account.notTaken(element); // no receiver is left
        return false;
    }

    // Readers

    private static void read(Simulation sim, Receiver<Integer> receiver, List<Integer> received, Kinds kinds) {
        try {
            for (boolean more = true; more;) {
                try {
                    more = received(sim, receiver, received, kinds);
                } catch (InterruptedException | CancellationException nothing) {
                    // and it goes on
                } catch (CompletionException failed) {
                    throw (RuntimeException) failed.getCause();
                }
                if (sim.random(8) == 0) Storms.sleep(Duration.ofMillis(sim.random(100)));
            }
        } catch (ChannelClosed end) {
            // all is received
        } catch (ChannelPoisoned poisoned) {
            assertInstanceOf(Exception.class, poisoned.getCause());
            received.add(LOST);
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /// In what a reader received: that its channel ended by poison.
    private static final int LOST = -1;

    private static boolean received(Simulation sim, Receiver<Integer> receiver, List<Integer> received, Kinds kinds)
            throws Exception {
        switch (sim.random(7)) {
            case 0 -> {
                var attempt = receiver.tryReceive();
                if (attempt instanceof Received(var element)) received.add(element);
                else Storms.sleep(Duration.ofMillis(1));
                return !(attempt instanceof Closed);
            }
            case 1 -> {
                var attempt = receiver.receive(Duration.ofMillis(sim.random(30)));
                if (attempt instanceof Received(var element)) received.add(element);
                return !(attempt instanceof Closed);
            }
            case 2 -> {
                boolean fails = sim.random(3) == 0;
                try {
                    receiver.receiveExtended(element -> {
                        received.add(element);
                        Storms.sleep(Duration.ofMillis(sim.random(20)));
                        if (fails) throw new IllegalStateException(DISK_FULL);
                    });
                } catch (IllegalStateException own) {
                    assertTrue(fails, own.toString());
                }
                return true;
            }
            case 3 -> {
                if (!kinds.lasting) return true;
                var batch = receiver.receiveBatch(3);
                received.addAll(batch);
                return !batch.isEmpty();
            }
            case 4 -> {
                if (!kinds.lasting) return true;
                var receiving = receiver.receiveAsync();
                if (sim.random(2) == 0) receiving.cancel(true);
                if (!(receiving.join() instanceof Received(var element))) return false;
                received.add(element);
                return true;
            }
            default -> {
                if (!(receiver.receiveOrClosed() instanceof Received(var element))) return false;
                received.add(element);
                return true;
            }
        }
    }

    /// A network in a storm.
    private static final class Storm {
        final Simulation sim;
        final SimulatedNetwork network;
        final SimulatedGround homeGround;
        final Limits limits;
        final Node home;
        final Channel<Integer> channel;
        final Ledger ledger = new Ledger();
        final Elements elements;
        final List<Node> nodes = new ArrayList<>();
        final List<SimulatedGround> grounds = new ArrayList<>();
        final List<Thread> writers = new ArrayList<>(), readers = new ArrayList<>();
        final List<List<Integer>> received = new ArrayList<>();

        /// @param kind of channel: 0 a rendezvous, 1 with a buffer
        Storm(Simulation sim, Faults.Rates rates, Duration window, int kind, Elements elements) throws Exception {
            this.sim = sim;
            this.elements = elements;
            network = new SimulatedNetwork(new Faults(rates, sim.seed()));
            homeGround = new SimulatedGround(network, "home");
            limits = elements.limits(window);
            home = Opening.listen(homeGround, Storms.HOME, Security.loopbackOnly(), limits);
            channel = home.publish(kind == 0 ? Channel.rendezvous("c") : Channel.buffered("c", 3),
                    elements.codec());
        }

        Node another(String name) throws Exception {
            nodes.add(Storms.connect(network, name, limits, grounds));
            return nodes.getLast();
        }

        void write(Sender<Integer> sender, Kinds kinds) {
            var account = ledger.open();
            writers.add(sim.spawn("writer " + writers.size(), () -> {
                SimulatedReadersTest.write(sim, sender, account, kinds);
                sender.close();
            }));
        }

        void read(Receiver<Integer> receiver, Kinds kinds) {
            var mine = new ArrayList<Integer>();
            received.add(mine);
            readers.add(sim.spawn("reader " + readers.size(), () -> {
                SimulatedReadersTest.read(sim, receiver, mine, kinds);
                receiver.retire();
            }));
        }

        void interruptSome() {
            sim.spawn("interrupter", () -> {
                for (int i = 0; i < 8; i++) {
                    Storms.sleep(Duration.ofMillis(sim.random(40)));
                    var some = sim.random(2) == 0 ? readers : writers;
                    sim.interrupt(some.get(sim.random(some.size())));
                }
            });
        }

        /// What each reader received, without how it ended.
        List<List<Integer>> allReceived() {
            return received.stream().map(each -> each.stream().filter(element -> element != LOST).toList()).toList();
        }

        void closeAll(Tally tally) {
            for (var node : nodes) node.close();
            home.close();
            tally.faults += network.faults();
            tally.resumed += network.connections() - nodes.size();
        }
    }

    /// All lives last, and every line is bad until all is received: nothing may be lost, repeated, overtaken or uncertain.
    @Override void exactlyOnce(Simulation sim, Faults.Rates rates, Elements elements, Tally tally) throws Exception {
        var storm = new Storm(sim, rates, Duration.ofMinutes(5), sim.random(2), elements);
        var holding = storm.channel.sender();
        var keeping = storm.channel.receiver();
        for (int n = 0; n < NODES; n++) {
            var node = storm.another("away " + n);
            for (int r = 0; r < READERS; r++) storm.read(node.receiverEnd("c", elements.codec()), Kinds.ALL);
        }
        if (sim.random(2) == 0) storm.read(storm.channel.receiver(), Kinds.ALL);
        storm.write(storm.channel.sender(), Kinds.ALL);
        // also a node that both reads and writes, and whose elements so travel twice over its one link
        for (int w = 0; w < WRITERS; w++) storm.write(storm.nodes.get(w).sender("c", elements.codec()), Kinds.ALL);
        storm.interruptSome();
        for (var writer : storm.writers) writer.join();
        holding.close();
        for (var reader : storm.readers) reader.join();
        keeping.retire();
        storm.closeAll(tally);
        for (var received : storm.received) assertFalse(received.contains(LOST), "seed " + sim.seed());
        storm.ledger.checkAllCertain(storm.received, "seed " + sim.seed());
    }

    /// What ends links for good.
    enum Calamity { READERS_KILLED, ALL_READERS_KILLED, PARTITION, READERS_CLOSED, HOME_CLOSED, HOME_KILLED }

    /// One link or all of them end for good while all lines are bad: nothing that was told to be certain may be wrong, and nobody waits for ever.
    @Override void neverWrong(Simulation sim, Calamity calamity, Elements elements, Tally tally) throws Exception {
        boolean killed = calamity == Calamity.READERS_KILLED || calamity == Calamity.ALL_READERS_KILLED
                || calamity == Calamity.HOME_KILLED;
        var kinds = new Kinds(false, !killed);
        var storm = new Storm(sim, Faults.Rates.ALL, Duration.ofSeconds(20), 0, elements);
        var holding = storm.channel.sender();
        for (int n = 0; n < NODES; n++) {
            var node = storm.another("away " + n);
            for (int r = 0; r < READERS; r++) storm.read(node.receiverEnd("c", elements.codec()), kinds);
        }
        for (int w = 0; w < WRITERS; w++) storm.write(storm.channel.sender(), kinds);
        if (sim.random(2) == 0) storm.write(storm.another("writing").sender("c", elements.codec()), kinds);
        holding.close();
        Storms.sleep(Duration.ofMillis(sim.random(400)));
        int dead = 0; // nodes whose processes wait with them
        switch (calamity) {
            case READERS_KILLED, ALL_READERS_KILLED -> {
                dead = calamity == Calamity.READERS_KILLED ? 1 : NODES;
                for (int n = 0; n < dead; n++) storm.network.kill(storm.grounds.get(n));
            }
            case PARTITION -> {
                storm.network.partition(true);
                Storms.sleep(Duration.ofSeconds(60));
                storm.network.partition(false);
            }
            case READERS_CLOSED -> storm.nodes.getFirst().close();
            case HOME_CLOSED -> storm.home.close();
            case HOME_KILLED -> storm.network.kill(storm.homeGround);
        }
        boolean homeIsDead = calamity == Calamity.HOME_KILLED;
        if (calamity == Calamity.HOME_CLOSED) storm.channel.poison(new Exception("its node was closed"));
        if (!homeIsDead) for (var writer : storm.writers) writer.join(); // they close the channel, if nothing else ends it
        for (var reader : storm.readers.subList(dead * READERS, storm.readers.size())) reader.join();
        storm.ledger.checkAll(storm.allReceived(), calamity + ", seed " + sim.seed());
        tally.faults += storm.network.faults();
        tally.unknown += storm.ledger.unknown();
        for (var node : storm.nodes.subList(dead, storm.nodes.size())) node.close();
        if (!homeIsDead) storm.home.close();
        if (killed) sim.abandon();
    }
}
