package dev.parley.examples.survivingsieve;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import dev.parley.csp.component.Plumbing;
import java.util.stream.IntStream;

/// One stage of the sieve, as it is sent to the worker that is to be it: what it does, and the ends of the channels before and behind it.
///
/// @param from the least of its divisors
/// @param to the greatest
/// @param in where blocks come from
/// @param out where they go when multiples of the primes between the two are struck out
public record Stage(int from, int to, ReceiverEnd<Block> in, Sender<Block> out) {
    /// Sieves until no more blocks come, or this network is over because another part of it was lost. Neither is a failure of this stage, and there may be another network.
    void run() throws Exception {
        var primes = IntStream.rangeClosed(from, to).filter(Stage::isPrime).toArray();
        try {
            Plumbing.<Block, Block>map(block -> block.without(primes), in, out).run();
        } catch (ChannelException over) {
            // whoever began it is told, too
        }
    }

    private static boolean isPrime(int n) {
        return IntStream.iterate(2, d -> d * d <= n, d -> d + 1).noneMatch(d -> n % d == 0);
    }
}
