package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.List;

/// The smallest network: one process gives numbers, one squares them, one prints them.
public final class Squares {
    private Squares() {}

    /// Prints 1, 4 and 9.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        var numbers = Channel.<Integer>rendezvous();
        var squares = Channel.<Integer>buffered(4);
        Proc giver = () -> {
            try (numbers) {
                for (var n : List.of(1, 2, 3)) numbers.send(n);
            }
        };
        Proc squarer = () -> {
            try (squares) {
                for (var n : numbers) squares.send(n * n);
            }
        };
        Proc printer = () -> {
            for (var s : squares) IO.println(s);
        };
        new Par(giver, squarer, printer).run();
    }
}
