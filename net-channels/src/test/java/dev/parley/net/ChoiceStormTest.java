package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Guard;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Processes of four JVMs, three of which are linked with the fourth, choose among sending and receiving on channels at home here and there, and their connections are reset all the while.
///
/// [SimulatedChoicesTest] looks at far more orders of events; this is to see that real JVMs have no others.
@Timeout(120) class ChoiceStormTest {
    private static final int CHILDREN = 3, PROCESSES = 2, ELEMENTS = 150;
    private static final int SENT = -1; // what a child says of each process that has sent all
    private static final Duration WINDOW = Duration.ofMinutes(1); // no link ends for good
    private static final List<String> OF_THE_HUB = List.of("hub 0", "hub 1");

    /// One process: sends its elements and receives what others send, in the order that its choices have.
    private static final class Process {
        private final Random random;
        private final List<Sender<Integer>> senders = new ArrayList<>();
        private final List<ReceiverEnd<Integer>> receivers = new ArrayList<>();
        private final List<Integer> received = new ArrayList<>();
        private final int number;
        private int sent;

        Process(int number, long seed, Node node, List<String> names) throws Exception {
            this.number = number;
            this.random = new Random(seed * 31 + number);
            for (var name : names) {
                senders.add(node.sender(name, Integer.class));
                receivers.add(node.receiverEnd(name, Integer.class));
            }
        }

        /// What it has received when all have sent all.
        List<Integer> run(CountDownLatch sending, BooleanSupplier over) throws Exception {
            while (sent < ELEMENTS) act(true);
            sending.countDown();
            while (!over.getAsBoolean()) act(false);
            return received;
        }

