package dev.parley.net;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.net.Namespace.Cut;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// A network that is really cut between two JVMs: packets of the kernel's own TCP vanish, both ways or one. The node here is closed before the child ends, since it would wait some seconds for a child that
/// was killed.
@SuppressWarnings("try")
@EnabledOnOs(value = OS.LINUX, disabledReason = "network namespaces are Linux's")
@Timeout(60) class NamespaceTest {
    /// Nothing takes as long but the loss that a test waits for.
    private static final Duration LONG = Duration.ofMinutes(5), SHORT = Duration.ofSeconds(2);

    @BeforeAll static void networksCanBeCut() throws Exception {
        Namespace.assumeThereAre();
    }

    private static Node.Config config(Duration window) {
        return Node.Config.with(Pair.SECRET).withSuspicion(Duration.ofSeconds(1)).withWindow(window);
    }

    private static Node listening(Namespace there, Duration window) throws IOException {
        return Node.listen(there.host() + ":0", config(window));
    }

    /// A JVM in there that sends 0, 1, … into `name`, and prints each number whose send returned, and what the one that threw said.
    ///
    /// @param when something if it sends each after a [Child#go]
    private static Child sending(Namespace there, Node node, String name, Duration window, String... when)
            throws IOException {
        var arguments = new ArrayList<>(List.of(there.host() + ":" + node.port(), name, "" + window));
        arguments.addAll(List.of(when));
        return Child.in(there, Sending.class, arguments.toArray(String[]::new));
    }

    static final class Sending {
        private Sending() {}

        public static void main(String[] arguments) throws Exception {
            var node = Node.connect(arguments[0], config(Duration.parse(arguments[2])));
            var numbers = node.sender(arguments[1], Integer.class);
            boolean told = arguments.length > 3;
            try {
                for (int i = 0;; i++) {
                    if (told) System.in.read();
                    numbers.send(i);
                    System.out.println(i);
                }
            } catch (ChannelPoisoned lost) {
                System.out.println(lost.getCause() instanceof LinkLost loss ? loss.outcome() : lost);
            }
        }
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /// Cuts until the connection that there was has been given up in there, so that the session has to go on over another.
    private static void cutForLongerThanTheSuspicion(Namespace there, Cut what, Node node) throws Exception {
        var before = there.connections(node.port());
        assertEquals(1, before.size());
        there.cut(what);
        while (there.connections(node.port()).equals(before)) Thread.sleep(10);
        assertEquals(List.of(), there.connections(node.port()));
        there.heal();
    }

    /// What the sender was told is true of what was received: nothing is missing that returned, and what was not taken did not come.
    private static void assertTrueOf(List<Integer> received, List<String> told) {
        assertEquals(numbers(received.size()), received);
        int returned = told.size() - 1;
        assertEquals(numbers(returned).stream().map(String::valueOf).toList(), told.subList(0, returned));
        int unsure = LinkLost.Outcome.valueOf(told.getLast()) == LinkLost.Outcome.UNKNOWN ? 1 : 0;
        assertTrue(returned <= received.size() && received.size() <= returned + unsure,
                received.size() + " received, " + returned + " returned, then " + told.getLast());
    }

    @ParameterizedTest
    @EnumSource void aPartitionShorterThanTheWindowIsOnlyADelay(Cut what) throws Exception {
        try (var there = new Namespace(); var node = listening(there, LONG)) {
            var channel = node.receiver("numbers", Integer.class);
            try (var child = sending(there, node, "numbers", LONG)) {
                var told = child.lines();
                var received = new ArrayList<Integer>();
                for (int i = 0; i < 200; i++) received.add(channel.receive());
                var healed = new AtomicBoolean();
                var receiving = Side.run(() -> {
                    for (int after = 0; after < 200; after += healed.get() ? 1 : 0) received.add(channel.receive());
                });
                cutForLongerThanTheSuspicion(there, what, node);
                healed.set(true);
                receiving.result();
                node.close();
                assertTrueOf(received, told.get());
            }
        }
    }

    @ParameterizedTest
    @EnumSource void aPartitionOfAnIdleLinkIsNotNoticedAfterwards(Cut what) throws Exception {
        try (var there = new Namespace(); var node = listening(there, LONG)) {
            var channel = node.receiver("numbers", Integer.class);
            try (var child = sending(there, node, "numbers", LONG, "when told")) {
                child.go();
                assertEquals(0, channel.receive());
                assertEquals(0, child.nextNumber());
                cutForLongerThanTheSuspicion(there, what, node);
                child.go();
                assertEquals(1, channel.receive());
                assertEquals(1, child.nextNumber());
                node.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource void aPartitionLongerThanTheWindowEndsBothSidesTruly(Cut what) throws Exception {
        try (var there = new Namespace(); var node = listening(there, SHORT)) {
            var channel = node.receiver("numbers", Integer.class);
            try (var child = sending(there, node, "numbers", SHORT)) {
                var told = child.lines();
                var received = new ArrayList<Integer>();
                for (int i = 0; i < 200; i++) received.add(channel.receive());
                var receiving = Side.run(() -> {
                    for (;;) received.add(channel.receive());
                });
                there.cut(what);
                assertInstanceOf(LinkLost.class, assertThrows(ChannelPoisoned.class, receiving::result).getCause());
                assertTrueOf(received, told.get());
            }
            there.heal();
            var again = node.receiver("again", Integer.class);
            try (var _ = sending(there, node, "again", SHORT)) {
                for (int i = 0; i < 200; i++) assertEquals(i, again.receive());
                node.close();
            }
        }
    }
}
