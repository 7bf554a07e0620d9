package dev.parley.csp.picture;

import dev.parley.csp.Network;
import dev.parley.csp.Network.Link;
import dev.parley.csp.Network.Member;
import dev.parley.csp.Network.State;
import dev.parley.csp.Network.Use;
import dev.parley.csp.Network.Wait;
import dev.parley.csp.Network.Way;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PictureTest {
    private static final Network NETWORK = new Network("a \"b\" <c> & 'd'",
            List.of(new Member("left", State.WAITING, List.of(new Wait(Way.SENDS, "x<y", "")), "at A.java:1"),
                    new Member("right", State.RUNNING, List.of(), ""),
                    new Member("third", State.ENDED, List.of(), ""),
                    new Member("new", State.WAITING, List.of(new Wait(Way.MEETS, "all", "")), "")),
            List.of(new Link("x<y", "rendezvous", List.of(new Use("left", 1234)), List.of(new Use("right", 1234))),
                    new Link("log", "buffered 0/4", List.of(new Use("left", 1), new Use("right", 2)),
                            List.of(new Use("third", 3))),
                    new Link("back", "rendezvous", List.of(new Use("right", 5)), List.of(new Use("left", 5))),
                    new Link("self", "unbounded", List.of(new Use("right", 6)), List.of(new Use("right", 6))),
                    new Link("in", "rendezvous", List.of(new Use("outside", 7)), List.of(new Use("left", 7)))));

    @Test void mermaid() {
        assertEquals("""
                ---
                title: 'Par "a "b" <c> & ''d''"'
                ---
                flowchart LR
                  n0["left<br>sends to x#lt;y<br>at A.java:1"]:::waiting
                  n1["right"]:::running
                  n2["third"]:::ended
                  n3["new<br>meets at all"]:::waiting
                  n4(["log"]):::channel
                  n5["outside"]:::outside
                  n6(["all"]):::channel
                  n0 -.->|"x#lt;y 1 234"| n1
                  n0 -->|"1"| n4
                  n1 -->|"2"| n4
                  n4 -->|"3"| n2
                  n1 -->|"back 5"| n0
                  n1 -->|"self 6"| n1
                  n5 -->|"in 7"| n0
                  n3 -.-> n6
                  classDef running fill:#d9f2e3,stroke:#2e8b57,color:#222
                  classDef waiting fill:#fdebd0,stroke:#c77f1c,color:#222
                  classDef ended fill:#eceff1,stroke:#90a4ae,color:#222
                  classDef outside fill:#ffffff,stroke:#90a4ae,color:#222
                  classDef channel fill:#dfeaf7,stroke:#4a78b5,color:#222
                """, Picture.mermaid(NETWORK).replace('\u202f', ' '));
    }

    @Test void svgIsWellFormedAndHasEverythingInIt() throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(Picture.svg(NETWORK).getBytes(StandardCharsets.UTF_8)));
        var texts = new ArrayList<String>();
        var elements = document.getElementsByTagName("text");
        for (int i = 0; i < elements.getLength(); i++)
            texts.add(elements.item(i).getTextContent().replace('\u202f', ' '));
        assertTrue(texts.containsAll(List.of("Par \"a \"b\" <c> & 'd'\"", "left", "sends to x<y", "at A.java:1",
                "x<y 1 234", "log", "back 5", "self 6", "outside", "meets at all")), texts::toString);
        assertEquals(NETWORK.links().size() + 3, document.getElementsByTagName("path").getLength() - 2);
    }

    /// Boxes do not cover each other, and all is inside the picture, whatever the network.
    @Test void boxesStandApart() {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            var layout = new Layout(Diagram.of(anyNetwork(random)));
            for (var one : layout.boxes) {
                assertTrue(one.x - one.width / 2.0 > 0 && one.x + one.width / 2.0 < layout.width);
                assertTrue(one.y - one.height / 2.0 > 0 && one.y + one.height / 2.0 < layout.height);
                for (var other : layout.boxes)
                    if (other != one)
                        assertFalse(Math.abs(one.x - other.x) < (one.width + other.width) / 2.0
                                && Math.abs(one.y - other.y) < (one.height + other.height) / 2.0, "round " + round);
            }
        }
    }

    private static Network anyNetwork(SplittableRandom random) {
        int n = 1 + random.nextInt(12);
        var processes = new ArrayList<Member>();
        for (int i = 0; i < n; i++) {
            var waits = new ArrayList<Wait>();
            for (int k = random.nextInt(3); k > 0; k--)
                waits.add(new Wait(Way.values()[random.nextInt(3)], "c" + random.nextInt(20), ""));
            processes.add(new Member("process " + i, waits.isEmpty() ? State.RUNNING : State.WAITING, waits, ""));
        }
        var links = new ArrayList<Link>();
        for (int c = random.nextInt(20); c >= 0; c--)
            links.add(new Link("c" + c, "rendezvous", uses(random, n), uses(random, n)));
        return new Network("any", processes, links);
    }

    private static List<Use> uses(SplittableRandom random, int processes) {
        return random.ints(random.nextInt(4), 0, processes).distinct()
                .mapToObj(process -> new Use("process " + process, process)).toList();
    }
}
