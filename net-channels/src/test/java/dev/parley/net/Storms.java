package dev.parley.net;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// What storms over a simulated network have in common.
final class Storms {
    static final InetSocketAddress HOME = new InetSocketAddress("127.0.0.1", 7000);
    static final Simulation.Config CONFIG = Simulation.Config.STANDARD.withMaxSteps(2_000_000);

    private Storms() {}

    /// What happened, to be sure that it did.
    static final class Tally {
        int faults, resumed, unknown;
    }

    /// One storm, which tells what happened.
    interface Storm {
        void rage(Simulation sim, Tally tally) throws Exception;
    }

    /// Storms in which the lines do what `rates` says.
    static void explore(int seeds, Faults.Rates rates, Storm storm) {
        var tally = explore(seeds, storm);
        System.out.println(seeds + " seeds, " + tally.faults + " faults, " + tally.resumed + " connections more");
        assertTrue(rates == Faults.Rates.NONE || tally.faults > 0, "nothing went wrong");
    }

    /// Storms in which `calamity` happens.
    static void explore(int seeds, Enum<?> calamity, Storm storm) {
        var tally = explore(seeds, storm);
        System.out
                .println(calamity + ": " + seeds + " seeds, " + tally.faults + " faults, " + tally.unknown + " unsure");
        assertTrue(tally.faults > 0, "nothing went wrong");
    }

    private static Tally explore(int seeds, Storm storm) {
        var tally = new Tally();
        CONFIG.explore(seeds, sim -> storm.rage(sim, tally));
        return tally;
    }

    static Node connect(SimulatedNetwork network, String name, Limits limits, List<SimulatedGround> grounds)
            throws Exception {
        for (;;) {
            try {
                var ground = new SimulatedGround(network, name);
                grounds.add(ground);
                return Opening.connect(ground, HOME, Security.loopbackOnly(), limits);
            } catch (IOException faulty) {
                grounds.removeLast();
                assertTrue(String.valueOf(faulty.getMessage()).contains("7000"), faulty.getMessage());
            }
        }
    }

    /// Sleeps, less long if interrupted.
    static void sleep(Duration time) {
        var waiting = Waiting.current();
        long until = waiting.nanoTime() + time.toNanos();
        while (until - waiting.nanoTime() > 0 && !Thread.currentThread().isInterrupted())
            waiting.parkUntil("sleep", until);
    }
}
