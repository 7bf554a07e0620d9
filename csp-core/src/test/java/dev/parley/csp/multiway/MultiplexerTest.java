package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Par;
import dev.parley.csp.Received;
import dev.parley.csp.multiway.Multiplexer.Arrival;
import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60) class MultiplexerTest {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 200);

    private static List<Channel<Integer>> channels(int n) {
        return IntStream.range(0, n).mapToObj(i -> Channel.<Integer>rendezvous("c" + i)).toList();
    }

    @Test void allOfEachArriveInOrderAndThenTheEnd() {
        Simulation.explore(SCHEDULES, _ -> {
            var ins = channels(3);
            var mux = new Multiplexer<Integer>("m");
            for (var in : ins) mux.add(in);
            Map<Object, List<Integer>> seen = new HashMap<>();
            new Par(Par.times(3, i -> () -> {
                try (var out = ins.get(i)) {
                    for (int k = 0; k < 3; k++) out.send(k);
                }
            }), () -> {
                while (mux.receive() instanceof Received<Arrival<Integer>>(var arrival))
                    seen.computeIfAbsent(arrival.source(), _ -> new ArrayList<>()).add(arrival.value());
            }).run();
            for (var in : ins) assertEquals(List.of(0, 1, 2), seen.get(in));
            assertEquals(0, mux.size());
        });
    }

    @Test void thoseThatAreReadyAreServedInTurn() throws Exception {
        var mux = new Multiplexer<Integer>("m");
        for (int i = 0; i < 3; i++) {
            var in = Channel.<Integer>buffered(8);
            for (int k = 0; k < 4; k++) in.send(i);
            mux.add(in);
        }
        var seen = new ArrayList<Integer>();
        for (int i = 0; i < 12; i++)
            if (mux.receive() instanceof Received<Arrival<Integer>>(var arrival)) seen.add(arrival.value());
        assertEquals(List.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2), seen);
    }

    @Test void whatIsRemovedLosesNothing() {
        Simulation.explore(SCHEDULES, sim -> {
            var in = Channel.<Integer>rendezvous("in");
            var mux = new Multiplexer<Integer>("m");
            mux.add(in);
            sim.spawn("sender", () -> in.send(1));
            int got;
            if (mux.remove(in)) {
                got = in.receive();
            } else {
                got = ((Received<Arrival<Integer>>) mux.receive()).value().value();
                assertTrue(mux.remove(in));
            }
            assertEquals(1, got);
            assertEquals(new Closed<>(), mux.receive());
        });
    }

    @Test void itWaitsNoLongerThanItIsTold() {
        Simulation.explore(SCHEDULES, sim -> {
            var mux = new Multiplexer<Integer>("m");
            var in = Channel.<Integer>rendezvous("in");
            mux.add(in);
            assertEquals(new Empty<>(), mux.receive(ofMillis(5)));
            assertEquals(ofMillis(5), sim.now());
            sim.spawn("sender", () -> in.send(1));
            assertEquals(new Received<>(new Arrival<>(in, 1)), mux.receive(ofMillis(5)));
        });
    }

    @Test void onePoisonedChannelIsToldAndTheOthersGoOn() throws Exception {
        var mux = new Multiplexer<Integer>("m");
        var bad = Channel.<Integer>rendezvous("bad");
        var good = Channel.<Integer>buffered("good", 1);
        mux.add(bad);
        mux.add(good);
        bad.poison(new IllegalStateException("x"));
        good.send(1);
        assertEquals("bad", assertThrows(ChannelPoisoned.class, mux::receive).channel());
        assertEquals(new Received<>(new Arrival<>(good, 1)), mux.receive());
        assertEquals("Multiplexer \"m\" [1 channels, 0 ready]", mux.toString());
        mux.close();
        assertEquals(0, mux.size());
        good.send(2);
        assertEquals(2, good.receive());
    }

    @Test void aChannelIsRegisteredOnce() {
        var mux = new Multiplexer<Integer>("m");
        var in = Channel.<Integer>rendezvous("in");
        mux.add(in);
        assertEquals("channel \"in\" is registered already; register each once",
                assertThrows(IllegalArgumentException.class, () -> mux.add(in)).getMessage());
        assertFalse(mux.toString().isEmpty());
    }

    @Tag("slow")
    @Test void theCostFollowsWhatIsReadyNotWhatIsRegistered() throws Exception {
        double few = cost(10), many = cost(20_000);
        assertTrue(many < 3 * few,
                () -> many + " ns for an element beside 20000 idle channels, " + few + " ns beside 10");
    }

    /// Nanoseconds for an element of one busy channel beside `idle` others; the best of some rounds.
    private static double cost(int idle) throws Exception {
        var mux = new Multiplexer<Integer>("m");
        for (var in : channels(idle)) mux.add(in);
        var busy = Channel.<Integer>buffered(64);
        mux.add(busy);
        int elements = 20_000;
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long start = System.nanoTime();
            new Par(() -> { for (int i = 0; i < elements; i++) busy.send(i); },
                    () -> {
                        for (int i = 0; i < elements; i++) mux.receive();
                    }).run();
            best = Math.min(best, (System.nanoTime() - start) / (double) elements);
        }
        return best;
    }
}
