package dev.parley.csp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The processes and channels of a [Par] at one instant: who runs, who waits where, and, if the Par is watched ([Par#watched]), who has sent
/// and received how much. A snapshot; [#toString] shows it as text, `dev.parley.csp.picture.Picture` draws it.
///
/// @param name of the Par
/// @param processes of the Par and of the Pars that its processes run
/// @param links the channels that its processes have used; none if it is not watched
public record Network(String name, List<Member> processes, List<Link> links) {
    /// Where a process is.
    public enum State { RUNNING, WAITING, ENDED }

    /// What a process waits for: `SENDS` for a receiver, or for room; `RECEIVES` for an element; `MEETS` for the others at a barrier.
    public enum Way {
        SENDS("sends to"), RECEIVES("receives from"), MEETS("meets at");

        private final String words;

        Way(String words) {
            this.words = words;
        }

        @Override public String toString() {
            return words;
        }
    }

    /// A process.
    ///
    /// @param name unique in the network
    /// @param waits what it waits for: one thing, or the guards of its choice; empty unless it waits
    /// @param place the line of the program at which it waits; empty unless it waits
    public record Member(String name, State state, List<Wait> waits, String place) {}

    /// One thing that a process waits for.
    ///
    /// @param on the name of the channel or barrier
    /// @param remark what is known of those who could come; empty if they are processes that wait, too
    public record Wait(Way way, String on, String remark) {}

    /// A channel and those who have used it, or tried to.
    ///
    /// @param channel its name
    /// @param state its kind, how full it is, whether it has ended
    public record Link(String channel, String state, List<Use> senders, List<Use> receivers) {}

    /// What one process has sent to, or received from, a channel.
    ///
    /// @param process its name, or `outside` for all that do not belong to the network
    public record Use(String process, long elements) {}

    /// Says for each process that waits, one in a line, for what and where.
    public String waits() {
        int names = width(processes.stream().filter(process -> !process.waits.isEmpty()).map(Member::name).toList());
        int places = width(processes.stream().flatMap(process -> process.waits.stream()).map(Network::what).toList());
        var lines = new ArrayList<String>();
        for (var process : processes) {
            var label = process.name;
            for (var wait : process.waits) {
                lines.add(("  " + pad(label, names) + "  " + pad(what(wait), places)
                        + (label.isEmpty() ? "" : "  " + process.place)
                        + (wait.remark.isEmpty() ? "" : "  (" + wait.remark + ")")).stripTrailing());
                label = "";
            }
        }
        return String.join("\n", lines);
    }

    private static String what(Wait wait) {
        return wait.way + " " + wait.on;
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    @Override public String toString() {
        var text = new StringBuilder("Par \"" + name + "\": " + count(State.RUNNING) + ", " + count(State.WAITING)
                + ", " + count(State.ENDED));
        var waits = waits();
        if (!waits.isEmpty()) text.append('\n').append(waits);
        int names = width(links.stream().map(Link::channel).toList());
        for (var link : links)
            text.append("\n  ").append(pad(link.channel, names)).append("  ").append(uses(link.senders)).append(" -> ")
                    .append(uses(link.receivers)).append("  [").append(link.state).append(']');
        return text.toString();
    }

    private String count(State state) {
        return processes.stream().filter(process -> process.state == state).count() + " "
                + state.name().toLowerCase(Locale.ROOT);
    }

    private static String uses(List<Use> uses) {
        return uses.isEmpty()
                ? "nobody"
                : uses.stream().map(use -> use.process + " " + use.elements).collect(Collectors.joining(", "));
    }
}
