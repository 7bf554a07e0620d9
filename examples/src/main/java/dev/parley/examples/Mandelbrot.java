package dev.parley.examples;

import dev.parley.csp.pipeline.Pipeline;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/// The Mandelbrot set by a farm: rows of the picture go to whichever worker is free, and come back in whatever order they are done.
public final class Mandelbrot {
    private static final int WIDTH = 600, HEIGHT = 400, LIMIT = 500;

    /// A row of the picture.
    @SuppressWarnings("ArrayRecordComponent") // rows are not compared
    private record Row(int y, int[] colours) {}

    private Mandelbrot() {}

    /// Writes the picture as PNG into the file that is named by the first argument, or else `mandelbrot.png`.
    ///
    /// @throws Exception what a worker throws, or writing the file
    public static void main(String[] args) throws Exception {
        var file = Path.of(args.length > 0 ? args[0] : "mandelbrot.png");
        var picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Pipeline.from(IntStream.range(0, HEIGHT).boxed())
                .parallel(4).unordered().map(Mandelbrot::row)
                .forEach(row -> picture.setRGB(0, row.y, WIDTH, 1, row.colours, 0, WIDTH)).run();
        ImageIO.write(picture, "png", file.toFile());
        IO.println("wrote " + WIDTH + " x " + HEIGHT + " points");
    }

    private static Row row(int y) {
        var colours = new int[WIDTH];
        for (int x = 0; x < WIDTH; x++) colours[x] = colour(-2.2 + 3.3 * x / WIDTH, 1.1 - 2.2 * y / HEIGHT);
        return new Row(y, colours);
    }

    /// By how many steps z = z * z + c takes to leave a circle around 0; black if it stays.
    private static int colour(double re, double im) {
        double x = 0, y = 0;
        for (int step = 0; step < LIMIT; step++) {
            double next = x * x - y * y + re;
            y = 2 * x * y + im;
            x = next;
            if (x * x + y * y > 4) return Color.HSBtoRGB(0.6f + step / 64f, 0.7f, Math.min(1, 0.3f + step / 24f));
        }
        return 0;
    }
}
