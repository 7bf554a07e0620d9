package dev.parley.csp.picture;

import dev.parley.csp.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// A network as boxes and arrows.
///
/// @param title what it is
/// @param arrows between boxes, by their indices
record Diagram(String title, List<Box> boxes, List<Arrow> arrows) {
    enum Kind { RUNNING, WAITING, ENDED, OUTSIDE, CHANNEL }

    /// @param lines what is written in it, the name first
    record Box(Kind kind, List<String> lines) {}

    /// @param label of the channel; empty at a channel that is a box itself, but for a number
    /// @param waiting whether one of the two waits for the other here
    record Arrow(int from, int to, String label, boolean waiting) {}

    static Diagram of(Network network) {
        return new Maker(network).diagram();
    }

    private static final class Maker {
        private final Network network;
        private final List<Box> boxes = new ArrayList<>();
        private final List<Arrow> arrows = new ArrayList<>();
        private final Map<String, Integer> processes = new HashMap<>();
        private final Map<String, Integer> channels = new HashMap<>();

        Maker(Network network) {
            this.network = network;
        }

        Diagram diagram() {
            for (var process : network.processes()) processes.put(process.name(), add(box(process)));
            for (var link : network.links()) draw(link);
            for (var process : network.processes()) for (var wait : process.waits()) drawUnused(process, wait);
            return new Diagram("Par \"" + network.name() + "\"", boxes, arrows);
        }

        private int add(Box box) {
            boxes.add(box);
            return boxes.size() - 1;
        }

        private static Box box(Network.Member process) {
            var lines = new ArrayList<String>();
            lines.add(process.name());
            for (var wait : process.waits()) lines.add(wait.way() + " " + wait.on());
            if (!process.place().isEmpty()) lines.add(process.place());
            return new Box(Kind.valueOf(process.state().name()), lines);
        }

        private int process(String name) {
            return processes.computeIfAbsent(name, outside -> add(new Box(Kind.OUTSIDE, List.of(outside))));
        }

        private int channel(String name) {
            return channels.computeIfAbsent(name, _ -> add(new Box(Kind.CHANNEL, List.of(name))));
        }

        private void draw(Network.Link link) {
            if (link.senders().size() == 1 && link.receivers().size() == 1) {
                var from = link.senders().getFirst();
                var to = link.receivers().getFirst();
                arrows.add(new Arrow(process(from.process()), process(to.process()),
                        link.channel() + " " + number(to.elements()),
                        waits(from.process(), link, Network.Way.SENDS)
                                || waits(to.process(), link, Network.Way.RECEIVES)));
                return;
            }
            int box = channel(link.channel());
            for (var use : link.senders())
                arrows.add(new Arrow(process(use.process()), box, number(use.elements()),
                        waits(use.process(), link, Network.Way.SENDS)));
            for (var use : link.receivers())
                arrows.add(new Arrow(box, process(use.process()), number(use.elements()),
                        waits(use.process(), link, Network.Way.RECEIVES)));
        }

        private boolean waits(String name, Network.Link link, Network.Way way) {
            return network.processes().stream().filter(process -> process.name().equals(name))
                    .flatMap(process -> process.waits().stream())
                    .anyMatch(wait -> wait.way() == way && wait.on().equals(link.channel()));
        }

        /// An arrow for a process that waits where it has not communicated yet, so that no link has it.
        private void drawUnused(Network.Member process, Network.Wait wait) {
            boolean sends = wait.way() != Network.Way.RECEIVES;
            boolean drawn = network.links().stream().filter(link -> link.channel().equals(wait.on()))
                    .flatMap(link -> sends ? link.senders().stream() : link.receivers().stream())
                    .anyMatch(use -> use.process().equals(process.name()));
            if (drawn) return;
            int here = process(process.name());
            int there = channel(wait.on());
            arrows.add(sends ? new Arrow(here, there, "", true) : new Arrow(there, here, "", true));
        }

        private static String number(long elements) {
            return String.format(Locale.ROOT, "%,d", elements).replace(',', '\u202f'); // a thin space
        }
    }

    /// Where arrows lead from `box`.
    Stream<Arrow> from(int box) {
        return arrows.stream().filter(arrow -> arrow.from == box);
    }
}
