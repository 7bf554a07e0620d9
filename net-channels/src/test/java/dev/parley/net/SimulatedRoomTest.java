package dev.parley.net;

import dev.parley.csp.Attempt;
import dev.parley.csp.Channel;
import dev.parley.csp.Closed;
import dev.parley.csp.Received;
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

/// Several channels of one link share the room for large elements. Their one receiver looks for elements everywhere, so that they come, and then insists on one channel: those of the others must make
/// room, and come again.
@Timeout(300) class SimulatedRoomTest {
    private static final int CHANNELS = 4, ELEMENTS = 6;

    private static void write(Simulation sim, Sender<Integer> sender, Ledger.Account account)
            throws InterruptedException {
        for (int i = 0; i < ELEMENTS; i++) {
            int element = account.element();
            boolean happened = true;
            switch (sim.random(4)) {
                case 0 -> happened = sender.send(element, Duration.ofMillis(sim.random(3000)));
                case 1 -> sender.sendAll(List.of(element));
                default -> sender.send(element);
            }
            if (happened) account.taken(element);
            else account.notTaken(element);
        }
        sender.close();
    }

    /// Takes what `attempt` got.
    ///
    /// @return whether the channel has not ended
    private static boolean take(Attempt<Integer> attempt, List<Integer> received) {
        if (attempt instanceof Received<Integer>(var element)) received.add(element);
        return !(attempt instanceof Closed);
    }

    private static void read(Simulation sim, List<Channel<Integer>> channels, List<List<Integer>> received)
            throws InterruptedException {
        var open = new ArrayList<Integer>();
        for (int c = 0; c < CHANNELS; c++) open.add(c);
        while (!open.isEmpty()) {
            open.removeIf(c -> !take(channels.get(c).tryReceive(), received.get(c)));
            Storms.sleep(Duration.ofMillis(sim.random(300)));
            if (open.isEmpty()) return;
            var c = open.get(sim.random(open.size()));
            if (!take(channels.get(c).receiveOrClosed(), received.get(c))) open.remove(c);
        }
    }

    private static void shareRoom(Simulation sim, Faults.Rates rates, Tally tally) throws Exception {
        var network = new SimulatedNetwork(new Faults(rates, sim.seed()));
        var limits = Elements.LARGE.limits(Duration.ofMinutes(5));
        var home = Opening.listen(new SimulatedGround(network, "home"), Storms.HOME, Security.loopbackOnly(), limits);
        var away = Storms.connect(network, "away", limits, new ArrayList<>());
        var ledger = new Ledger();
        var received = new ArrayList<List<Integer>>();
        var channels = new ArrayList<Channel<Integer>>();
        var processes = new ArrayList<Thread>();
        for (int c = 0; c < CHANNELS; c++) {
            channels.add(home.publish(sim.random(3) == 0 ? Channel.buffered("c" + c, 1) : Channel.rendezvous("c" + c),
                    Elements.LARGE.codec()));
            received.add(new ArrayList<>());
            var sender = away.sender("c" + c, Elements.LARGE.codec());
            var account = ledger.open();
            processes.add(sim.spawn("writer " + c, () -> write(sim, sender, account)));
        }
        processes.add(sim.spawn("reader", () -> read(sim, channels, received)));
        for (var process : processes) process.join();
        away.close();
        home.close();
        tally.faults += network.faults();
        tally.resumed += network.connections() - 1;
        ledger.checkAllCertain(received, "seed " + sim.seed());
    }

    private static void run(int seeds, Faults.Rates rates) {
        Storms.explore(seeds, rates, (sim, tally) -> shareRoom(sim, rates, tally));
    }

    @Test void elementsMakeRoomForOthersAndComeAgain() {
        run(60, Faults.Rates.NONE);
    }

    @Test void elementsComeAgainWhateverTheLineDoes() {
        run(60, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void elementsComeAgainWhateverTheLineDoesManyTimes() {
        run(3000, Faults.Rates.ALL);
    }
}
