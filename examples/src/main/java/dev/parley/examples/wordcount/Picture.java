package dev.parley.examples.wordcount;

import java.util.Locale;

/// The network as a drawing of text: an arrow is a channel, and a double one reaches another JVM.
public final class Picture {
    private static final int MOST_ROWS = 6;

    private Picture() {}

    /// One JVM with that many counters.
    public static String ofOneJvm(int counters) {
        return draw(counters, "--> counter %d --", "--");
    }

    /// A counter in each of that many worker JVMs.
    public static String ofWorkers(int workers) {
        return draw(workers, "--> relay %1$d ==work-%1$d==> counter %1$d ==", "==")
                + "  (== reaches another JVM, over TCP)\n";
    }

    private static String draw(int n, String branch, String line) {
        var picture = new StringBuilder();
        int rows = Math.min(n, MOST_ROWS);
        for (int row = 1; row <= rows; row++) {
            boolean left = rows < n && row == rows - 1; // this row stands for all that are not drawn
            var middle = String.format(Locale.ROOT, branch, row == rows ? n : row);
            picture.append(row == 1 ? "  reader --chunks--+" : "                   +")
                    .append(left ? "   ... and " + (n - rows + 1) + " more" : middle)
                    .append(left ? "" : row == 1 ? "+" + line + "counts" + line + "> merger --> answer" : "+")
                    .append('\n');
        }
        return picture.toString();
    }
}
