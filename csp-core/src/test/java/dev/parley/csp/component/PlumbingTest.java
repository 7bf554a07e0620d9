package dev.parley.csp.component;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.loop.testing.Simulation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.csp.component.Plumbing.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60) class PlumbingTest {
    private static final List<Integer> NONE = List.of();

    @Test void identityChangesNothing() {
        Law.makes(List.of(1, 2, 3), Plumbing::identity, List.of(1, 2, 3));
        Law.makes(NONE, Plumbing::identity, NONE);
    }

    @Test void prefixThenTailIsIdentity() {
        Law.makes(List.of(1, 2, 3), (in, out) -> prefix(0, in, out), List.of(0, 1, 2, 3));
        Law.makes(List.of(1, 2, 3), (Channel<Integer> in, Channel<Integer> out) -> {
            var between = Channel.<Integer>rendezvous();
            return new Par(prefix(0, in, between), tail(between, out));
        }, List.of(1, 2, 3));
        Law.makes(NONE, Plumbing::tail, NONE);
    }

    @Test void takePassesOnSoManyAndEndsBothSides() {
        Law.makes(List.of(1, 2, 3), (in, out) -> take(2, in, out), List.of(1, 2));
        Law.makes(List.of(1, 2), (in, out) -> take(5, in, out), List.of(1, 2));
        Law.makes(List.of(1, 2), (in, out) -> take(0, in, out), NONE);
    }

    @Test void mapAndFilterDoTheirFunctions() {
        Law.makes(List.of(1, 2, 3), (in, out) -> map(x -> "" + x, in, out), List.of("1", "2", "3"));
        Law.makes(List.of(1, 2, 3, 4), (in, out) -> filter(x -> x % 2 == 0, in, out), List.of(2, 4));
    }

    @Test void distinctDropsRepetitions() {
        Law.makes(List.of(1, 1, 2, 2, 2, 1), Plumbing::distinct, List.of(1, 2, 1));
    }

    @Test void aLineOfSortCellsSorts() throws Exception {
        var random = new SplittableRandom(1);
        for (int size = 0; size <= 8; size++) {
            var given = random.ints(size, 0, 5).boxed().toList();
            int cells = Math.max(1, size - 1);
            Law.makes(given, (Channel<Integer> in, Channel<Integer> out) -> {
                var links = new ArrayList<Channel<Integer>>(List.of(in));
                for (int i = 1; i < cells; i++) links.add(Channel.rendezvous());
                links.add(out);
                return Par.times(cells, i -> sortCell(links.get(i), links.get(i + 1)));
            }, given.stream().sorted().toList());
        }
    }

    @Test void deltaGivesToAllInWhateverOrderTheyCome() {
        Simulation.explore(100, _ -> {
            var in = Channel.<Integer>rendezvous("in");
            var a = Channel.<Integer>rendezvous("a");
            var b = Channel.<Integer>rendezvous("b");
            var seen = new ArrayList<Integer>();
            new Par(source(List.of(1, 2), in), delta(in, a, b), () -> {
                // a receiver that takes a before b would suit a sequential delta as well; this one would not
                for (int i = 0; i < 2; i++) {
                    seen.add(b.receive());
                    seen.add(a.receive());
                }
            }).run();
            assertEquals(List.of(1, 1, 2, 2), seen);
        });
    }

    @Test void seqDeltaGivesInItsOrder() {
        Simulation.explore(100, _ -> {
            var in = Channel.<Integer>rendezvous("in");
            var a = Channel.<Integer>rendezvous("a");
            var b = Channel.<Integer>rendezvous("b");
            var seen = new ArrayList<String>();
            new Par(source(List.of(1, 2), in), seqDelta(in, a, b), () -> {
                while (seen.size() < 4) {
                    seen.add("a" + a.receive());
                    assertEquals(0, a.statistics().waitingSenders());
                    seen.add("b" + b.receive());
                }
            }).run();
            assertEquals(List.of("a1", "b1", "a2", "b2"), seen);
        });
    }

    @Test void mergeLosesNothingAndKeepsTheOrderOfEach() {
        Simulation.explore(200, _ -> {
            var ins = channels(3);
            var seen = Law.<Integer>all(out -> new Par(merge(ins, out), Par.times(3,
                    i -> source(IntStream.range(0, 4 + i).map(k -> 10 * i + k).boxed().toList(), ins.get(i)))));
            for (int i = 0; i < 3; i++) {
                int own = i;
                assertEquals(IntStream.range(0, 4 + i).map(k -> 10 * own + k).boxed().toList(),
                        seen.stream().filter(x -> x / 10 == own).toList());
            }
            assertEquals(15, seen.size());
        });
    }

    @Test void mergeIsFair() {
        // all inputs are ready whenever it chooses, so each n choices serve each input once
        Simulation.explore(50, _ -> {
            var full = new ArrayList<Channel<Integer>>();
            for (int i = 0; i < 3; i++) {
                var in = Channel.<Integer>buffered("in-" + i, 4);
                for (int k = 0; k < 4; k++) in.send(i);
                in.close();
                full.add(in);
            }
            var seen = Law.<Integer>all(out -> merge(full, out));
            for (int round = 0; round < 4; round++)
                assertEquals(List.of(0, 1, 2), seen.subList(3 * round, 3 * round + 3).stream().sorted().toList());
        });
    }

    @Test void demuxUndoesMux() {
        Simulation.explore(100, _ -> {
            var ins = channels(2);
            var outs = channels(2);
            var line = Channel.<Tagged<Integer>>rendezvous("line");
            var seen = List.of(new ArrayList<Integer>(), new ArrayList<Integer>());
            new Par(source(List.of(1, 2, 3), ins.get(0)), source(List.of(4, 5), ins.get(1)), mux(ins, line),
                    demux(line, outs), Par.times(2, i -> Plumbing.<Integer>consume(seen.get(i)::add, outs.get(i))))
                    .run();
            assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5)), seen);
        });
    }

    @Test void deparaplexUndoesParaplex() {
        Simulation.explore(100, _ -> {
            var ins = channels(3);
            var outs = channels(3);
            var line = Channel.<List<Integer>>rendezvous("line");
            var seen = Stream.generate(() -> new ArrayList<Integer>()).limit(3).toList();
            new Par(Par.times(3, i -> source(List.of(i, 10 + i), ins.get(i))), paraplex(ins, line),
                    deparaplex(line, outs),
                    Par.times(3, i -> Plumbing.<Integer>consume(seen.get(i)::add, outs.get(i)))).run();
            assertEquals(List.of(List.of(0, 10), List.of(1, 11), List.of(2, 12)), seen);
        });
    }

    @Test void paraplexMakesRowsUntilOneInputEnds() {
        Simulation.explore(100, _ -> {
            var ins = channels(2);
            assertEquals(List.of(List.of(1, 4), List.of(2, 5)), Law.<List<Integer>>all(out -> new Par(
                    source(List.of(1, 2, 3), ins.get(0)), source(List.of(4, 5), ins.get(1)), paraplex(ins, out))));
        });
    }

    @Test void aRowOfTheWrongLengthIsAnError() {
        var line = Channel.<List<Integer>>rendezvous("line");
        var failure = assertThrows(IllegalArgumentException.class, new Par(source(List.of(List.of(1)), line),
                deparaplex(line, channels(2)))::run);
        assertEquals("deparaplex needs one element for each of its 2 outputs, but got [1]", failure.getMessage());
    }

    @Test void plexTakesTurns() {
        Simulation.explore(100, _ -> {
            var ins = channels(2);
            assertEquals(List.of(1, 4, 2, 5, 3), Law.<Integer>all(out -> new Par(
                    source(List.of(1, 2, 3), ins.get(0)), source(List.of(4, 5), ins.get(1)), plex(ins, out))));
        });
    }

    @Test void orderedMergeOfOrderedIsOrdered() {
        var random = new SplittableRandom(3);
        Simulation.explore(100, _ -> {
            var parts = Stream.generate(() -> random.ints(random.nextInt(6), 0, 9).sorted().boxed().toList()).limit(3)
                    .toList();
            var ins = channels(3);
            assertEquals(parts.stream().flatMap(List::stream).sorted().toList(),
                    Law.<Integer>all(out -> new Par(Par.times(3, i -> source(parts.get(i), ins.get(i))),
                            orderedMerge(Comparator.naturalOrder(), ins, out))));
        });
    }

    @Test void orderedMergeKeepsEqualElementsInTheOrderOfTheInputs() {
        Simulation.explore(50, _ -> {
            var a = Channel.<String>rendezvous();
            var b = Channel.<String>rendezvous();
            assertEquals(List.of("a1", "b1", "a2", "b2"), Law.<String>all(out -> new Par(
                    source(List.of("a1", "a2"), a), source(List.of("b1", "b2"), b),
                    orderedMerge(Comparator.comparing((String s) -> s.charAt(1)), List.of(a, b), out))));
        });
    }

    @Test void hammingsNumbersAreANetworkOfComponents() {
        Law.gives((Channel<Long> out) -> {
            var c = Stream.generate(() -> Channel.<Long>unbounded()).limit(8).toList();
            return new Par(prefix(1L, c.get(7), c.get(0)), delta(c.get(0), out, c.get(1), c.get(2), c.get(3)),
                    map(x -> 2 * x, c.get(1), c.get(4)), map(x -> 3 * x, c.get(2), c.get(5)),
                    map(x -> 5 * x, c.get(3), c.get(6)), hamming(c.subList(4, 7), c.get(7)));
        }, 1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L, 10L, 12L, 15L, 16L, 18L, 20L, 24L, 25L, 27L, 30L);
    }

    private static Proc hamming(List<? extends Receiver<Long>> ins, Sender<Long> out) {
        var merged = Channel.<Long>rendezvous();
        return new Par(orderedMerge(Comparator.<Long>naturalOrder(), ins, merged), distinct(merged, out));
    }

    @Test void generateGivesForAsLongAsSomebodyReceives() {
        Law.gives((Channel<String> out) -> generate(() -> "x", out), "x", "x", "x");
    }

    @Test void consumeTakesSoManyAndRetires() {
        Simulation.explore(100, _ -> {
            var channel = Channel.<Long>rendezvous("c");
            var given = new AtomicLong();
            new Par(generate(given::incrementAndGet, channel), consume(3, channel)).run();
            assertEquals(4, given.get());
        });
        assertThrows(IllegalArgumentException.class, () -> consume(-1, Channel.rendezvous()));
    }

    @Test void printerPrintsLines() throws Exception {
        var channel = Channel.<Integer>rendezvous();
        var text = new ByteArrayOutputStream();
        new Par(source(List.of(1, 2), channel), printer(channel, new PrintStream(text))).run();
        assertEquals("1\n2\n", text.toString().replace("\r", ""));
    }

    @Test void aFailureInAFunctionEndsTheNetworkAndIsThrown() {
        var failure = new IllegalStateException("x");
        Simulation.explore(100, _ -> {
            var a = Channel.<Integer>rendezvous();
            var b = Channel.<Integer>rendezvous();
            var thrown = assertThrows(IllegalStateException.class, new Par(generate(() -> 1, a),
                    map(_ -> { throw failure; }, a, b), consume(b))::run);
            assertSame(failure, thrown);
            assertThrows(ChannelPoisoned.class, b::receive);
        });
    }

    @Test void anEndGoesThroughAMeshInBothDirections() {
        Simulation.explore(100, _ -> {
            var c = channels(5);
            new Par("mesh", generate(() -> 1, c.get(0)), delta(c.get(0), c.get(1), c.get(2)),
                    zip(Integer::sum, c.get(1), c.get(2), c.get(3)), identity(c.get(3), c.get(4)),
                    consume(5, c.get(4))).run();
            for (var channel : c) assertTrue(ended(channel), channel::toString);
        });
    }

    private static boolean ended(Channel<Integer> channel) {
        return !channel.tryClose();
    }

    private static List<Channel<Integer>> channels(int n) {
        var channels = new ArrayList<Channel<Integer>>();
        for (int i = 0; i < n; i++) channels.add(Channel.rendezvous("c" + i));
        return Collections.unmodifiableList(channels);
    }
}
