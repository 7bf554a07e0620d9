package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import dev.parley.loop.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// How often a connection is written to for a stream of elements, since that is what a stream costs.
@Timeout(60) class SimulatedStreamTest {
    private static final int WINDOW = 256;

    /// Times that each side wrote.
    private record Writes(int home, int away) {}

    /// @param pause of the receiver after each element
    private static Writes stream(Simulation sim, int count, Duration pause) throws Exception {
        var network = new SimulatedNetwork(new Faults(Faults.Rates.NONE, sim.seed()));
        var homes = new SimulatedGround(network, "home");
        var aways = new ArrayList<SimulatedGround>();
        var limits = Pair.window(Duration.ofMinutes(5));
        var home = Opening.listen(homes, Storms.HOME, Security.loopbackOnly(), limits);
        var away = Storms.connect(network, "away", limits, aways);
        var channel = home.publish(Channel.<Integer>buffered("c", WINDOW), Codec.of(Integer.class));
        var sender = away.sender("c", Integer.class);
        int homeBefore = network.writes(homes), awayBefore = network.writes(aways.getFirst());
        var elements = IntStream.range(0, count).boxed().toList();
        var sending = sim.spawn("writer", () -> {
            sender.sendAll(elements);
            sender.close();
        });
        var got = new ArrayList<Integer>();
        while (channel.receiveOrClosed() instanceof Received<Integer>(var element)) {
            got.add(element);
            if (!pause.isZero()) Storms.sleep(pause);
        }
        sending.join();
        assertEquals(elements, got);
        var writes = new Writes(network.writes(homes) - homeBefore, network.writes(aways.getFirst()) - awayBefore);
        away.close();
        home.close();
        return writes;
    }

    /// Each element that it takes is answered, and is room for one. One write for each is 4,000.
    @Test void aSlowReceiverGetsFullFrames() {
        Storms.CONFIG.explore(20, sim -> {
            int writes = stream(sim, 4000, Duration.ofMillis(10)).away;
            assertTrue(writes < 4000 / 20, () -> "the sender wrote " + writes + " times, seed " + sim.seed());
        });
    }

    /// A whole window arrives at once, and the second half is looked at when the answer to the first has left.
    @Test void theSenderHearsOfHalfAWindowBeforeTheOtherHalfIsDealtWith() {
        Storms.CONFIG.explore(20, sim -> {
            int writes = stream(sim, WINDOW, Duration.ZERO).home;
            assertTrue(writes >= 2, () -> "the home wrote " + writes + " times, seed " + sim.seed());
        });
    }
}
