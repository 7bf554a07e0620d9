package dev.parley.examples;

import dev.parley.csp.pipeline.Pipeline;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Pi by throwing darts: jobs go to whichever worker is free, results are added as they come. Each job has its own seed, so the answer is the
/// same however many workers there are.
public final class MonteCarloPi {
    private static final int JOBS = 64, DARTS = 100_000;

    private MonteCarloPi() {}

    /// Prints an estimate of pi.
    ///
    /// @throws Exception what a worker throws
    public static void main(String[] args) throws Exception {
        long hits = Pipeline.from(IntStream.range(0, JOBS).boxed()).parallel(4).unordered().map(MonteCarloPi::hits)
                .collect(Collectors.summingLong(n -> n)).call();
        IO.println("pi is about " + 4.0 * hits / ((long) JOBS * DARTS));
    }

    /// How many of the darts of job `seed` land in the quarter of the circle.
    private static long hits(int seed) {
        var random = new SplittableRandom(seed);
        long hits = 0;
        for (int i = 0; i < DARTS; i++) {
            double x = random.nextDouble(), y = random.nextDouble();
            if (x * x + y * y < 1) hits++;
        }
        return hits;
    }
}
