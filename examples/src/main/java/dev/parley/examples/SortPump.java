package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import static dev.parley.csp.component.Plumbing.sortCell;
import static dev.parley.csp.component.Plumbing.source;

/// Sorting by a line of cells, all at work at once: each keeps the greatest word it has seen and passes the others on; at the end of the words
/// each gives what it kept.
public final class SortPump {
    private SortPump() {}

    /// Prints some words in order.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        var words = List.of("the quick brown fox jumps over the lazy dog".split(" "));
        var line = new ArrayList<Proc>();
        var in = Channel.<String>rendezvous("unsorted");
        line.add(source(words, in));
        for (int cell = 1; cell < words.size(); cell++) {
            var out = Channel.<String>rendezvous("after-" + cell);
            line.add(sortCell(in, out));
            in = out;
        }
        var sorted = in;
        line.add(() -> IO.println(sorted.stream().collect(Collectors.joining(" "))));
        new Par("sort pump", line).run();
    }
}
