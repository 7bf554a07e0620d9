package dev.parley.csp.picture;

import dev.parley.csp.Network;

/// Draws a network: a box for each process, with what it waits for, and an arrow for each channel from who sends to who receives, with the number of elements
/// that have passed. A channel that several share on one side is a box of its own.
///
/// ```java
/// Files.writeString(Path.of("dinner.svg"), Picture.svg(par.network()));
/// ```
///
/// Who uses which channel is known of a Par that is watched; of others only where processes wait.
public final class Picture {
    private Picture() {}

    /// As a flowchart in the language of Mermaid, which many places where Markdown is shown draw.
    public static String mermaid(Network network) {
        return Mermaid.draw(Diagram.of(network));
    }

    /// As a drawing in SVG, to be looked at in any browser.
    public static String svg(Network network) {
        return Svg.draw(Diagram.of(network));
    }
}
