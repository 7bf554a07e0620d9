package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.Storms.Tally;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms in which ends travel: three nodes, each with a channel of numbers and a channel on which its processes get ends of any node's channel. A process that gets an end sends a number through it, and then gives it
/// on, or closes it. The readers of the numbers see whether each channel ends as complete, and only when all its ends are gone.
@Timeout(300) class SimulatedEndsTest {
    private static final int NODES = 3, ENDS = 4, PROCESSES = 2;
    private static final Codec<Sender<Integer>> SENDERS = Codec.senderOf(Codec.of(Integer.class));

    private static String at(int node, String name) {
        return "127.0.0.1:" + (7000 + node) + "/" + name;
    }

    /// How a channel of numbers ended.
    enum End { COMPLETE, LOST }

    private static final class Storm {
        final Simulation sim;
        final Ledger ledger = new Ledger();
        final SimulatedNetwork network;
        final List<SimulatedGround> grounds = new ArrayList<>();
        final List<Node> nodes = new ArrayList<>();
        final List<Channel<Integer>> numbers = new ArrayList<>();
        final List<Channel<Sender<Integer>>> passing = new ArrayList<>();
        final List<List<Integer>> received = new ArrayList<>();
        final List<End> ended = new ArrayList<>();
        final List<Thread> readers = new ArrayList<>();
        final List<List<Thread>> passers = new ArrayList<>();
        final List<List<Sender<Sender<Integer>>>> ways = new ArrayList<>(); // from each node to each
        final List<Sender<Sender<Integer>>> holding = new ArrayList<>(); // so that what ends travel on goes on
        final boolean tries;
        final int[] closed = new int[NODES]; // of the ends of each channel, in order
        int alive; // ends that somebody has or that are under way

        Storm(Simulation sim, Faults.Rates rates, Duration window, boolean tries) throws Exception {
            this.sim = sim;
            this.tries = tries;
            network = new SimulatedNetwork(new Faults(rates, sim.seed()));
            var limits = Pair.window(window);
            for (int n = 0; n < NODES; n++) {
                var ground = new SimulatedGround(network, "node " + n);
                grounds.add(ground);
                var node = Opening.listen(ground, new InetSocketAddress("127.0.0.1", 7000 + n),
                        Security.loopbackOnly(), limits);
                nodes.add(node);
                numbers.add(node.publish(Channel.<Integer>rendezvous("numbers " + n), Codec.of(Integer.class)));
                passing.add(node.publish(Channel.<Sender<Integer>>rendezvous("ends"), SENDERS));
                received.add(new ArrayList<>());
                ended.add(null);
                holding.add(passing.getLast().sender());
            }
        }

        /// Begins with ends of each channel of numbers, in the hands of processes of its node.
        void begin() throws Exception {
            for (var node : nodes) {
                var ways = new ArrayList<Sender<Sender<Integer>>>();
                for (int to = 0; to < NODES; to++) ways.add(node.sender(at(to, "ends"), SENDERS));
                this.ways.add(ways);
            }
            for (int n = 0; n < NODES; n++) {
                int number = n;
                var threads = new ArrayList<Thread>();
                passers.add(threads);
                for (int e = 0; e < ENDS; e++) {
                    var end = numbers.get(n).sender();
                    alive++;
                    threads.add(sim.spawn("beginner " + n + "." + e, () -> carry(number, end)));
                }
                for (int p = 0; p < PROCESSES; p++) {
                    int from = sim.random(3) == 0 ? sim.random(NODES) : n;
                    var ends = nodes.get(n).receiverEnd(at(from, "ends"), SENDERS);
                    threads.add(sim.spawn("passer " + n + "." + p, () -> pass(number, ends)));
                }
                readers.add(sim.spawn("reader " + n, () -> read(number)));
            }
        }

