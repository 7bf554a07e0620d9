package dev.parley.csp.picture;

/// A diagram in the language of Mermaid.
final class Mermaid {
    private Mermaid() {}

    static String draw(Diagram diagram) {
        var text = new StringBuilder("---\ntitle: '").append(diagram.title().replace("'", "''"))
                .append("'\n---\nflowchart LR\n");
        for (int i = 0; i < diagram.boxes().size(); i++) {
            var box = diagram.boxes().get(i);
            var label = '"' + String.join("<br>", box.lines().stream().map(Mermaid::escaped).toList()) + '"';
            text.append("  n").append(i)
                    .append(box.kind() == Diagram.Kind.CHANNEL ? "([" + label + "])" : "[" + label + "]")
                    .append(":::").append(name(box.kind())).append('\n');
        }
        for (var arrow : diagram.arrows()) {
            text.append("  n").append(arrow.from()).append(arrow.waiting() ? " -.->" : " -->");
            if (!arrow.label().isEmpty()) text.append("|\"").append(escaped(arrow.label())).append("\"|");
            text.append(" n").append(arrow.to()).append('\n');
        }
        for (var kind : Diagram.Kind.values()) {
            if (diagram.boxes().stream().anyMatch(box -> box.kind() == kind))
                text.append("  classDef ").append(name(kind)).append(" fill:").append(Colours.fill(kind))
                        .append(",stroke:")
                        .append(Colours.edge(kind)).append(",color:#222\n");
        }
        return text.toString();
    }

    private static String name(Diagram.Kind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String escaped(String text) {
        return text.replace("#", "#35;").replace("\"", "#quot;").replace("<", "#lt;").replace(">", "#gt;");
    }
}
