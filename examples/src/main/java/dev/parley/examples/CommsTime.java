package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import static dev.parley.csp.component.Arithmetic.successor;
import static dev.parley.csp.component.Plumbing.consume;
import static dev.parley.csp.component.Plumbing.prefix;
import static dev.parley.csp.component.Plumbing.seqDelta;
import static dev.parley.csp.component.Plumbing.take;

/// The classic measure of a process library: a number goes round through three processes and is told to a fourth each time. Each round is four
/// communications.
public final class CommsTime {
    private CommsTime() {}

    /// Prints how far it counted, and on standard error, how long a round took.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        int rounds = Integer.getInteger("rounds", 20_000);
        var a = Channel.<Long>rendezvous("a");
        var b = Channel.<Long>rendezvous("b");
        var c = Channel.<Long>rendezvous("c");
        var d = Channel.<Long>rendezvous("d");
        var e = Channel.<Long>rendezvous("e");
        var last = new AtomicLong();
        long start = System.nanoTime();
        new Par("comms-time", prefix(0L, c, a), seqDelta(a, b, d), successor(b, c), take(rounds, d, e),
                consume(last::set, e)).run();
        System.err.println(Duration.ofNanos((System.nanoTime() - start) / rounds).toNanos() + " ns for a round");
        IO.println("counted to " + last);
    }
}