        private void act(boolean sends) throws Exception {
            int element = number << 24 | sent;
            int before = sent + received.size();
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (sends && any(senders).send(element, someTime())) sent++;
                }
                case 1 -> {
                    if (any(receivers).receive(someTime()) instanceof Received<Integer>(var next)) received.add(next);
                }
                default -> choose(sends, element);
            }
            assertTrue(sent + received.size() - before <= 1, "a choice happened twice");
        }

        private void choose(boolean sends, int element) throws Exception {
            var guards = new ArrayList<Guard>();
            for (var receiver : receivers)
                if (random.nextInt(3) > 0)
                    guards.add(
                            random.nextInt(4) == 0 ? receiver.onExtended(received::add) : receiver.on(received::add));
            if (sends)
                for (var sender : senders)
                    if (random.nextInt(3) > 0)
                        guards.add(random.nextBoolean()
                                ? sender.offering(element, () -> sent++)
                                : sender.offering(() -> element, () -> sent++));
            guards.add(Alt.after(someTime(), () -> {}));
            var alt = Alt.of(guards.toArray(Guard[]::new));
            switch (random.nextInt(3)) {
                case 0 -> alt.priSelect();
                case 1 -> alt.randomSelect();
                default -> alt.select();
            }
        }

        private Duration someTime() {
            return Duration.ofMillis(random.nextInt(30));
        }

        private <E> E any(List<E> all) {
            return all.get(random.nextInt(all.size()));
        }
    }

    /// The processes of one JVM, and the channels that it publishes.
    private static final class Processes {
        private final List<Side<List<Integer>>> sides = new ArrayList<>();
        private final CountDownLatch sending = new CountDownLatch(PROCESSES);
        private volatile boolean over;

        Processes(int jvm, long seed, Node node, List<String> own, List<String> ofOthers) throws Exception {
            for (var name : own) node.publish(Channel.<Integer>rendezvous(name), Codec.of(Integer.class));
            var names = new ArrayList<>(own);
            names.addAll(ofOthers);
            for (int p = 0; p < PROCESSES; p++) {
                var process = new Process(jvm * PROCESSES + p, seed, node, names);
                sides.add(Side.start(() -> process.run(sending, () -> over)));
            }
        }

        void awaitAllSent() throws InterruptedException {
            sending.await();
        }

        /// What each received.
        List<List<Integer>> end() throws Exception {
            over = true;
            var received = new ArrayList<List<Integer>>();
            for (var side : sides) received.add(side.result());
            return received;
        }
    }

    /// A child: publishes one channel, and says when its processes have sent all. When it is told to it says what they have received: how many each, and which.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            int jvm = Integer.parseInt(arguments[1]);
            var node = Node.connect("127.0.0.1:" + arguments[0], Node.Config.with(Pair.SECRET).withWindow(WINDOW));
            var processes = new Processes(jvm, Long.parseLong(arguments[2]), node, List.of("own " + jvm), OF_THE_HUB);
            processes.awaitAllSent();
            System.out.println(SENT);
            System.in.read();
            for (var received : processes.end())
                System.out.println(received.size() + received.stream().map(e -> "\n" + e).collect(joining()));
            System.in.read(); // until killed: the others still use its node
        }
    }

    static LongStream someSeeds() {
        return LongStream.range(0, 2);
    }

    static LongStream manySeeds() {
        return LongStream.range(1000, 1030);
    }

    @ParameterizedTest
    @MethodSource("someSeeds") void whateverIsChosenIsReceivedOnce(long seed) throws Exception {
        storm(seed);
    }

    @Tag("slow")
    @Timeout(1800)
    @ParameterizedTest
    @MethodSource("manySeeds") void whateverIsChosenIsReceivedOnceManyTimes(long seed) throws Exception {
        storm(seed);
    }

    private static void storm(long seed) throws Exception {
        var lines = new ArrayList<Relay>();
        var children = new ArrayList<Child>();
        try (var hub = Opening.listen("127.0.0.1:0", Pair.SECRET, Pair.window(WINDOW))) {
            for (int jvm = 1; jvm <= CHILDREN; jvm++) {
                lines.add(new Relay(hub.port(), seed));
                children.add(Child.running(Program.class, "" + lines.getLast().port(), "" + jvm, "" + seed));
            }
            var processes = new Processes(0, seed, hub, OF_THE_HUB,
                    IntStream.rangeClosed(1, CHILDREN).mapToObj(jvm -> "own " + jvm).toList());
            var resetting = Side.run(() -> resetNowAndThen(lines, new Random(seed)));
            for (var child : children) assertEquals(SENT, child.nextNumber());
            processes.awaitAllSent();
            resetting.interrupt().result();
            for (var child : children) child.go();
            var received = new ArrayList<>(processes.end());
            for (var child : children)
                for (int p = 0; p < PROCESSES; p++) {
                    var numbers = new ArrayList<Integer>();
                    for (int left = child.nextNumber(); left > 0; left--) numbers.add(child.nextNumber());
                    received.add(numbers);
                }
            int connections = lines.stream().mapToInt(Relay::connections).sum();
            System.out.println("seed " + seed + ": " + (connections - CHILDREN) + " connections more");
            assertTrue(connections > CHILDREN, "nothing went wrong");
            check(received, "seed " + seed);
        } finally {
            for (var child : children) child.close();
            for (var line : lines) line.close();
        }
    }

    private static void resetNowAndThen(List<Relay> lines, Random random) {
        try {
            for (;;) {
                Thread.sleep(5 + random.nextInt(60)); // the pace of faults; other JVMs have no virtual time
                lines.get(random.nextInt(lines.size())).reset();
            }
        } catch (InterruptedException enough) {
            // told so
        }
    }

    /// All that was sent was received once, and what a process sent to another in order.
    private static void check(List<List<Integer>> received, String run) {
        var ledger = new Ledger();
        for (int process = 0; process < (CHILDREN + 1) * PROCESSES; process++) {
            var account = ledger.open();
            for (int i = 0; i < ELEMENTS; i++) account.taken(account.element());
        }
        ledger.checkAllCertain(received, run);
    }
}
