package dev.parley.csp.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a [ChannelSuite] has checked: for each verb and kind, how many recorded histories that use the one on the other were explained.
///
/// @param schedules how many schedules were run; each makes a history
/// @param fingerprint of all their decisions: equal for equal channels in every JVM
/// @param kinds the columns
/// @param cells the rows
public record Coverage(long schedules, long fingerprint, List<Kind> kinds, List<Row> cells) {
    /// The histories of one verb.
    ///
    /// @param verb what was done
    /// @param histories how many, kind by kind
    public record Row(Verb verb, List<Long> histories) {}

    /// The cells in which nothing was checked, in words.
    public Set<String> gaps() {
        var gaps = new TreeSet<String>();
        for (var row : cells)
            for (int i = 0; i < kinds.size(); i++)
                if (row.histories.get(i) == 0) gaps.add(row.verb + " on " + kinds.get(i));
        return gaps;
    }

    /// The sum of two: of the same provider.
    public Coverage plus(Coverage other) {
        if (!kinds.equals(other.kinds))
            throw new IllegalArgumentException("only coverage of the same kinds can be added, but these are " + kinds
                    + " and " + other.kinds);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < cells.size(); i++) {
            var sum = new ArrayList<Long>();
            for (int k = 0; k < kinds.size(); k++)
                sum.add(cells.get(i).histories.get(k) + other.cells.get(i).histories.get(k));
            rows.add(new Row(cells.get(i).verb, sum));
        }
        return new Coverage(schedules + other.schedules, fingerprint * 31 + other.fingerprint, kinds, rows);
    }

    /// A table in Markdown.
    @Override public String toString() {
        var text = new StringBuilder("| |");
        for (var kind : kinds) text.append(' ').append(kind).append(" |");
        text.append("\n| --- |").append(" ---: |".repeat(kinds.size())).append('\n');
        for (var row : cells) {
            text.append("| ").append(row.verb).append(" |");
            for (var count : row.histories) text.append(' ').append(count).append(" |");
            text.append('\n');
        }
        return text.toString();
    }
}
