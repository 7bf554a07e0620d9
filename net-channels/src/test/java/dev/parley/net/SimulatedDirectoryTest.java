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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/// Storms in which nodes find each other by plain names only, through a directory that comes at some time, and goes and comes again, over lines that do everything a line can do.
@Timeout(300) class SimulatedDirectoryTest {
    private static final int NODES = 3, ELEMENTS = 6;

    private static InetSocketAddress address(int node) {
        return new InetSocketAddress("127.0.0.1", 7001 + node);
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
        var serving = new boolean[]{true};
        var directory = sim.spawn("directory", () -> {
            while (serving[0]) {
                Storms.sleep(Duration.ofMillis(sim.random(300)));
                var hub = Opening.listen(new SimulatedGround(network, "directory"), Storms.HOME,
                        Security.loopbackOnly(), limits);
                Storms.sleep(Duration.ofMillis(500 + sim.random(3000)));
                hub.close();
            }
        });
        for (int n = 0; n < NODES; n++) {
            Storms.sleep(Duration.ofMillis(sim.random(300)));
            var node = Opening.listen(new SimulatedGround(network, "node " + n), address(n), Security.loopbackOnly(),
                    limits,
                    Storms.HOME);
            nodes.add(node);
            var channel = node.publish(Channel.<Integer>rendezvous("c" + n), Codec.of(Integer.class));
            var mine = new ArrayList<Integer>();
            received.add(mine);
            readers.add(sim.spawn("reader " + n, () -> {
                while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) mine.add(element);
            }));
            holding.add(channel.sender());
            for (int target = 0; target < NODES; target++) {
                var name = "c" + target;
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
        serving[0] = false;
        for (var end : holding) end.close();
        for (var reader : readers) reader.join();
        directory.join();
        for (var node : nodes) node.close();
        for (int n = 0; n < NODES; n++) ledgers.get(n).checkCertain(received.get(n), "seed " + sim.seed());
        tally.faults += network.faults();
        tally.resumed += network.connections();
    }

    private static void run(int seeds, Faults.Rates rates) {
        Storms.explore(seeds, rates, (sim, tally) -> rage(sim, rates, tally));
    }

    /// A node goes only where its own security lets it, whatever a directory says.
    @Test void aDirectoryLeadsNobodyWhereItsSecurityDoesNotGo() {
        Storms.CONFIG.explore(5, sim -> {
            var network = new SimulatedNetwork(new Faults(Faults.Rates.NONE, sim.seed()));
            var limits = Pair.window(Duration.ofMinutes(5));
            var security = Security.loopbackOnly();
            var hub = Opening.listen(new SimulatedGround(network, "hub"), Storms.HOME, security, limits);
            var offLoopback = new InetSocketAddress("192.0.2.1", 7000);
            var far = Opening.listen(new SimulatedGround(network, "far"), offLoopback, security, limits, Storms.HOME);
            far.receiver("far", Integer.class);
            var node = Opening.open(new SimulatedGround(network, "node"), security, limits, Storms.HOME);
            var seeking = sim.spawn("seeks", () -> assertThrows(InterruptedException.class,
                    () -> node.sender("far", Integer.class)));
            Storms.sleep(Duration.ofSeconds(10));
            assertEquals(2, network.connections(), "those with the directory");
            sim.interrupt(seeking);
            seeking.join();
            for (var each : List.of(node, far, hub)) each.close();
        });
    }

    @Test void withoutFaultsTheyFindEachOther() {
        run(50, Faults.Rates.NONE);
    }

    @Test void whateverTheLineDoesTheyFindEachOtherAndAllArrivesOnce() {
        run(150, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void whateverTheLineDoesTheyFindEachOtherAndAllArrivesOnceManyTimes() {
        run(4000, Faults.Rates.ALL);
    }
}
