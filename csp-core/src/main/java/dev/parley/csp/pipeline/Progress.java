package dev.parley.csp.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How far a pipeline is, at one moment of a run. The stages are read one after the other while they go on, so the numbers of two stages may
/// be a little apart.
///
/// @param elapsed since the run began
/// @param stages from the sources to the sinks
public record Progress(Duration elapsed, List<Stage> stages) {
    /// Copies the list.
    public Progress {
        stages = List.copyOf(stages);
    }

    /// One stage.
    ///
    /// @param name what the stage is called
    /// @param done how many elements it has passed on, or as a sink, taken
    /// @param failed on how many elements it failed, whatever was done about that
    /// @param waiting how many elements wait before it
    /// @param perSecond how many elements it has passed on per second, since the run began or, from [#since], since an earlier moment
    public record Stage(String name, long done, long failed, int waiting, double perSecond) {
        /// For example `parse 1198 (2 failed, 599/s)`.
        @Override public String toString() {
            var failures = failed == 0 ? "" : failed + " failed, ";
            return name + " " + done + " (" + failures + rate() + "/s)";
        }

        private String rate() {
            return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%.0f", perSecond);
        }
    }

    /// This with the rates since `earlier`, a progress of the same run.
    public Progress since(Progress earlier) {
        double seconds = elapsed.minus(earlier.elapsed).toNanos() / 1e9;
        var fresh = new ArrayList<Stage>();
        for (int i = 0; i < stages.size(); i++) {
            var now = stages.get(i);
            long before = i < earlier.stages.size() ? earlier.stages.get(i).done : 0;
            fresh.add(new Stage(now.name, now.done, now.failed, now.waiting,
                    seconds > 0 ? (now.done - before) / seconds : 0));
        }
        return new Progress(elapsed, fresh);
    }

    /// One line: `2.0 s: lines 1200 (600/s) > parse 1198 (2 failed, 599/s) > forEach 1190 (595/s)`.
    @Override public String toString() {
        return String.format(Locale.ROOT, "%.1f s: ", elapsed.toNanos() / 1e9)
                + stages.stream().map(Stage::toString).collect(Collectors.joining(" > "));
    }
}
