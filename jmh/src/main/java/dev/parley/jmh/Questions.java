package dev.parley.jmh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All questions, by the names of their rows.
final class Questions {
    private static final Map<String, Question> ALL = new LinkedHashMap<>();

    /// The rows of `compare --quick`.
    static final List<String> QUICK = List.of("switch", "rendezvous", "buffered-64", "commstime-seq", "alt-2", "alt-8",
            "idle-guard", "spawn");

    static {
        var all = new ArrayList<Question>();
        all.add(new Switch());
        for (int capacity : List.of(0, 16, 64, 100)) all.add(new Stream(capacity));
        all.add(new CommsTime(false));
        all.add(new CommsTime(true));
        for (int capacity : List.of(0, 16, 100)) all.add(new Chain(capacity, Chain.USUAL));
        for (int capacity : List.of(0, 16, 100)) all.add(new Pairs(capacity, Pairs.USUAL));
        for (int guards : List.of(1, 2, 8, 32)) all.add(new Choosing(guards, 0));
        for (int guards : List.of(2, 8)) all.add(new Choosing(0, guards));
        for (int guards : List.of(2, 8)) all.add(new Choosing(guards / 2, guards / 2));
        for (int digits = 3; digits <= 7; digits++) all.add(new IdleGuard(digits));
        all.add(new StressedAlt());
        for (int tokens : List.of(1, 32, 255)) all.add(new TokenRing(tokens));
        for (int side : List.of(1, 2, 4, 16, 1000))
            for (int capacity : List.of(0, 16, 64, Peer.UNBOUNDED))
                for (boolean guarded : List.of(false, true)) all.add(new Crowd(side, capacity, guarded));
        all.add(new Popular());
        all.add(new Daisy());
        for (var way : Spawning.Way.values()) all.add(new Spawning(way));
        for (var way : Callbacks.Way.values()) all.add(new Callbacks(way));
        all.add(new Farm());
        for (int kibibytes : List.of(1, 10, 100)) all.add(new Echo(kibibytes));
        for (int bytes : List.of(64, 1024)) all.add(new Remote.RoundTrip(bytes));
        for (int bytes : List.of(64, 1024)) all.add(new Remote.OneWay(bytes));
        for (boolean away : List.of(false, true))
            for (boolean chooses : List.of(true, false)) all.add(new Remote.Choice(chooses, away));
        for (int partners : List.of(2, 32))
            for (boolean chooses : List.of(true, false)) all.add(new Remote.Outputs(chooses, partners));
        all.add(new Remote.Farmed());
        for (var question : all) ALL.put(question.id(), question);
    }

    private Questions() {}

    /// A row of the table, or one of a curve, whose numbers are its own: `alt-128`, `mpmc-64-0`, `chain-0-x10`.
    static Question named(String id) {
        var question = ALL.get(id);
        if (question == null) question = ofCurve(id.split("-", -1));
        if (question == null)
            throw new IllegalArgumentException(
                    "there is no row \"" + id + "\"; there are " + String.join(", ", ALL.keySet()));
        return question;
    }

    private static @Nullable Question ofCurve(String[] words) {
        try {
            return switch (words[0]) {
                case "alt" -> new Choosing(Integer.parseInt(words[1]), 0);
                case "mpmc" -> new Crowd(Integer.parseInt(words[1]), Integer.parseInt(words[2]), words.length == 4);
                case "chain" -> new Chain(Integer.parseInt(words[1]), Integer.parseInt(words[2].substring(1)));
                case "pairs" -> new Pairs(Integer.parseInt(words[1]), Integer.parseInt(words[2].substring(1)));
                default -> null;
            };
        } catch (IndexOutOfBoundsException | NumberFormatException noSuchRow) {
            return null;
        }
    }

    static List<Question> all() { return List.copyOf(ALL.values()); }

    /// All rows, or those whose names are here or begin so, as "alt-" does.
    static List<Question> of(List<String> names) {
        if (names.isEmpty()) return all();
        return names.stream().flatMap(name -> name.endsWith("-")
                ? ALL.values().stream().filter(question -> question.id().startsWith(name))
                : java.util.stream.Stream.of(named(name))).collect(Collectors.toList());
    }
}
