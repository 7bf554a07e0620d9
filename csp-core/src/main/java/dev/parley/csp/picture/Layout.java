package dev.parley.csp.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Where everything stands: boxes in columns from left to right, so that most arrows lead to the right.
///
/// The steps are those of Sugiyama, Tagawa and Toda (IEEE Trans. SMC 11, 1981): turn around arrows that close a circle; put each box in the column behind the last of
/// those that lead to it; let long arrows pass through the columns between; order each column by the middle of its neighbours; then place.
final class Layout {
    static final int LINE = 16, CHARACTER = 7;
    private static final int MARGIN = 32, GAP = 28, SWEEPS = 12, LANE = 18;

    /// A box of the diagram, or a bend (`box` -1) of an arrow that passes through a column.
    static final class Stop {
        final int box;
        final int column;
        final int width, height;
        double rank;
        double x, y; // its middle
        final List<Stop> before = new ArrayList<>(), after = new ArrayList<>();

        Stop(int box, int column, int width, int height) {
            this.box = box;
            this.column = column;
            this.width = width;
            this.height = height;
        }
    }

    /// @param stops through which it leads, in its direction
    /// @param back whether it leads to the left, and so around everything, in lane `lane`
    record Route(Diagram.Arrow arrow, List<Stop> stops, boolean back, int lane) {}

    final List<Stop> boxes = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();
    double width, height;
    private double bottom;
    private final Diagram diagram;
    private final List<List<Stop>> columns = new ArrayList<>();

    Layout(Diagram diagram) {
        this.diagram = diagram;
        var back = circles();
        int[] column = columns(back);
        int lanes = 0;
        for (int i = 0; i < diagram.boxes().size(); i++) {
            var box = diagram.boxes().get(i);
            int wide = box.lines().stream().mapToInt(String::length).max().orElse(0) * CHARACTER + 24;
            boxes.add(into(column[i], new Stop(i, column[i], wide, box.lines().size() * LINE + 14)));
        }
        for (int i = 0; i < diagram.arrows().size(); i++) {
            var arrow = diagram.arrows().get(i);
            var from = boxes.get(arrow.from());
            var to = boxes.get(arrow.to());
            if (back[i]) {
                routes.add(new Route(arrow, List.of(from, to), true, lanes++));
                continue;
            }
            var stops = new ArrayList<Stop>();
            stops.add(from);
            for (int c = from.column + 1; c < to.column; c++) stops.add(into(c, new Stop(-1, c, 0, LINE)));
            stops.add(to);
            for (int k = 1; k < stops.size(); k++) {
                stops.get(k - 1).after.add(stops.get(k));
                stops.get(k).before.add(stops.get(k - 1));
            }
            routes.add(new Route(arrow, stops, false, 0));
        }
        order();
        place(lanes);
    }

    private Stop into(int column, Stop stop) {
        while (columns.size() <= column) columns.add(new ArrayList<>());
        stop.rank = columns.get(column).size();
        columns.get(column).add(stop);
        return stop;
    }

    /// Which arrows lead back to where a walk along the arrows has come from.
    private boolean[] circles() {
        var back = new boolean[diagram.arrows().size()];
        var state = new int[diagram.boxes().size()]; // 1 on the way, 2 done
        var order = new ArrayList<Integer>();
        for (int i = 0; i < state.length; i++) order.add(i);
        order.sort(Comparator.comparing(box -> diagram.arrows().stream().anyMatch(arrow -> arrow.to() == box)));
        for (int box : order) walk(box, state, back);
        return back;
    }

    private void walk(int start, int[] state, boolean[] back) {
        if (state[start] != 0) return;
        var path = new ArrayList<int[]>(); // box, next arrow
        path.add(new int[]{start, 0});
        state[start] = 1;
        while (!path.isEmpty()) {
            var top = path.getLast();
            if (top[1] == diagram.arrows().size()) {
                state[top[0]] = 2;
                path.removeLast();
                continue;
            }
            int index = top[1]++;
            var arrow = diagram.arrows().get(index);
            if (arrow.from() != top[0]) continue;
            if (state[arrow.to()] == 1) back[index] = true;
            else if (state[arrow.to()] == 0) {
                state[arrow.to()] = 1;
                path.add(new int[]{arrow.to(), 0});
            }
        }
    }

    private int[] columns(boolean[] back) {
        var column = new int[diagram.boxes().size()];
        for (boolean moved = true; moved;) {
            moved = false;
            for (int i = 0; i < back.length; i++) {
                var arrow = diagram.arrows().get(i);
                if (back[i] || column[arrow.to()] > column[arrow.from()]) continue;
                column[arrow.to()] = column[arrow.from()] + 1;
                moved = true;
            }
        }
        return column;
    }

    private void order() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean forward = sweep % 2 == 0;
            for (int c = 0; c < columns.size(); c++) {
                var column = columns.get(forward ? c : columns.size() - 1 - c);
                for (var stop : column) {
                    var neighbours = forward ? stop.before : stop.after;
                    stop.rank = neighbours.stream().mapToDouble(each -> each.rank).average().orElse(stop.rank);
                }
                column.sort(Comparator.comparingDouble(stop -> stop.rank));
                for (int i = 0; i < column.size(); i++) column.get(i).rank = i;
            }
        }
    }

    private void place(int lanes) {
        var heights = columns.stream().mapToInt(
                column -> column.stream().mapToInt(stop -> stop.height + GAP).sum() - GAP).toArray();
        int highest = Arrays.stream(heights).max().orElse(0);
        double x = MARGIN;
        for (int c = 0; c < columns.size(); c++) {
            int wide = columns.get(c).stream().mapToInt(stop -> stop.width).max().orElse(0);
            double y = MARGIN + LINE + GAP + (highest - heights[c]) / 2.0;
            for (var stop : columns.get(c)) {
                stop.x = x + wide / 2.0;
                stop.y = y + stop.height / 2.0;
                y += stop.height + GAP;
            }
            x += wide + spaceAfter(c);
        }
        bottom = MARGIN + LINE + GAP + highest;
        width = Math.max(x - spaceAfter(columns.size() - 1) + MARGIN, 2 * MARGIN + diagram.title().length() * 9);
        height = bottom + MARGIN + lanes * LANE;
    }

    /// Room for the labels of the arrows that leave a column.
    private int spaceAfter(int column) {
        int longest = routes.stream().filter(route -> !route.back && route.stops.getFirst().column == column)
                .mapToInt(route -> route.arrow.label().length()).max().orElse(0);
        return Math.max(60, longest * CHARACTER + 44);
    }

    double lane(int number) {
        return bottom + LANE * (number + 1);
    }
}
