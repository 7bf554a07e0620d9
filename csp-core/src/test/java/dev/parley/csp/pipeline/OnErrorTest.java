package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Par;
import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60) class OnErrorTest {
    private static final Pipeline<String> INPUT = Pipeline.of("1", "x", "3", "y");

    @Test void skipDropsWhatFailed() throws Exception {
        assertEquals(List.of(1, 3), INPUT.map(Integer::parseInt, OnError.skip()).toList().call());
        assertEquals(List.of("1", "3"), INPUT.filter(s -> Integer.parseInt(s) > 0, OnError.skip()).toList().call());
        assertEquals(List.of(1, 1, 3, 3), INPUT.flatMap(s -> Stream.of(Integer.parseInt(s), Integer.parseInt(s)),
                OnError.skip()).toList().call());
    }

    @Test void replaceGivesSomethingInstead() throws Exception {
        assertEquals(List.of(1, -1, 3, -1),
                INPUT.map(Integer::parseInt, OnError.replace(failed -> -failed.element().length())).toList().call());
        assertEquals(List.of(1, -1, 3, -1), INPUT.parallel(3)
                .map(Integer::parseInt, OnError.replace(failed -> -failed.element().length())).toList().call());
    }

    @Test void failIsWhatHappensAnyway() {
        assertThrows(NumberFormatException.class, INPUT.map(Integer::parseInt, OnError.fail()).toList()::call);
        assertThrows(NumberFormatException.class, INPUT.map(Integer::parseInt).toList()::call);
    }

    @Test void skipToTellsAnotherAndClosesItsEnd() {
        Simulation.explore(40, _ -> {
            var errors = Channel.<Failed<String>>rendezvous("errors");
            var seen = new ArrayList<String>();
            var good = new ArrayList<Integer>();
            new Par(INPUT.map(Integer::parseInt, OnError.skipTo(errors)).forEach(good::add),
                    () -> {
                        for (var failed : errors) seen.add(failed.element());
                    }).run();
            assertEquals(List.of(1, 3), good);
            assertEquals(List.of("x", "y"), seen);
        });
    }

    @Test void twoStagesShareASideChannelByCountedEnds() {
        Simulation.explore(40, _ -> {
            var errors = Channel.<Failed<String>>rendezvous("errors");
            var seen = new ArrayList<String>();
            var good = new ArrayList<String>();
            var pipeline = INPUT.parallel(2).map(s -> "" + Integer.parseInt(s), OnError.skipTo(errors.sender()))
                    .map(s -> "" + 3 / (Integer.parseInt(s) - 1), OnError.skipTo(errors.sender()))
                    .forEach(good::add);
            new Par(pipeline, () -> { for (var failed : errors) seen.add(failed.element()); }).run();
            assertEquals(List.of("1"), good);
            assertEquals(List.of("1", "x", "y"), seen.stream().sorted().toList());
            assertThrows(ChannelClosed.class, errors::receive);
        });
    }

    @Test void theSideChannelHearsOfAFailureElsewhere() {
        var failure = new IOException("x");
        Simulation.explore(40, _ -> {
            var errors = Channel.<Failed<String>>rendezvous("errors");
            var thrown = assertThrows(IOException.class, new Par(
                    INPUT.map(Integer::parseInt, OnError.skipTo(errors)).forEach(_ -> {
                        throw failure;
                    }),
                    () -> { for (var _ : errors) {} })::run);
            assertEquals(failure, thrown);
        });
    }

    @Test void retryTriesAgainAfterAPause() {
        Simulation.explore(10, sim -> {
            var tries = new AtomicInteger();
            assertEquals(List.of("ok"), Pipeline.of("job").map(_ -> {
                if (tries.incrementAndGet() < 3) throw new IOException("not yet");
                return "ok";
            }, OnError.retry(5, ofMillis(10))).toList().call());
            assertEquals(3, tries.get());
            assertEquals(ofMillis(20), sim.now());
        });
    }

    @Test void whenRetryDoesNotHelpTheOtherwiseDecides() {
        Simulation.explore(10, _ -> {
            var tries = new AtomicInteger();
            Mapping<String, String> hopeless = _ -> { throw new IOException("try " + tries.incrementAndGet()); };
            assertEquals("try 3", assertThrows(IOException.class,
                    Pipeline.of("job").map(hopeless, OnError.retry(2, ofMillis(1))).toList()::call).getMessage());
            assertEquals(List.of("job: try 6"), Pipeline.of("job").map(hopeless, OnError.retry(2, ofMillis(1),
                    OnError.replace(failed -> failed.element() + ": " + failed.failure().getMessage()))).toList()
                    .call());
        });
        assertThrows(IllegalArgumentException.class, () -> OnError.retry(0, Duration.ZERO));
    }

    @Test void aCancellationIsNoFailureOfTheElement() {
        var tries = new AtomicInteger();
        assertThrows(CancellationException.class, Pipeline.of("job").map(_ -> {
            tries.incrementAndGet();
            throw new CancellationException();
        }, OnError.retry(5, Duration.ZERO, OnError.skip())).toList()::call);
        assertEquals(1, tries.get());
    }

    @Test void anErrorIsNotSkipped() {
        assertThrows(StackOverflowError.class,
                Pipeline.of("job").map(_ -> { throw new StackOverflowError(); }, OnError.skip()).toList()::call);
    }
}
