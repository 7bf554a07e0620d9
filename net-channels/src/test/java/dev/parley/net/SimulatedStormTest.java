package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.Storms.Elements;
import dev.parley.net.Storms.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms over a simulated network in virtual time: nodes, writers of every kind, and lines that do everything a line can do, for as many
/// seeds as there is time.
class SimulatedStormTest extends StormContract<SimulatedStormTest.Calamity> {
    private static final int NODES = 2, WRITERS = 2, ELEMENTS = 12;

    SimulatedStormTest() {
        super(Calamity.class, 20_000, 4000);
    }

    /// @param kinds of sending: without the last, nothing waits for a future, where the thread of a dead process could not be ended
    private static void write(Simulation sim, Sender<Integer> sender, Ledger.Account account, int kinds) {
        for (int i = 0; i < ELEMENTS; i++) {
            int kind = sim.random(kinds);
            if (kind == 4) {
                if (!writeMany(sim, sender, account)) return;
                continue;
            }
            int element = account.element();
            try {
                boolean happened = switch (kind) {
                    case 0 -> sender.trySend(element);
                    case 1 -> sender.send(element, Duration.ofMillis(sim.random(50)));
                    case 5 -> {
                        var sending = sender.sendAsync(element);
                        if (sim.random(2) == 0) sending.cancel(true);
                        sending.join();
                        yield true;
                    }
                    default -> {
                        sender.send(element);
                        yield true;
                    }
                };
                if (happened) account.taken(element);
                else account.notTaken(element);
            } catch (InterruptedException | CancellationException notSent) {
                account.notTaken(element);
            } catch (ChannelPoisoned | CompletionException lost) {
                var poisoned = assertInstanceOf(ChannelPoisoned.class,
                        lost instanceof ChannelPoisoned ? lost : lost.getCause());
                var loss = assertInstanceOf(LinkLost.class, poisoned.getCause());
                if (loss.outcome() == LinkLost.Outcome.NOT_TAKEN) account.notTaken(element);
                return;
            }
        }
    }

    /// @return whether there is a link
    private static boolean writeMany(Simulation sim, Sender<Integer> sender, Ledger.Account account) {
        var elements = new ArrayList<Integer>();
        for (int i = 0; i <= sim.random(6); i++) elements.add(account.element());
        try {
            sender.sendAll(elements);
            for (int element : elements) account.taken(element);
            return true;
        } catch (InterruptedException between) {
            account.firstPartTaken(elements);
            return true;
        } catch (ChannelPoisoned lost) {
            assertInstanceOf(LinkLost.class, lost.getCause());
            account.firstPartTaken(elements);
            return false;
        }
    }

    private static void spawnWriters(Simulation sim, Node node, int number, Ledger ledger, List<Thread> writers,
            int kinds, Elements elements)
            throws Exception {
        for (int w = 0; w < WRITERS; w++) {
            var account = ledger.open();
            var sender = node.sender("c", elements.codec());
            writers.add(sim.spawn("writer " + number + "." + w, () -> {
                write(sim, sender, account, kinds);
                sender.close();
            }));
        }
    }

