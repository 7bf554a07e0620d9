package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static dev.parley.csp.component.Plumbing.filter;
import static dev.parley.csp.component.Plumbing.source;

/// The sieve of Eratosthenes as a line of processes: each tells the first number that comes, which is a prime, and keeps its multiples from the
/// next. The last one needs only its first number; so it ends the whole line.
public final class Sieve {
    private Sieve() {}

    /// Prints the first 25 primes.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        int count = 25;
        var primes = Channel.<Integer>rendezvous("primes");
        var line = new ArrayList<Proc>();
        var in = Channel.<Integer>rendezvous("from-2");
        line.add(source(() -> IntStream.iterate(2, n -> n + 1).iterator(), in));
        for (int i = 1; i <= count; i++) {
            var rest = Channel.<Integer>rendezvous("after-" + i);
            line.add(cell(in, rest, primes.sender(), i == count));
            in = rest;
        }
        line.add(() -> IO.println(primes.stream().map(String::valueOf).collect(Collectors.joining(" "))));
        new Par("sieve", line).run();
    }

    private static Proc cell(Channel<Integer> in, Channel<Integer> rest, Sender<Integer> primes, boolean last) {
        return Proc.named("cell").owning(in, rest).does(() -> {
            int prime = in.receive();
            primes.send(prime);
            primes.close();
            if (!last) filter((Integer n) -> n % prime != 0, in, rest).run();
        });
    }
}
