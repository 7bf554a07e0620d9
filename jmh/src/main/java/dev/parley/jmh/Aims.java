package dev.parley.jmh;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the project wants to reach, as ratios within one run: see "Speed" in the design.
final class Aims {
    private static final List<String> PEERS = List.of("SynchronousQueue", "ArrayBlockingQueue", "LinkedTransferQueue",
            "threads", "jox", "jcsp", "jcsp-parallel", "kotlinx", "kotlinx@loop", "core.async", "SynchronousQueue@1",
            "ArrayBlockingQueue@1", "LinkedTransferQueue@1", "threads@1", "jox@1", "jcsp@1", "thread-pool",
            "virtual-pool",
            "virtual-pool@1");

    private static final double STREAMED_PER_SECOND = 3e6;

    private final Map<String, Map<String, Figure>> table;
    private final PrintStream out;

    private Aims(Map<String, Map<String, Figure>> table, PrintStream out) {
        this.table = table;
        this.out = out;
    }

    static void print(Map<String, Map<String, Figure>> table, PrintStream out) {
        new Aims(table, out).print();
    }

    private void print() {
        var switching = figure("switch", Contenders.OURS);
        for (var row : List.of("rendezvous", "commstime-seq")) {
            var ours = figure(row, Contenders.OURS);
            aim(row, "the bare switch of the same carrier", ours, switching, 1.1);
            aim(row, "Go", ours, go(row), 1.15);
            aim(row, "the best JVM peer", ours, bestPeer(row), 0.5);
        }
        aim("buffered-64", "Go", figure("buffered-64", Contenders.OURS), go("buffered-64"), 0.5);
        aim("buffered-64", "the best JVM peer, ours across carriers", figure("buffered-64", "parley@group"),
                bestPeer("buffered-64"), 1.0);
        for (var row : List.of("alt-2", "alt-8")) {
            aim(row, "Jox", figure(row, Contenders.OURS), best(row, List.of("jox", "jox@1")), 0.35);
            aim(row, "Go", figure(row, Contenders.OURS), go(row), 1.0);
        }
        aim("alt-8", "our alt-2", figure("alt-8", Contenders.OURS), figure("alt-2", Contenders.OURS), 2);
        aim("spawn", "Go", figure("spawn", Contenders.OURS), go("spawn"), 0.5);
        overTheNetwork();
        for (var row : table.keySet())
            if (row.startsWith("idle-guard")) atMost(row, figure(row, Contenders.OURS), 2_000);
        for (var row : table.keySet())
            aim(row, "the best JVM peer, ours without a flag", best(row, List.of("parley@jdk", "parley@baton")),
                    bestPeer(row), 1.0);
    }

    /// Processor time would be that of the sending JVM alone.
    private void overTheNetwork() {
        aimByTime("net-rtt-64", "a blocking socket", ours("net-rtt-64"), figure("net-rtt-64", "raw-socket"), 1.7);
        aimByTime("net-stream-1024", "raw Netty", ours("net-stream-1024"), figure("net-stream-1024", "raw-netty"),
                1 / 0.7);
        for (var away : List.of("", "away-"))
            aimByTime("net-alt-" + away + "32", "a plain receive", ours("net-alt-" + away + "32"),
                    ours("net-receive-" + away + "32"), 1.2);
        var ours = ours("net-stream-64");
        var netty = figure("net-stream-64", "raw-netty");
        if (ours == null || netty == null || ours.run() != netty.run()) return;
        double least = Math.min(STREAMED_PER_SECOND, 1e9 / netty.nanos());
        double has = 1e9 / ours.nanos();
        out.printf(Locale.ROOT, "# aim: net-stream-64 at least %.2f million/s (raw Netty has %.2f): %.2f, %s%n",
                least / 1e6,
                1e3 / netty.nanos(), has / 1e6, has >= least ? "reached" : "NOT REACHED");
    }

    private @Nullable Figure ours(String row) { return figure(row, Contenders.OURS); }

    private void aimByTime(String row, String against, @Nullable Figure ours, @Nullable Figure theirs, double most) {
        if (ours != null && theirs != null && ours.run() == theirs.run())
            aim(row, against, ours.nanos() / theirs.nanos(), Double.NaN, most);
    }

    /// Prints an aim whose two sides were measured; by time, and by processor time, which a machine that is shared changes less.
    private void aim(String row, String against, @Nullable Figure ours, @Nullable Figure theirs, double most) {
        if (ours != null && theirs != null && ours.run() == theirs.run())
            aim(row, against, ours.nanos() / theirs.nanos(), ours.cpu() / theirs.cpu(), most);
    }

    private void aim(String row, String against, double ratio, double byCpu, double most) {
        out.printf(Locale.ROOT, "# aim: %s at most %.2f of %s: %.2f, %s%s%n", row, most, against, ratio,
                ratio <= most ? "reached" : "NOT REACHED",
                Double.isNaN(byCpu) ? "" : String.format(Locale.ROOT, " (by processor time %.2f)", byCpu));
    }

    private void atMost(String row, @Nullable Figure ours, int nanos) {
        if (ours == null) return;
        out.printf(Locale.ROOT, "# aim: %s at most %d ns: %.0f, %s%n", row, nanos, ours.nanos(),
                ours.nanos() <= nanos ? "reached" : "NOT REACHED");
    }

    private @Nullable Figure figure(String row, String contender) {
        return table.getOrDefault(row, Map.of()).get(contender);
    }

    private @Nullable Figure go(String row) { return best(row, List.of("go", "go@1")); }

    /// Over sockets the raw ones are peers, too; in other rows over the network they do less, and have aims of their own.
    private @Nullable Figure bestPeer(String row) {
        if (!row.startsWith("echo-")) return best(row, PEERS);
        var all = new ArrayList<>(PEERS);
        all.addAll(List.of("raw-socket", "raw-netty"));
        return best(row, all);
    }

    private @Nullable Figure best(String row, List<String> contenders) {
        Figure best = null;
        for (var contender : contenders) {
            var figure = figure(row, contender);
            if (figure != null && (best == null || figure.nanos() < best.nanos())) best = figure;
        }
        return best;
    }
}
