package dev.parley.jmh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A picture of how something grows: lines over logarithmic axes, each with the exponent that fits it.
final class Curve {
    private record Dot(double x, double y) {}

    private static final List<String> COLOURS = List.of("#1b6ca8", "#7fb8e0", "#d1495b", "#edae49", "#66a182",
            "#7d5ba6");
    private static final int WIDTH = 820, HEIGHT = 440, LEFT = 80, RIGHT = 300, TOP = 44, BOTTOM = 56;

    private final String title, across, up;
    private final Map<String, List<Dot>> lines = new LinkedHashMap<>();

    Curve(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, _ -> new ArrayList<>()).add(new Dot(x, y));
    }

    boolean isEmpty() { return lines.isEmpty(); }

    /// For each line the k of y ~ x^k, by least squares over the logarithms.
    Map<String, Double> exponents() {
        var all = new LinkedHashMap<String, Double>();
        lines.forEach((name, dots) -> all.put(name, exponent(dots)));
        return all;
    }

    private static double exponent(List<Dot> dots) {
        double n = dots.size(), x = 0, y = 0, xx = 0, xy = 0;
        for (var dot : dots) {
            double a = Math.log(dot.x), b = Math.log(dot.y);
            x += a;
            y += b;
            xx += a * a;
            xy += a * b;
        }
        return (n * xy - x * y) / (n * xx - x * x);
    }

    void write(Path file) throws java.io.IOException {
        var xs = lines.values().stream().flatMap(List::stream).mapToDouble(Dot::x).summaryStatistics();
        var ys = lines.values().stream().flatMap(List::stream).mapToDouble(Dot::y).summaryStatistics();
        double lowX = Math.floor(Math.log10(xs.getMin())),
                highX = Math.max(lowX + 1, Math.ceil(Math.log10(xs.getMax())));
        double lowY = Math.floor(Math.log10(ys.getMin())),
                highY = Math.max(lowY + 1, Math.ceil(Math.log10(ys.getMax())));
        var svg = new StringBuilder();
        svg.append(format("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
                <rect width="%d" height="%d" fill="white"/>
                <text x="%d" y="24" font-size="16">%s</text>
                """, WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT, title));
        for (double x = lowX; x <= highX; x++) {
            double at = place(x, lowX, highX, LEFT, WIDTH - RIGHT);
            svg.append(format(
                    "<path d=\"M%.1f %d V%d\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    at, TOP, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 18, power(x)));
        }
        for (double y = lowY; y <= highY; y++) {
            double at = place(y, lowY, highY, HEIGHT - BOTTOM, TOP);
            svg.append(format(
                    "<path d=\"M%d %.1f H%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT, at, WIDTH - RIGHT, LEFT - 8, at + 4, power(y)));
        }
        svg.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 12, across));
        svg.append(format("<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                (TOP + HEIGHT - BOTTOM) / 2, up));
        int number = 0;
        for (var line : lines.entrySet()) {
            var colour = COLOURS.get(number % COLOURS.size());
            var path = new StringBuilder();
            for (var dot : line.getValue()) {
                double x = place(Math.log10(dot.x), lowX, highX, LEFT, WIDTH - RIGHT);
                double y = place(Math.log10(dot.y), lowY, highY, HEIGHT - BOTTOM, TOP);
                path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : " L", x, y));
                svg.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n", x, y, colour));
            }
            svg.append(format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", path, colour));
            int y = TOP + 14 + 22 * number++;
            svg.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s: n^%.2f</text>%n",
                    WIDTH - RIGHT + 16, y - 6, colour, WIDTH - RIGHT + 38, y, line.getKey(),
                    exponent(line.getValue())));
        }
        Files.writeString(file, svg.append("</svg>\n"));
    }

    private static double place(double value, double low, double high, double from, double to) {
        return from + (value - low) / (high - low) * (to - from);
    }

    private static String power(double exponent) {
        return exponent < 4
                ? format("%,.0f", Math.pow(10, exponent))
                : format("10<tspan dy=\"-5\" font-size=\"10\">%.0f</tspan>", exponent);
    }

    @SuppressWarnings("AnnotateFormatMethod") private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