        private void read(int node) {
            try {
                while (numbers.get(node).receiveOrClosed() instanceof Received<Integer>(var element))
                    received.get(node).add(element);
                ended.set(node, End.COMPLETE);
            } catch (ChannelPoisoned poisoned) {
                assertInstanceOf(LinkLost.class, poisoned.getCause());
                ended.set(node, End.LOST);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }

        /// Receives ends where they come to `node`, from near or from afar, until that is over.
        private void pass(int node, Receiver<Sender<Integer>> ends) throws InterruptedException {
            try {
                while (ends.receiveOrClosed() instanceof Received<Sender<Integer>>(var end)) carry(node, end);
            } catch (ChannelException over) {
                // the channel, its node or the link to it is gone
            }
        }

        /// Uses `end`, and gives it on or closes it.
        private void carry(int node, Sender<Integer> end) throws InterruptedException {
            try {
                var account = ledger.open();
                int element = account.element();
                try {
                    end.send(element);
                    account.taken(element);
                } catch (ChannelPoisoned lost) {
                    if (!(lost.getCause() instanceof LinkLost loss)
                            || loss.outcome() == LinkLost.Outcome.NOT_TAKEN)
                        account.notTaken(element);
                }
            } catch (ChannelClosed over) {
                throw new AssertionError("seed " + sim.seed() + ": an end that came was closed already", over);
            }
            if (sim.random(4) > 0 && givenOn(node, end)) return;
            closed[end.name().charAt("numbers ".length()) - '0']++;
            alive--;
            end.close();
        }

        private boolean givenOn(int node, Sender<Integer> end) throws InterruptedException {
            var on = ways.get(node).get(sim.random(NODES));
            try {
                return switch (tries ? sim.random(4) : 3) {
                    case 0 -> on.trySend(end);
                    case 1 -> on.send(end, Duration.ofMillis(sim.random(40)));
                    default -> on.send(end, Duration.ofSeconds(2)); // or else there may be nobody left who receives
                };
            } catch (ReceiverFailed gone) {
                alive--;
                return true;
            } catch (ChannelPoisoned | IllegalStateException | IllegalArgumentException notSent) {
                return false;
            }
        }
    }

    /// All lives last: each end is closed once by somebody, and each channel of numbers is complete.
    private static void allComplete(Simulation sim, Faults.Rates rates, Tally tally) throws Exception {
        var storm = new Storm(sim, rates, Duration.ofMinutes(5), true);
        storm.begin();
        for (var reader : storm.readers) reader.join();
        for (var channel : storm.passing) channel.close();
        for (var threads : storm.passers) for (var passer : threads) passer.join();
        for (var node : storm.nodes) node.close();
        for (var end : storm.ended) assertEquals(End.COMPLETE, end, "seed " + sim.seed());
        assertEquals(0, storm.alive, "seed " + sim.seed());
        assertArrayEquals(new int[]{ENDS, ENDS, ENDS}, storm.closed, "seed " + sim.seed());
        var all = new ArrayList<Integer>();
        for (var received : storm.received) all.addAll(received);
        storm.ledger.checkCertain(all, "seed " + sim.seed());
        tally.faults += storm.network.faults();
        tally.resumed += storm.network.connections();
        tally.unknown += all.size();
    }

    /// What ends links for good.
    enum Calamity { NODE_KILLED, NODE_CLOSED, PARTITION }

    /// A node goes, or all links do: every channel of numbers of a node that lives ends all the same, as complete only if each of its ends was closed by who had it.
    private static void allEnd(Simulation sim, Calamity calamity, Tally tally) throws Exception {
        var storm = new Storm(sim, Faults.Rates.ALL, Duration.ofSeconds(20), false);
        storm.begin();
        Storms.sleep(Duration.ofMillis(sim.random(400)));
        switch (calamity) {
            case NODE_KILLED -> storm.network.kill(storm.grounds.getFirst());
            case NODE_CLOSED -> storm.nodes.getFirst().close();
            case PARTITION -> {
                storm.network.partition(true);
                Storms.sleep(Duration.ofSeconds(60));
                storm.network.partition(false);
            }
        }
        int from = calamity == Calamity.PARTITION ? 0 : 1;
        for (var reader : storm.readers.subList(from, NODES)) reader.join();
        var all = new ArrayList<Integer>();
        for (var received : storm.received) all.addAll(received);
        for (int n = from; n < NODES; n++)
            assertTrue(storm.ended.get(n) == End.LOST || storm.closed[n] >= ENDS, calamity + ", seed " + sim.seed()
                    + ": complete, but only " + storm.closed[n] + " ends were closed");
        storm.ledger.check(all, calamity + ", seed " + sim.seed());
        tally.faults += storm.network.faults();
        tally.unknown += (int) storm.ended.stream().filter(end -> end == End.LOST).count();
        sim.abandon();
    }

    private static void run(int seeds, Faults.Rates rates) {
        Storms.explore(seeds, rates, (sim, tally) -> allComplete(sim, rates, tally));
    }

    private static void run(int seeds, Calamity calamity) {
        Storms.explore(seeds, calamity, (sim, tally) -> allEnd(sim, calamity, tally));
    }

    @Test void withoutFaultsEveryEndIsClosedOnce() {
        run(50, Faults.Rates.NONE);
    }

    @Test void whateverTheLineDoesEveryEndIsClosedOnce() {
        run(200, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void whateverTheLineDoesEveryEndIsClosedOnceManyTimes() {
        run(4000, Faults.Rates.ALL);
    }

    @ParameterizedTest
    @EnumSource void everyChannelEndsWhateverBecomesOfItsEnds(Calamity calamity) {
        run(100, calamity);
    }

    @Tag("slow")
    @Timeout(3000)
    @ParameterizedTest
    @EnumSource void everyChannelEndsWhateverBecomesOfItsEndsManyTimes(Calamity calamity) {
        run(2000, calamity);
    }
}
