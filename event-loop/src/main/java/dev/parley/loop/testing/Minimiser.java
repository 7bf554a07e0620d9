package dev.parley.loop.testing;

import dev.parley.loop.testing.Choices.Listed;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes a failing schedule simple: as few decisions as possible that are not calm.
///
/// First the decisions of the schedule found are set back to calm in groups, large ones first, as long as the run still fails (delta
/// debugging; Zeller and Hildebrandt, 2002). That ends where no single one can be spared, which need not be the least, since to
/// change a decision changes what the later ones decide. So then all schedules with 0, 1, 2, ... such decisions are tried (context
/// bounding; Musuvathi and Qadeer, 2007), until one fails, or the first result cannot be beaten, or patience ends.
final class Minimiser {
    private final Predicate<Listed> fails;
    private long patience;

    /// @param fails runs a schedule, and says whether it fails as the one found did
    /// @param patience how many decisions may be made in all runs together
    Minimiser(Predicate<Listed> fails, long patience) {
        this.fails = fails;
        this.patience = patience;
    }

    int[] minimise(int[] found) {
        int[] best = withoutGroups(found);
        for (int most = 0; most < deviations(best).length && patience > 0; most++) {
            int[] simpler = deviating(new int[0], 0, most);
            if (simpler != null) return simpler;
        }
        return best;
    }

    private int[] withoutGroups(int[] found) {
        int[] best = found;
        for (int group = Math.max(1, deviations(best).length / 2);; group = Math.max(1, group / 2)) {
            boolean better = false;
            for (int from = 0; from < deviations(best).length && patience > 0;) {
                int[] places = deviations(best);
                int[] candidate = best.clone();
                for (int i = from; i < Math.min(from + group, places.length); i++)
                    candidate[places[i]] = 0;
                var choices = new Listed(candidate);
                if (fails(choices) && deviations(choices.made()).length < places.length) {
                    best = choices.made();
                    better = true;
                } else {
                    from += group;
                }
            }
            if ((group == 1 && !better) || patience <= 0) return best;
        }
    }

    /// A failing schedule that begins with `start` and has at most `most` further decisions, from place `from` on, that are not
    /// calm.
    private int @Nullable [] deviating(int[] start, int from, int most) {
        var choices = new Listed(start);
        if (fails(choices)) return choices.made();
        if (most == 0) return null;
        int[] widths = choices.widths();
        for (int place = from; place < widths.length; place++)
            for (int choice = 1; choice < widths[place]; choice++) {
                if (patience <= 0) return null;
                int[] next = Arrays.copyOf(start, place + 1);
                next[place] = choice;
                int[] failing = deviating(next, place + 1, most - 1);
                if (failing != null) return failing;
            }
        return null;
    }

    private boolean fails(Listed choices) {
        choices.recorded();
        boolean failed = fails.test(choices);
        patience -= choices.made().length + 10;
        return failed;
    }

    /// The places where a schedule is not calm.
    static int[] deviations(int[] schedule) {
        int[] places = new int[schedule.length];
        int n = 0;
        for (int i = 0; i < schedule.length; i++)
            if (schedule[i] != 0) places[n++] = i;
        return Arrays.copyOf(places, n);
    }

    /// As `place:choice` for each decision that is not calm.
    static String format(int[] schedule) {
        var text = new StringBuilder();
        for (int place : deviations(schedule))
            text.append(text.isEmpty() ? "" : ",").append(place).append(':').append(schedule[place]);
        return text.isEmpty() ? "calm" : text.toString();
    }

    static int[] parse(String text) {
        int[] schedule = new int[0];
        if (text.equals("calm")) return schedule;
        for (var decision : text.split(",", -1)) {
            var parts = decision.split(":", -1);
            if (parts.length != 2 || !parts[0].matches("\\d{1,9}") || !parts[1].matches("\\d{1,9}"))
                throw new IllegalArgumentException(
                        "parley.schedule is 'calm' or lists decisions as place:choice, such as 3:1,7:2, but has '"
                                + decision + "'");
            int place = Integer.parseInt(parts[0]);
            if (place >= schedule.length) schedule = Arrays.copyOf(schedule, place + 1);
            schedule[place] = Integer.parseInt(parts[1]);
        }
        return schedule;
    }
}
