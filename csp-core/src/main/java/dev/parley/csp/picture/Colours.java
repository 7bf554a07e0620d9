package dev.parley.csp.picture;

/// What means what in a drawing.
final class Colours {
    static final String ARROW = "#5b6670", WAITING = "#c0392b", TEXT = "#222222";

    private Colours() {}

    static String fill(Diagram.Kind kind) {
        return switch (kind) {
            case RUNNING -> "#d9f2e3";
            case WAITING -> "#fdebd0";
            case ENDED -> "#eceff1";
            case OUTSIDE -> "#ffffff";
            case CHANNEL -> "#dfeaf7";
        };
    }

    static String edge(Diagram.Kind kind) {
        return switch (kind) {
            case RUNNING -> "#2e8b57";
            case WAITING -> "#c77f1c";
            case ENDED, OUTSIDE -> "#90a4ae";
            case CHANNEL -> "#4a78b5";
        };
    }
}
