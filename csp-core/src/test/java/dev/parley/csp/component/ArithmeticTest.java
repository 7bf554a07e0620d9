package dev.parley.csp.component;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.EventLoop;
import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.parley.csp.component.Arithmetic.*;
import static dev.parley.csp.component.Plumbing.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60) class ArithmeticTest {
    @Test void successorAndPredecessorUndoEachOther() {
        Law.makes(List.of(1L, 5L), Arithmetic::successor, List.of(2L, 6L));
        Law.makes(List.of(1L, 5L), (Channel<Long> in, Channel<Long> out) -> {
            var between = Channel.<Long>rendezvous();
            return new Par(successor(in, between), predecessor(between, out));
        }, List.of(1L, 5L));
    }

    @Test void theFourOperations() {
        interface Operation {
            Proc of(Channel<Long> a, Channel<Long> b, Channel<Long> out);
        }
        record Case(Operation operation, List<Long> expected) {}
        for (var each : List.of(new Case(Arithmetic::plus, List.of(10L, 21L)),
                new Case(Arithmetic::minus, List.of(4L, 19L)), new Case(Arithmetic::times, List.of(21L, 20L)),
                new Case(Arithmetic::over, List.of(2L, 20L)))) {
            Simulation.explore(60, _ -> {
                var a = Channel.<Long>rendezvous();
                var b = Channel.<Long>rendezvous();
                assertEquals(each.expected, Law.<Long>all(out -> new Par(source(List.of(7L, 20L, 1L), a),
                        source(List.of(3L, 1L), b), each.operation.of(a, b, out))));
            });
        }
    }

    @Test void numbersCount() {
        Law.gives(Arithmetic::numbers, 0L, 1L, 2L, 3L, 4L);
        Law.gives(Arithmetic::nos, 0L, 1L, 2L, 3L, 4L);
    }

    @Test void integrateSumsUp() {
        Law.makes(List.of(1L, 2L, 3L, 4L), Arithmetic::integrate, List.of(1L, 3L, 6L, 10L));
    }

    @Test void pairsAddNeighbours() {
        Law.makes(List.of(1L, 2L, 3L, 4L), Arithmetic::pairs, List.of(3L, 5L, 7L));
        Law.makes(List.of(1L), Arithmetic::pairs, List.of());
    }

    @Test void pairsOfSumsOfNumbersAreSquares() {
        Law.gives(Arithmetic::squares, 1L, 4L, 9L, 16L, 25L);
    }

    @Test void fibonacciAddsItsLastTwo() {
        Law.gives(Arithmetic::fibonacci, 0L, 1L, 1L, 2L, 3L, 5L, 8L, 13L);
    }

    @Test void whatDoesNotFitFails() {
        var in = Channel.<Long>rendezvous();
        var out = Channel.<Long>rendezvous();
        assertThrows(ArithmeticException.class,
                new Par(source(List.of(Long.MAX_VALUE), in), successor(in, out), consume(out))::run);
    }

    @Test void commsTimeEndsInOrder() {
        Simulation.explore(200, _ -> {
            var a = Channel.<Long>rendezvous("a");
            var b = Channel.<Long>rendezvous("b");
            var c = Channel.<Long>rendezvous("c");
            var d = Channel.<Long>rendezvous("d");
            new Par(prefix(0L, c, a), delta(a, b, d), successor(b, c), consume(20, d)).run();
        });
    }

    /// Where a network may run.
    enum Home { PLAIN, CARRIER, BATON }

    @ParameterizedTest
    @EnumSource void networksRunOnEveryEngine(Home home) throws Exception {
        switch (home) {
            case PLAIN -> runNetworks();
            case CARRIER -> EventLoop.run(
                    EventLoop.Config.standard().engine(EventLoop.EngineChoice.CARRIER), () -> runNetworks());
            case BATON -> EventLoop.run(
                    EventLoop.Config.standard().engine(EventLoop.EngineChoice.BATON), () -> runNetworks());
        }
    }

    private static void runNetworks() throws Exception {
        int n = 2_000;
        var out = Channel.<Long>rendezvous();
        var other = Channel.<Long>rendezvous();
        var merged = Channel.<Long>rendezvous();
        var first = Channel.<Long>rendezvous();
        var seen = new ArrayList<Long>();
        new Par(squares(out), fibonacciUpTo(60, other), orderedMerge(out, other, merged),
                take(n, merged, first), Plumbing.<Long>consume(seen::add, first)).run();
        assertEquals(seen.stream().sorted().toList(), seen);
        assertEquals(n, seen.size());
        assertEquals(LongStream.rangeClosed(1, 100).map(x -> x * x).boxed().toList(),
                seen.stream().filter(x -> x <= 10_000).distinct().filter(ArithmeticTest::isSquare).toList()
                        .subList(1, 101));
    }

    private static boolean isSquare(long x) {
        long root = Math.round(Math.sqrt(x));
        return root * root == x;
    }

    private static Proc fibonacciUpTo(int n, Channel<Long> out) {
        var all = Channel.<Long>rendezvous();
        return new Par(fibonacci(all), take(n, all, out));
    }
}