    /// Both lives last, and every line is bad until the writers are done: nothing may be lost, repeated, overtaken or uncertain.
    @Override void exactlyOnce(Simulation sim, Faults.Rates rates, Elements elements, Tally tally) throws Exception {
        var faults = new Faults(rates, sim.seed());
        var network = new SimulatedNetwork(faults);
        var limits = elements.limits(Duration.ofMinutes(5));
        var home = Opening.listen(new SimulatedGround(network, "home"), Storms.HOME, Security.loopbackOnly(), limits);
        var kind = sim.random(2) == 0 ? Channel.<Integer>rendezvous("c") : Channel.<Integer>buffered("c", 3);
        var channel = home.publish(kind, elements.codec());
        var holding = channel.sender();
        var ledger = new Ledger();
        var writers = new ArrayList<Thread>();
        var nodes = new ArrayList<Node>();
        for (int n = 0; n < NODES; n++) {
            var node = Storms.connect(network, "away " + n, limits, new ArrayList<>());
            nodes.add(node);
            spawnWriters(sim, node, n, ledger, writers, 6, elements);
        }
        var received = new ArrayList<Integer>();
        sim.spawn("interrupter", () -> {
            for (int i = 0; i < 5; i++) {
                Storms.sleep(Duration.ofMillis(sim.random(40)));
                sim.interrupt(writers.get(sim.random(writers.size())));
            }
        });
        var reader = sim.spawn("reader", () -> {
            while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) {
                received.add(element);
                if (sim.random(8) == 0) Storms.sleep(Duration.ofMillis(sim.random(100)));
            }
        });
        for (var writer : writers) writer.join();
        holding.close();
        reader.join();
        for (var node : nodes) node.close();
        home.close();
        ledger.checkCertain(received, "seed " + sim.seed());
        tally.faults += network.faults();
        tally.resumed += network.connections() - NODES;
    }

    /// What ends links for good: a process is gone, nothing arrives for longer than the window, or a node leaves in order, while others write.
    enum Calamity { HOME_KILLED, WRITERS_KILLED, PARTITION, HOME_CLOSED, WRITERS_CLOSED }

    /// One link or all of them end for good while all lines are bad: nothing that was told to be certain may be wrong, and nobody waits for ever.
    @Override void neverWrong(Simulation sim, Calamity calamity, Elements elements, Tally tally) throws Exception {
        var faults = new Faults(Faults.Rates.ALL, sim.seed());
        var network = new SimulatedNetwork(faults);
        var limits = elements.limits(Duration.ofSeconds(20));
        var homeGround = new SimulatedGround(network, "home");
        var home = Opening.listen(homeGround, Storms.HOME, Security.loopbackOnly(), limits);
        var channel = home.receiver("c", elements.codec());
        var ledger = new Ledger();
        var writers = new ArrayList<Thread>();
        var nodes = new ArrayList<Node>();
        var grounds = new ArrayList<SimulatedGround>();
        for (int n = 0; n < NODES; n++) {
            var node = Storms.connect(network, "away " + n, limits, grounds);
            nodes.add(node);
            spawnWriters(sim, node, n, ledger, writers, calamity == Calamity.WRITERS_KILLED ? 5 : 6,
                    elements);
        }
        var received = new ArrayList<Integer>();
        var reader = sim.spawn("reader", () -> {
            try {
                while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) {
                    received.add(element);
                    if (sim.random(8) == 0) Storms.sleep(Duration.ofMillis(sim.random(100)));
                }
            } catch (ChannelPoisoned lost) {
                assertInstanceOf(LinkLost.class, lost.getCause());
            }
        });
        Storms.sleep(Duration.ofMillis(sim.random(400)));
        boolean killed = calamity == Calamity.HOME_KILLED || calamity == Calamity.WRITERS_KILLED;
        switch (calamity) {
            case HOME_KILLED -> network.kill(homeGround);
            case WRITERS_KILLED -> network.kill(grounds.getFirst());
            case PARTITION -> {
                network.partition(true);
                Storms.sleep(Duration.ofSeconds(60));
                network.partition(false);
            }
            case HOME_CLOSED -> home.close();
            case WRITERS_CLOSED -> nodes.getFirst().close();
        }
        int dead = calamity == Calamity.WRITERS_KILLED ? 1 : 0; // those of a dead process wait with it
        for (var writer : writers.subList(dead * WRITERS, writers.size())) writer.join();
        if (calamity != Calamity.HOME_KILLED) reader.join();
        ledger.check(received, calamity + ", seed " + sim.seed());
        tally.faults += network.faults();
        tally.unknown += ledger.unknown();
        for (var node : nodes.subList(dead, NODES)) node.close();
        if (calamity != Calamity.HOME_KILLED) home.close();
        if (killed) sim.abandon();
    }

    /// One call sends elements so large that few of them travel in a frame, and is interrupted, or its home closes: what was taken is a first part, whoever receives when.
    private static void firstPartOnly(Simulation sim, boolean closes, Tally tally) throws Exception {
        var network = new SimulatedNetwork(new Faults(Faults.Rates.ALL, sim.seed()));
        var limits = Pair.window(Duration.ofMinutes(5));
        var home = Opening.listen(new SimulatedGround(network, "home"), Storms.HOME, Security.loopbackOnly(), limits);
        var kind = sim.random(2) == 0 ? Channel.<byte[]>rendezvous("c") : Channel.<byte[]>buffered("c", 6);
        var taken = new ArrayList<Integer>();
        var channel = home.publish(kind, Codec.of(byte[].class)).onDiscard(element -> taken.add((int) element[0]));
        var node = Storms.connect(network, "away", limits, new ArrayList<>());
        var sender = node.sender("c", byte[].class);
        var elements = new ArrayList<byte[]>();
        for (int i = 0; i < 24; i++) {
            elements.add(new byte[12 << 10]);
            elements.getLast()[0] = (byte) i;
        }
        var writer = sim.spawn("writer", () -> {
            try {
                sender.sendAll(elements);
                assertTrue(taken.size() >= elements.size() - 6, "it returned early");
            } catch (InterruptedException | ChannelPoisoned broken) {
                tally.unknown++;
            }
            sender.close();
        });
        int most = closes ? elements.size() : sim.random(2 * elements.size()); // if it leaves, only the interruption ends the call
        var reader = sim.spawn("reader", () -> {
            try {
                while (taken.size() < most
                        && channel.receiveOrClosed() instanceof Received<byte[]>(var element)) {
                    taken.add((int) element[0]);
                    if (sim.random(3) == 0) Storms.sleep(Duration.ofMillis(sim.random(60)));
                }
            } catch (ChannelPoisoned lost) {
                assertInstanceOf(LinkLost.class, lost.getCause());
            }
        });
        Storms.sleep(Duration.ofMillis(sim.random(500)));
        if (closes) home.close();
        else sim.interrupt(writer);
        writer.join();
        reader.join();
        if (!closes) for (var element : channel) taken.add((int) element[0]); // what is in the buffer
        node.close();
        home.close();
        taken.sort(null); // the reader may note an element after those that were discarded
        assertEquals(IntStream.range(0, taken.size()).boxed().toList(), taken, "seed " + sim.seed());
        tally.faults += network.faults();
    }

    private static void run(int seeds, boolean closes) {
        Storms.explore(seeds, Faults.Rates.ALL, (sim, tally) -> firstPartOnly(sim, closes, tally));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true}) void whatIsTakenOfManyIsAFirstPart(boolean homeCloses) {
        run(200, homeCloses);
    }

    @Tag("slow")
    @Timeout(3000)
    @ParameterizedTest
    @ValueSource(booleans = {false, true}) void whatIsTakenOfManyIsAFirstPartManyTimes(boolean homeCloses) {
        run(5000, homeCloses);
    }
}
