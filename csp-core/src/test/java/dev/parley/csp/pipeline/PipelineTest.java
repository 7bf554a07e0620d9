package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.component.Arithmetic;
import dev.parley.csp.component.Plumbing;
import dev.parley.loop.EventLoop;
import dev.parley.loop.Tasks;
import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What pipelines do, on many schedules each: every run must end by itself, with no process left.
@Timeout(60) class PipelineTest {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 40);

    @TempDir Path folder;

    /// On all schedules, the elements of what `pipeline` makes are `expected`.
    private static <T> void gives(List<T> expected, java.util.concurrent.Callable<Pipeline<T>> pipeline) {
        Simulation.explore(SCHEDULES, _ -> assertEquals(expected, pipeline.call().toList().call()));
    }

    private static Pipeline<Integer> upTo(int n) {
        return Pipeline.from(IntStream.rangeClosed(1, n).boxed().toList());
    }

    // Sources

    @Test void sourcesGiveTheirElements() {
        gives(List.of(1, 2, 3), () -> Pipeline.of(1, 2, 3));
        gives(List.of(), () -> Pipeline.of());
        gives(List.of(1, 2), () -> Pipeline.from(List.of(1, 2)));
        gives(List.of(1, 2), () -> Pipeline.from(List.of(1, 2).iterator()));
        gives(List.of(1, 2), () -> Pipeline.from(Stream.of(1, 2)));
        gives(List.of(0L, 1L, 2L), () -> Pipeline.<Long>from("numbers", Arithmetic::numbers).take(3));
    }

    @Test void aStreamIsClosedAtTheEnd() throws Exception {
        var closed = new AtomicInteger();
        assertEquals(List.of(1, 2),
                Pipeline.from(Stream.iterate(1, x -> x + 1).onClose(closed::incrementAndGet)).take(2).toList().call());
        assertEquals(1, closed.get());
    }

    @Test void aReceiverIsReadToItsEndAndRetired() {
        Simulation.explore(SCHEDULES, _ -> {
            var in = Channel.<Integer>rendezvous();
            var seen = new ArrayList<Integer>();
            new Par(Plumbing.source(List.of(1, 2, 3), in), Pipeline.from(in).forEach(seen::add)).run();
            assertEquals(List.of(1, 2, 3), seen);
            var open = Channel.<Integer>buffered(4);
            open.send(1);
            assertEquals(List.of(1), Pipeline.from(open).take(1).toList().call());
            assertTrue(assertThrows(ChannelPoisoned.class, () -> open.send(2)).receiverGone());
        });
    }

    @Test void linesAndFiles() throws Exception {
        var file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        Files.writeString(Files.createDirectories(folder.resolve("deep")).resolve("b.txt"), "three\n");
        assertEquals(List.of("one", "two"), Pipeline.lines(file).toList().call());
        assertEquals(Set.of("one", "two", "three"),
                Pipeline.files(folder).flatMap(Files::lines).collect(Collectors.toSet()).call());
        Pipeline.lines(file).map(String::toUpperCase).toLines(folder.resolve("c.txt")).run();
        assertEquals("ONE\nTWO\n", Files.readString(folder.resolve("c.txt")).replace("\r", ""));
        assertThrows(NoSuchFileException.class, Pipeline.lines(folder.resolve("none")).toList()::call);
    }

    // Stages

    @Test void stagesDoTheirFunctions() {
        gives(List.of("1", "2", "3"), () -> upTo(3).map(x -> "" + x));
        gives(List.of(2, 4), () -> upTo(5).filter(x -> x % 2 == 0));
        gives(List.of(1, 2, 2, 3, 3, 3),
                () -> upTo(3).flatMap(n -> IntStream.rangeClosed(1, n).mapToObj(_ -> n)));
        gives(List.of(1, 2), () -> upTo(5).take(2));
        gives(List.of(1, 2), () -> upTo(2).take(5));
        gives(List.of(), () -> upTo(2).take(0));
        gives(List.of(3, 4, 5), () -> upTo(5).drop(2));
        gives(List.of(), () -> upTo(5).drop(9));
        gives(List.of(1, 2), () -> upTo(5).takeWhile(x -> x < 3));
        gives(List.of(3, 1), () -> Pipeline.of(1, 2, 3, 1).dropWhile(x -> x < 3));
        gives(List.of(List.of(1, 3), List.of(2), List.of(5)), () -> Pipeline.of(1, 3, 2, 5).group(x -> x % 2));
        gives(List.of(List.of(1, 2), List.of(3, 4), List.of(5)), () -> upTo(5).batch(2));
        gives(List.of(1, 3, 6, 10), () -> upTo(4).gather(Gatherers.scan(() -> 0, Integer::sum)));
        gives(List.of(1, 3, 6, 10), () -> upTo(4).map(x -> (long) x)
                .<Long>through("integrate", Arithmetic::integrate).map(Long::intValue));
    }

    @Test void anElementGoesSomewhereElseAndComesBack() {
        Simulation.explore(SCHEDULES, _ -> {
            var there = Channel.<Integer>rendezvous("there");
            var back = Channel.<String>buffered("back", 2);
            var seen = new ArrayList<String>();
            new Par(Plumbing.map(x -> "<" + x + ">", there, back), upTo(5).via(there, back).forEach(seen::add)).run();
            assertEquals(List.of("<1>", "<2>", "<3>", "<4>", "<5>"), seen);
        });
        Simulation.explore(SCHEDULES, _ -> {
            var there = Channel.<Integer>rendezvous("there");
            var back = Channel.<Integer>rendezvous("back");
            new Par(Plumbing.identity(there, back), upTo(50).via(there, back).take(2).forEach(_ -> {})).run();
        });
    }

    @Test void mergeGivesAllOfEachInItsOrder() {
        Simulation.explore(SCHEDULES, _ -> {
            var all = upTo(5).merge(Pipeline.of(11, 12), Pipeline.of(21)).merge(Pipeline.of(31)).toList().call();
            assertEquals(List.of(1, 2, 3, 4, 5), all.stream().filter(x -> x < 10).toList());
            assertEquals(List.of(11, 12, 21, 31), all.stream().filter(x -> x > 10).sorted().toList());
        });
    }

    @Test void broadcastGivesAllToEachBranch() {
        Simulation.explore(SCHEDULES, _ -> assertEquals(List.of(List.of(1, 2, 3, 4, 5), List.of(2, 4), List.of(1)),
                upTo(5).<List<Integer>>broadcast(Pipeline::toList, p -> p.filter(x -> x % 2 == 0).toList(),
                        p -> p.take(1).toList()).call()));
    }

    @Test void whenAllBranchesHaveEnoughTheSourceEnds() {
        Simulation.explore(SCHEDULES, _ -> assertEquals(List.of(List.of(1, 2), List.of(1)), Pipeline
                .from(Stream.iterate(1, x -> x + 1)).broadcast(p -> p.take(2).toList(), p -> p.take(1).toList())
                .call()));
    }

    @Test void alsoToLetsThemPassAndGivesThemToAnother() {
        Simulation.explore(SCHEDULES, _ -> {
            var aside = new ArrayList<Integer>();
            assertEquals(List.of(10, 20, 30),
                    upTo(3).alsoTo(p -> p.forEach(aside::add)).map(x -> 10 * x).toList().call());
            assertEquals(List.of(1, 2, 3), aside);
            aside.clear();
            assertEquals(List.of(1), upTo(3).alsoTo(p -> p.forEach(aside::add)).take(1).toList().call());
            assertEquals(List.of(1, 2, 3), aside);
        });
    }

    // Parallel stages

    @Test void aParallelStageKeepsTheOrder() {
        gives(IntStream.rangeClosed(1, 12).map(x -> x * x).boxed().toList(),
                () -> upTo(12).parallel(3).map(x -> {
                    Tasks.sleep(ofMillis((x * 7) % 5));
                    return x * x;
                }));
        gives(List.of(2, 4, 6), () -> upTo(7).parallel(3).filter(x -> x % 2 == 0));
        gives(List.of(1, 1, 2, 2), () -> upTo(2).parallel(2).flatMap(x -> Stream.of(x, x)));
    }

    @Test void aParallelStageIsParallel() {
        // 12 elements of 10 ms on 4 processes
        Simulation.explore(SCHEDULES, sim -> {
            upTo(12).parallel(4).map(x -> {
                Tasks.sleep(ofMillis(10));
                return x;
            }).forEach(_ -> {}).run();
            assertEquals(ofMillis(30), sim.now());
        });
    }

    @Test void anUnorderedParallelStageGivesFirstWhatIsDoneFirst() {
        Simulation.explore(SCHEDULES, _ -> assertEquals(List.of(3, 2, 1),
                Pipeline.of(3, 2, 1).parallel(3).unordered().map(x -> {
                    Tasks.sleep(ofMillis(10 * (4 - x)));
                    return x;
                }).toList().call()));
        Simulation.explore(SCHEDULES, _ -> assertEquals(List.of(1, 2, 3, 4, 5, 6),
                upTo(6).parallel(3).unordered().map(x -> x).toList().call().stream().sorted().toList()));
    }

    @Test void aParallelStageEndsWithItsSink() {
        for (boolean ordered : new boolean[]{true, false})
            Simulation.explore(SCHEDULES, _ -> {
                var idle = Channel.<Integer>buffered(4);
                for (int i = 0; i < 4; i++) idle.send(i);
                var stage = Pipeline.from(idle).parallel(3);
                assertEquals(2, (ordered ? stage : stage.unordered()).map(x -> x).take(2).toList().call().size());
            });
    }

    @Test void aFailureInAParallelStageEndsAll() {
        var failure = new IOException("x");
        for (boolean ordered : new boolean[]{true, false})
            Simulation.explore(SCHEDULES, _ -> {
                var stage = Pipeline.from(Stream.iterate(1, x -> x + 1)).parallel(3);
                Mapping<Integer, Integer> work = x -> {
                    if (x == 5) throw failure;
                    return x;
                };
                assertSame(failure, assertThrows(IOException.class,
                        (ordered ? stage : stage.unordered()).map(work).toList()::call));
            });
    }

    // Time

    @Test void batchGivesWhatItHasWhenItsTimeIsUp() {
        Simulation.explore(SCHEDULES, sim -> {
            var notes = new ArrayList<String>();
            upTo(7).map(x -> {
                Tasks.sleep(ofMillis(x == 5 ? 25 : 4));
                return x;
            }).batch(3, ofMillis(10)).forEach(b -> notes.add(b + "@" + sim.now().toMillis())).run();
            assertEquals(List.of("[1, 2, 3]@12", "[4]@26", "[5, 6, 7]@49"), notes);
        });
    }

    @Test void throttleKeepsItsDistanceAndDoesNotCatchUp() {
        Simulation.explore(SCHEDULES, sim -> {
            var notes = new ArrayList<Long>();
            upTo(6).map(x -> {
                Tasks.sleep(ofMillis(x == 4 ? 35 : 0));
                return x;
            }).throttle(2, ofMillis(20)).forEach(_ -> notes.add(sim.now().toMillis())).run();
            assertEquals(List.of(0L, 10L, 20L, 35L, 45L, 55L), notes);
        });
    }

    // The end

    @Test void backPressureReachesTheSource() {
        Simulation.explore(SCHEDULES, sim -> {
            var given = new AtomicInteger();
            var out = Channel.<Integer>rendezvous();
            var running = sim.spawn("pipeline", () -> Pipeline.from(Stream.generate(given::incrementAndGet)).buffer(2)
                    .map(x -> x).buffer(3).map(x -> x).buffer(0).to(out).run());
            sim.settle();
            // two buffers, and one element each in the hands of source, two maps and sink
            assertEquals(2 + 3 + 4, given.get());
            out.receive();
            sim.settle();
            assertEquals(2 + 3 + 5, given.get());
            out.retire();
            running.join();
        });
    }

    @Test void aSinkThatHasEnoughStopsASourceThatWaits() {
        Simulation.explore(SCHEDULES, _ -> {
            var idle = Channel.<Integer>buffered(1);
            idle.send(1);
            assertEquals(1, Pipeline.from(idle).map(x -> x).read("first", in -> in.receive()).call());
            assertThrows(ChannelPoisoned.class, () -> idle.send(2));
        });
    }

    @Test void whatAReaderLeavesIsLeft() {
        Simulation.explore(SCHEDULES, _ -> assertEquals(6, Pipeline.from(Stream.iterate(1, x -> x + 1))
                .<Integer>read("three", in -> in.stream().limit(3).mapToInt(x -> x).sum()).call()));
    }

    @Test void aStageThatDoesNotStopInTimeIsAwaited() {
        Simulation.explore(SCHEDULES, sim -> {
            var ended = new AtomicInteger();
            Pipeline.<Integer>from("stubborn", out -> Proc.named("stubborn").owningOut(out).does(() -> {
                out.send(1);
                try {
                    Tasks.sleep(ofMillis(100));
                } catch (InterruptedException stopped) {
                    Tasks.sleep(ofMillis(5));
                    ended.incrementAndGet();
                    throw stopped;
                }
            })).take(1).toList().call();
            assertEquals(1, ended.get());
            assertEquals(ofMillis(5), sim.now());
        });
    }

    @Test void aFailureWhileStoppingIsNotSwallowed() {
        var failure = new IllegalStateException("cannot close");
        Simulation.explore(SCHEDULES, _ -> assertSame(failure, assertThrows(IllegalStateException.class,
                Pipeline.from(Stream.iterate(1, x -> x + 1).onClose(() -> {
                    throw failure;
                })).take(1).toList()::call)));
    }

    @Test void aFailureIsThrownAsItIsFromEveryPlace() {
        var failure = new IOException("x");
        List<java.util.function.Function<Pipeline<Integer>, CompletePipeline<?>>> places = List.of(
                p -> p.map(_ -> {
                    throw failure;
                }).toList(), p -> p.filter(_ -> { throw failure; }).take(5).toList(),
                p -> p.map(x -> x).forEach(_ -> { throw failure; }),
                p -> p.alsoTo(q -> q.forEach(_ -> {
                    throw failure;
                })).toList(),
                p -> p.merge(Pipeline.of(1).map(_ -> { throw failure; })).toList(),
                p -> p.batch(2, Duration.ofDays(1)).map(_ -> {
                    throw failure;
                }).toList());
        for (var place : places)
            Simulation.explore(SCHEDULES, _ -> {
                var source = Pipeline.from(Stream.iterate(1, x -> x + 1));
                assertSame(failure, assertThrows(IOException.class, place.apply(source)::call));
            });
    }

    @Test void theChannelItSendsIntoHearsOfAFailure() {
        var failure = new IOException("x");
        Simulation.explore(SCHEDULES, _ -> {
            var out = Channel.<Integer>rendezvous();
            var seen = new ArrayList<Integer>();
            Proc reader = () -> { for (var x : out) seen.add(x); };
            assertSame(failure, assertThrows(IOException.class, new Par(upTo(9).map(x -> {
                if (x == 3) throw failure;
                return x;
            }).to(out), reader)::run));
            assertThrows(ChannelPoisoned.class, out::receive);
        });
    }

    @Test void theChannelItSendsIntoIsClosedAtTheEnd() throws Exception {
        var out = Channel.<Integer>unbounded();
        upTo(2).to(out).run();
        assertEquals(1, out.receive());
        assertEquals(2, out.receive());
        assertThrows(ChannelClosed.class, out::receive);
    }

    @Test void interruptingTheCallerEndsAll() {
        Simulation.explore(SCHEDULES, sim -> {
            var idle = Channel.<Integer>rendezvous();
            var outcome = new ArrayList<String>();
            var running = sim.spawn("pipeline", () -> {
                try {
                    Pipeline.from(idle).parallel(2).map(x -> x).forEach(_ -> {}).run();
                } catch (InterruptedException expected) {
                    outcome.add("interrupted");
                }
            });
            sim.settle();
            sim.interrupt(running);
            running.join();
            assertEquals(List.of("interrupted"), outcome);
        });
    }

    @Test void itMayRunAgain() throws Exception {
        var pipeline = upTo(3).map(x -> x + 1).toList();
        assertEquals(pipeline.call(), pipeline.call());
    }

    // Everywhere

    /// Where a pipeline may run.
    enum Home { PLAIN, CARRIER, BATON }

    @ParameterizedTest
    @EnumSource void itRunsOnEveryEngine(Home home) throws Exception {
        var config = EventLoop.Config.standard();
        int sum = switch (home) {
            case PLAIN -> total();
            case CARRIER -> EventLoop.run(config.engine(EventLoop.EngineChoice.CARRIER), PipelineTest::total);
            case BATON -> EventLoop.run(config.engine(EventLoop.EngineChoice.BATON), PipelineTest::total);
        };
        assertEquals(IntStream.rangeClosed(1, 1000).map(x -> 3 * x).sum(), sum);
    }

    private static int total() throws Exception {
        return upTo(1000).parallel(4).map(x -> 2 * x).merge(upTo(1000).parallel(2).unordered().map(x -> x))
                .batch(10, ofMillis(5)).flatMap(List::stream)
                .collect(Collectors.summingInt(x -> x)).call();
    }

    @Test void theReadmeListing() throws Exception {
        var log = Files.writeString(folder.resolve("log"), "INFO a\nWARN b\nINFO c\nERROR d\nWARN e\n");
        Map<String, Long> levels = Pipeline.lines(log).map(line -> line.split(" ")[0])
                .collect(Collectors.groupingBy(x -> x, Collectors.counting())).call();
        assertEquals(Map.of("INFO", 2L, "WARN", 2L, "ERROR", 1L), levels);
    }

    @Test void wrongNumbersAreErrors() {
        assertEquals("capacity must be at least 0, but was -1",
                assertThrows(IllegalArgumentException.class, () -> upTo(1).buffer(-1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> upTo(1).take(-1));
        assertThrows(IllegalArgumentException.class, () -> upTo(1).drop(-1));
        assertThrows(IllegalArgumentException.class, () -> upTo(1).batch(0, ofMillis(1)));
        assertThrows(IllegalArgumentException.class, () -> upTo(1).throttle(0, ofMillis(1)));
        assertThrows(IllegalArgumentException.class, () -> upTo(1).throttle(1, Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> upTo(1).parallel(0));
    }
}
