package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.ArrayList;
import java.util.List;

import static dev.parley.csp.component.Plumbing.consume;
import static dev.parley.csp.component.Plumbing.generate;
import static dev.parley.csp.component.Plumbing.source;

/// A grid of processes that multiplies a stream of vectors by a matrix, from Hoare's "Communicating Sequential Processes" (1978, section 7.3): cell (i, j)
/// knows one number of the matrix; a vector comes from the west, sums from the north.
public final class MatrixMultiply {
    private static final int[][] MATRIX = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    private static final int[][] VECTORS = {{1, 0, 0}, {0, 1, 0}, {1, 1, 1}, {2, 3, 5}};

    private MatrixMultiply() {}

    /// Prints the product of each vector and the matrix.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        int n = MATRIX.length;
        var east = grid(n, n + 1, "east");
        var south = grid(n + 1, n, "south");
        var processes = new ArrayList<Proc>();
        for (int i = 0; i < n; i++) {
            int row = i;
            processes.add(source(() -> List.of(VECTORS).stream().map(v -> v[row]).iterator(), east.get(i).getFirst()));
            processes.add(consume(east.get(i).getLast()));
            processes.add(generate(() -> 0, south.getFirst().get(i)));
            for (int j = 0; j < n; j++)
                processes.add(cell(MATRIX[i][j], east.get(i).get(j), east.get(i).get(j + 1), south.get(i).get(j),
                        south.get(i + 1).get(j)));
        }
        processes.add(() -> {
            for (int v = 0; v < VECTORS.length; v++) {
                var product = new ArrayList<Integer>();
                for (var column : south.getLast()) product.add(column.receive());
                IO.println(product);
            }
        });
        new Par("matrix", processes).run();
    }

    private static Proc cell(int factor, Channel<Integer> west, Channel<Integer> east, Channel<Integer> north,
            Channel<Integer> south) {
        return Proc.named("cell").owning(west, east).owning(north, south).does(() -> {
            for (int x : west) {
                east.send(x);
                south.send(factor * x + north.receive());
            }
        });
    }

    private static List<List<Channel<Integer>>> grid(int rows, int columns, String name) {
        var grid = new ArrayList<List<Channel<Integer>>>();
        for (int i = 0; i < rows; i++) {
            var row = new ArrayList<Channel<Integer>>();
            for (int j = 0; j < columns; j++) row.add(Channel.rendezvous(name + "-" + i + "-" + j));
            grid.add(row);
        }
        return grid;
    }
}
