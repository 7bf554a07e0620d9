package dev.parley.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What was measured of one contender at one question, an entry for each iteration. All contenders, of whatever language, are summed up here and so in the
/// same way: the median, and half the distance between the quartiles as its error. On a shared machine outliers are others' work, so no mean.
final class Samples {
    private final List<Double> nanos = new ArrayList<>(), bytes = new ArrayList<>(), cpu = new ArrayList<>();
    private double leastShare, largestShare;

    /// @param bytesPerOp not a number if unknown
    void add(double nanosPerOp, double bytesPerOp, double cpuPerOp) {
        nanos.add(nanosPerOp);
        if (!Double.isNaN(bytesPerOp)) bytes.add(bytesPerOp);
        if (!Double.isNaN(cpuPerOp)) cpu.add(cpuPerOp);
    }

    void shares(double least, double largest) {
        leastShare = least;
        largestShare = largest;
    }

    double leastShare() { return leastShare; }

    double largestShare() { return largestShare; }

    boolean isEmpty() { return nanos.isEmpty(); }

    Figure figure(int run) {
        return new Figure(median(array(nanos)), error(), bytes.isEmpty() ? Double.NaN : median(array(bytes)), cpu(),
                run);
    }

    private double error() {
        var sorted = array(nanos);
        Arrays.sort(sorted);
        return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2;
    }

    double cpu() { return cpu.isEmpty() ? Double.NaN : median(array(cpu)); }

    private static double[] array(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return quantile(sorted, 0.5);
    }

    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
