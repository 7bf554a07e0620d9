package dev.parley.jmh;

import dev.parley.csp.Channel;
import dev.parley.loop.EventLoop;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.Tasks;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// How many bytes of heap one of `n` things takes: `Memory WHOSE KIND N` in a JVM of its own prints `bytes` and the number. Whose: `parley@carrier`,
/// `parley@jdk` or `jox`. Kinds: channels by their names, `blocked` and `sleeping` processes; a blocked one has a channel of its own.
final class Memory {
    static final List<String> KINDS = List.of("rendezvous", "buffered-64", "unbounded", "latest", "promise", "blocked",
            "sleeping");

    private Memory() {}

    public static void main(String[] arguments) throws Exception {
        int n = Integer.parseInt(arguments[2]);
        double measured = arguments[0].startsWith("parley")
                ? ours(arguments[0], arguments[1], n)
                : jox(arguments[1], n);
        System.out.printf(Locale.ROOT, "bytes %f%n", measured);
        Runtime.getRuntime().halt(0); // to end a million processes is not what is measured
    }

    private static double ours(String whose, String kind, int n) throws Exception {
        boolean jdk = whose.equals("parley@jdk");
        var loop = EventLoop.open(EventLoop.Config.standard().engine(jdk ? EngineChoice.BATON : EngineChoice.CARRIER)
                .carriers(jdk ? 2 : 1).stallAfter(Duration.ZERO));
        return perThing(n, kind, () -> switch (kind) {
            case "buffered-64" -> Channel.<Integer>buffered(64);
            case "unbounded" -> Channel.<Integer>unbounded();
            case "latest" -> Channel.<Integer>latest();
            case "promise" -> Channel.<Integer>promise();
            case "sleeping" -> loop.spawn(() -> {
                WAITING.incrementAndGet();
                Tasks.sleep(Duration.ofHours(1));
            });
            case "blocked" -> {
                var channel = Channel.<Integer>rendezvous();
                loop.spawn(() -> {
                    WAITING.incrementAndGet();
                    channel.receive();
                });
                yield channel;
            }
            default -> Channel.<Integer>rendezvous();
        });
    }

    private static double jox(String kind, int n) throws Exception {
        return perThing(n, kind, () -> {
            com.softwaremill.jox.Channel<Integer> channel = kind.equals("buffered-64")
                    ? com.softwaremill.jox.Channel.newBufferedChannel(64)
                    : com.softwaremill.jox.Channel.newRendezvousChannel();
            if (kind.equals("blocked")) Thread.startVirtualThread(() -> {
                WAITING.incrementAndGet();
                try {
                    channel.receive();
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            });
            return channel;
        });
    }

    private static final AtomicInteger WAITING = new AtomicInteger();

    /// Whether that is a process.
    static boolean waits(String kind) {
        return kind.equals("blocked") || kind.equals("sleeping");
    }

    private interface Maker {
        Object make() throws Exception;
    }

    private static double perThing(int n, String kind, Maker maker) throws Exception {
        var kept = new ArrayList<Object>(n);
        boolean waits = waits(kind);
        try {
            kept.add(maker.make()); // so that classes are there
            long before = used();
            for (int i = 1; i < n; i++) kept.add(maker.make());
            while (waits && WAITING.get() < n) Thread.onSpinWait();
            long settled = used();
            while (waits) { // those that have said so are about to wait
                long again = used();
                if (Math.abs(again - settled) < n) break;
                settled = again;
            }
            return (settled - before) / (n - 1.0);
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
