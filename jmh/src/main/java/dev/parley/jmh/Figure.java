package dev.parley.jmh;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What was measured of one contender at one question, summed up: per operation, not a number where it is not known.
///
/// @param error half the distance between the quartiles of `nanos`
/// @param run the number of the run that measured it; only figures of one run may be compared
record Figure(double nanos, double error, double bytes, double cpu, int run) {
    /// How many times as long `ours` takes; `-` if that was not measured.
    String ratio(@Nullable Figure ours) {
        return ours == null ? "-" : String.format(Locale.ROOT, "%.2f", ours.nanos / nanos);
    }

    static String text(double value) {
        if (Double.isNaN(value)) return "-";
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }

    static double number(String text) { return text.equals("-") ? Double.NaN : Double.parseDouble(text); }
}
