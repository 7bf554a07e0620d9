package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Received;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms over a simulated network in virtual time: nodes, writers of every kind, and lines that do everything a line can do, for as many
/// seeds as there is time.
@Timeout(300) class SimulatedStormTest {
    private static final InetSocketAddress HOME = new InetSocketAddress("127.0.0.1", 7000);
    private static final int NODES = 2, WRITERS = 2, ELEMENTS = 12;
    private static final Simulation.Config CONFIG = Simulation.Config.STANDARD.withMaxSteps(2_000_000);

    /// What happened, to be sure that it did.
    private static final class Tally {
        int faults, resumed, unknown;
    }

    private static Node connect(SimulatedNetwork network, String name, Limits limits) throws Exception {
        for (;;) {
            try {
                return Opening.connect(new SimulatedGround(network, name), HOME, Security.loopbackOnly(), limits);
            } catch (IOException faulty) {
                assertTrue(String.valueOf(faulty.getMessage()).contains("7000"), faulty.getMessage());
            }
        }
    }

    private static void write(Simulation sim, Sender<Integer> sender, Ledger.Account account) {
        for (int i = 0; i < ELEMENTS; i++) {
            int element = account.element();
            try {
                boolean happened = switch (sim.random(6)) {
                    case 0 -> sender.trySend(element);
                    case 1 -> sender.send(element, Duration.ofMillis(sim.random(50)));
                    case 2 -> {
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
            } catch (InterruptedException | CancellationException notSent) {
                continue; // so it must not be received, like one that timed out
            } catch (ChannelPoisoned | CompletionException lost) {
                var poisoned = assertInstanceOf(ChannelPoisoned.class,
                        lost instanceof ChannelPoisoned ? lost : lost.getCause());
                var loss = assertInstanceOf(LinkLost.class, poisoned.getCause());
                if (loss.outcome() == LinkLost.Outcome.UNKNOWN) account.unknown(element);
                return;
            }
        }
    }

    /// Both lives last, and every line is bad until the writers are done: nothing may be lost, repeated, overtaken or uncertain.
    private static void exactlyOnce(Simulation sim, Faults.Rates rates, Tally tally) throws Exception {
        var faults = new Faults(rates, sim.seed());
        var network = new SimulatedNetwork(faults);
        var limits = Pair.window(Duration.ofMinutes(5));
        var home = Opening.listen(new SimulatedGround(network, "home"), HOME, Security.loopbackOnly(), limits);
        var kind = sim.random(2) == 0 ? Channel.<Integer>rendezvous("c") : Channel.<Integer>buffered("c", 3);
        var channel = home.publish(kind, Codec.of(Integer.class));
        var holding = channel.sender();
        var ledger = new Ledger();
        var writers = new ArrayList<Thread>();
        var nodes = new ArrayList<Node>();
        for (int n = 0; n < NODES; n++) {
            var node = connect(network, "away " + n, limits);
            nodes.add(node);
            for (int w = 0; w < WRITERS; w++) {
                var account = ledger.open();
                var sender = node.sender("c", Integer.class);
                writers.add(sim.spawn("writer " + n + "." + w, () -> {
                    write(sim, sender, account);
                    sender.close();
                }));
            }
        }
        var received = new ArrayList<Integer>();
        sim.spawn("interrupter", () -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofMillis(sim.random(40)));
                sim.interrupt(writers.get(sim.random(writers.size())));
            }
        });
        var reader = sim.spawn("reader", () -> {
            while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) {
                received.add(element);
                if (sim.random(8) == 0) sleep(Duration.ofMillis(sim.random(100)));
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

    private static void sleep(Duration time) {
        var waiting = dev.parley.loop.waiting.Waiting.current();
        long until = waiting.nanoTime() + time.toNanos();
        while (until - waiting.nanoTime() > 0) waiting.parkUntil("sleep", until);
    }

    private static void run(int seeds, Faults.Rates rates) {
        var tally = new Tally();
        CONFIG.explore(seeds, sim -> exactlyOnce(sim, rates, tally));
        System.out.println(seeds + " seeds, " + tally.faults + " faults, " + tally.resumed + " connections more");
    }

    @Test void withoutFaultsAllArrivesOnce() {
        run(30, Faults.Rates.NONE);
    }

    @Test void whateverTheLineDoesAllArrivesOnceInOrder() {
        run(300, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void whateverTheLineDoesAllArrivesOnceInOrderManyTimes() {
        run(20_000, Faults.Rates.ALL);
    }
}
