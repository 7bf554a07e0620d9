package dev.parley.net;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// What storms over a simulated network have in common.
final class Storms {
    static final InetSocketAddress HOME = new InetSocketAddress("127.0.0.1", 7000);
    static final Simulation.Config CONFIG = Simulation.Config.STANDARD.withMaxSteps(2_000_000);

    private Storms() {}

    /// What the elements of a storm are on the wire.
    enum Elements {
        SMALL, LARGE;

        Codec<Integer> codec() {
            return this == SMALL ? Codec.of(Integer.class) : new Padded();
        }

        Limits limits(Duration window) {
            var standard = Pair.window(window);
            return this == SMALL
                    ? standard
                    : new Limits(FRAME, LARGEST, standard.sessionBytes(), standard.ends(), standard.unanswered(),
                            standard.strangers(), standard.hellosPerSecond(), standard.calm(), standard.hello(),
                            standard.ping(), standard.silentPings(), window, standard.drain(), standard.permissions());
        }
    }

    /// So that the limit between small and large elements is low, and a storm soon over.
    private static final int FRAME = 4096, LARGEST = 20_000;

    /// An Integer, and bytes after it that are checked: in all, sizes below, at, and above what travels in one piece.
    private static final class Padded implements Codec<Integer> {
        private static final int[] SIZES = {4, 100, FRAME - Limits.OFFER_HEADER, FRAME - Limits.OFFER_HEADER + 1, 7000,
                12_000, LARGEST - 1, LARGEST};

        @Override public String fingerprint() {
            return "padded";
        }

        private static int size(int value) {
            return SIZES[(value * 31 + (value >>> 24)) % SIZES.length];
        }

        @Override public byte[] encode(Integer value) {
            var bytes = ByteBuffer.allocate(size(value)).putInt(value).array();
            for (int i = 4; i < bytes.length; i++) bytes[i] = (byte) (value + i);
            return bytes;
        }

        @Override public Integer decode(byte[] bytes) {
            int value = ByteBuffer.wrap(bytes).getInt();
            if (!Arrays.equals(encode(value), bytes)) throw new IllegalArgumentException("its bytes are in disorder");
            return value;
        }
    }

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
