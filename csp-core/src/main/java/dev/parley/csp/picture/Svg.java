package dev.parley.csp.picture;

import java.util.List;
import java.util.Locale;

/// A diagram as a drawing.
final class Svg {
    private final Layout layout;
    private final Diagram diagram;
    private final StringBuilder text = new StringBuilder();

    private Svg(Diagram diagram) {
        this.diagram = diagram;
        layout = new Layout(diagram);
    }

    static String draw(Diagram diagram) {
        return new Svg(diagram).draw();
    }

    private String draw() {
        add("<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' viewBox='0 0 %.0f %.0f' font-family='sans-serif' font-size='12'>",
                layout.width, layout.height, layout.width, layout.height);
        add("<rect width='100%%' height='100%%' fill='white'/>");
        for (var colour : List.of(Colours.ARROW, Colours.WAITING))
            add("<marker id='tip%s' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='8' markerHeight='8' orient='auto'><path d='M0,0 L8,4 L0,8 z' fill='%s'/></marker>",
                    colour.substring(1), colour);
        add("<text x='32' y='34' font-size='15' font-weight='bold' fill='%s'>%s</text>", Colours.TEXT,
                escaped(diagram.title()));
        for (var route : layout.routes) draw(route);
        for (var stop : layout.boxes) draw(stop);
        for (var route : layout.routes) label(route);
        return text.append("</svg>\n").toString();
    }

    private void draw(Layout.Stop stop) {
        var box = diagram.boxes().get(stop.box);
        double left = stop.x - stop.width / 2.0;
        double top = stop.y - stop.height / 2.0;
        add("<rect x='%.1f' y='%.1f' width='%d' height='%d' rx='%d' fill='%s' stroke='%s'%s/>", left, top, stop.width,
                stop.height, box.kind() == Diagram.Kind.CHANNEL ? stop.height / 2 : 5, Colours.fill(box.kind()),
                Colours.edge(box.kind()), box.kind() == Diagram.Kind.OUTSIDE ? " stroke-dasharray='4 3'" : "");
        for (int i = 0; i < box.lines().size(); i++)
            add("<text x='%.1f' y='%.1f' text-anchor='middle' fill='%s'%s>%s</text>", stop.x,
                    top + 7 + Layout.LINE * (i + 0.75), i == 0 ? Colours.TEXT : "#555555",
                    i == 0 ? " font-weight='bold'" : "", escaped(box.lines().get(i)));
    }

    private void draw(Layout.Route route) {
        var path = new StringBuilder();
        var from = route.stops().getFirst();
        var to = route.stops().getLast();
        if (route.back()) {
            double right = from.x + from.width / 2.0;
            double left = to.x - to.width / 2.0;
            int beside = 12 + 5 * (route.lane() % 4);
            path.append(format("M%.1f,%.1f H%.1f V%.1f H%.1f V%.1f H%.1f", right, from.y + 5, right + beside,
                    layout.lane(route.lane()), left - beside, to.y + 5, left));
        } else {
            double x = from.x + from.width / 2.0;
            double y = from.y;
            path.append(format("M%.1f,%.1f", x, y));
            for (var stop : route.stops().subList(1, route.stops().size())) {
                double nextX = stop.x - stop.width / 2.0;
                double middle = (x + nextX) / 2;
                path.append(format(" C%.1f,%.1f %.1f,%.1f %.1f,%.1f", middle, y, middle, stop.y, nextX, stop.y));
                x = stop.x + stop.width / 2.0;
                y = stop.y;
            }
        }
        var colour = colour(route);
        add("<path d='%s' fill='none' stroke='%s' stroke-width='1.3' marker-end='url(#tip%s)'%s/>", path, colour,
                colour.substring(1), route.arrow().waiting() ? " stroke-dasharray='5 3'" : "");
    }

    private static String colour(Layout.Route route) {
        return route.arrow().waiting() ? Colours.WAITING : Colours.ARROW;
    }

    private void label(Layout.Route route) {
        if (route.arrow().label().isEmpty()) return;
        var from = route.stops().getFirst();
        var next = route.stops().get(1);
        var label = route.arrow().label();
        double along = isChannel(route.arrow().to()) ? 0.72 : isChannel(route.arrow().from()) ? 0.28 : 0.5;
        double x = route.back()
                ? (from.x + next.x) / 2
                : between(from.x + from.width / 2.0, next.x - next.width / 2.0, along, 0.5);
        double y = route.back() ? layout.lane(route.lane()) : between(from.y, next.y, along, 0);
        double wide = label.length() * 6.4 + 4;
        add("<rect x='%.1f' y='%.1f' width='%.1f' height='14' fill='white' fill-opacity='0.9'/>", x - wide / 2, y - 7,
                wide);
        add("<text x='%.1f' y='%.1f' text-anchor='middle' fill='%s'>%s</text>", x, y + 4, colour(route),
                escaped(label));
    }

    private boolean isChannel(int box) {
        return diagram.boxes().get(box).kind() == Diagram.Kind.CHANNEL;
    }

    /// A coordinate of the curve that [#draw] makes, `t` of the way from `a` to `b`, if its two middle points are `bend` of the way from them.
    private static double between(double a, double b, double t, double bend) {
        double first = a + (b - a) * bend;
        double second = b + (a - b) * bend;
        double s = 1 - t;
        return s * s * s * a + 3 * s * s * t * first + 3 * s * t * t * second + t * t * t * b;
    }

    private void add(String format, Object... values) {
        text.append(format(format, values)).append('\n');
    }

    @SuppressWarnings("AnnotateFormatMethod") // only called here, and PictureTest would see
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;");
    }
}
