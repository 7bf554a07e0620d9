package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
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

/// Storms in which nodes find each other by `host:port/name` only, in any start order, over lines that do everything a line can do: each node listens, and sends into channels of all.
@Timeout(300) class SimulatedAddressesTest {
    private static final int NODES = 3, ELEMENTS = 8;

    private static InetSocketAddress address(int node) {
        return new InetSocketAddress("127.0.0.1", 7000 + node);
    }

    private static void rage(Simulation sim, Faults.Rates rates, Tally tally) throws Exception {
        var network = new SimulatedNetwork(new Faults(rates, sim.seed()));
        var limits = Pair.window(Duration.ofMinutes(5));
        var ledgers = new ArrayList<Ledger>();
        for (int n = 0; n < NODES; n++) ledgers.add(new Ledger());
        var received = new ArrayList<List<Integer>>();
        var nodes = new ArrayList<Node>();
        var holding = new ArrayList<Sender<Integer>>(); // so that no channel ends before all have come
        var readers = new ArrayList<Thread>();
        var writers = new ArrayList<Thread>();
        for (int n = 0; n < NODES; n++) {
            Storms.sleep(Duration.ofMillis(sim.random(300)));
            boolean listens = n > 0; // the first only connects, to nodes that are not there yet
            var ground = new SimulatedGround(network, "node " + n);
            var node = listens
                    ? Opening.listen(ground, address(n), Security.loopbackOnly(), limits)
                    : Opening.open(ground, Security.loopbackOnly(), limits);
            nodes.add(node);
            if (listens) {
                Storms.sleep(Duration.ofMillis(sim.random(50)));
                var channel = node.publish(Channel.<Integer>rendezvous("c"), Codec.of(Integer.class));
                var mine = new ArrayList<Integer>();
                received.add(mine);
                readers.add(sim.spawn("reader " + n, () -> {
                    while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) mine.add(element);
                }));
                holding.add(channel.sender());
            }
            for (int target = 1; target < NODES; target++) {
                var name = Address.show(address(target)) + "/c";
                var account = ledgers.get(target).open();
                writers.add(sim.spawn("writer " + n + " to " + target, () -> {
                    try (var end = node.sender(name, Integer.class)) {
                        for (int i = 0; i < ELEMENTS; i++) {
                            int element = account.element();
                            end.send(element);
                            account.taken(element);
                        }
                    }
                }));
            }
        }
        for (var writer : writers) writer.join();
        for (var end : holding) end.close();
        for (var reader : readers) reader.join();
        for (var node : nodes) node.close();
        for (int n = 1; n < NODES; n++) ledgers.get(n).checkCertain(received.get(n - 1), "seed " + sim.seed());
        tally.faults += network.faults();
        tally.resumed += network.connections();
    }

    private static void run(int seeds, Faults.Rates rates) {
        Storms.explore(seeds, rates, (sim, tally) -> rage(sim, rates, tally));
    }

    @Test void withoutFaultsTheyMeetInAnyStartOrder() {
        run(50, Faults.Rates.NONE);
    }

    @Test void whateverTheLineDoesTheyMeetAndAllArrivesOnce() {
        run(200, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void whateverTheLineDoesTheyMeetAndAllArrivesOnceManyTimes() {
        run(4000, Faults.Rates.ALL);
    }
}
