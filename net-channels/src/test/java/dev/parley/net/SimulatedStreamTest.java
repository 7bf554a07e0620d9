package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.SimulatedNetwork.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What is written for a stream of elements that are there at once: few frames, since frames and writes are what a stream costs.
@Timeout(60) class SimulatedStreamTest {
    private static final int WINDOW = 256;

    /// What each side wrote.
    private record Traffic(Written home, Written away) {}

    /// @param pause of the receiver after each element
    private static Traffic stream(Simulation sim, int count, Duration pause) throws Exception {
        var network = new SimulatedNetwork(new Faults(Faults.Rates.NONE, sim.seed()));
        var grounds = new ArrayList<SimulatedGround>();
        grounds.add(new SimulatedGround(network, "home"));
        var limits = Pair.window(Duration.ofMinutes(5));
        var home = Opening.listen(grounds.getFirst(), Storms.HOME, Security.loopbackOnly(), limits);
        var away = Storms.connect(network, "away", limits, grounds);
        var channel = home.publish(Channel.<Integer>buffered("c", WINDOW), Codec.of(Integer.class));
        var sender = away.sender("c", Integer.class);
        var before = grounds.stream().map(network::writtenBy).toList();
        var elements = IntStream.range(0, count).boxed().toList();
        var sending = sim.spawn("writer", () -> sender.sendAll(elements));
        var got = new ArrayList<Integer>();
        while (got.size() < count) {
            got.add(channel.receive());
            if (!pause.isZero()) Storms.sleep(pause);
        }
        sending.join();
        assertEquals(elements, got);
        var traffic = new Traffic(network.writtenBy(grounds.getFirst()).since(before.getFirst()),
                network.writtenBy(grounds.getLast()).since(before.getLast()));
        away.close();
        home.close();
        return traffic;
    }

    /// Each element that it takes is answered alone, and makes room for one.
    @Test void aSlowReceiverGetsFullFrames() {
        Storms.CONFIG.explore(20, sim -> {
            var sender = stream(sim, 4000, Duration.ofMillis(10)).away;
            assertTrue(sender.times() < 4000 / 20, () -> "the sender wrote " + sender + ", seed " + sim.seed());
        });
    }

    /// When the second half is looked at, the answer to the first has left.
    @Test void aWindowThatComesAtOnceIsAnsweredByHalves() {
        Storms.CONFIG.explore(20, sim -> {
            var home = stream(sim, WINDOW, Duration.ZERO).home;
            assertEquals(2, home.times(), () -> "the home wrote " + home + ", seed " + sim.seed());
            assertTrue(home.bytes() < 100, () -> "the home wrote " + home + ", seed " + sim.seed());
        });
    }
}
