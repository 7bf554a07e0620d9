package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.loop.Tasks;
import dev.parley.loop.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60) class ProgressTest {
    private static Pipeline<Integer> slow(int n) {
        return Pipeline.from(IntStream.rangeClosed(1, n).boxed().toList()).named("numbers").map(x -> {
            Tasks.sleep(ofMillis(100));
            if (x % 5 == 0) throw new IllegalStateException();
            return x;
        }, OnError.skip()).named("work");
    }

    @Test void aRunningPipelineCanBeRead() {
        Simulation.explore(20, sim -> {
            var pipeline = slow(100).buffer(4).forEach(_ -> {});
            assertEquals(new Progress(Duration.ZERO, List.of()), pipeline.progress());
            var running = sim.spawn("pipeline", pipeline::run);
            sim.advance(ofMillis(1050));
            var first = pipeline.progress();
            assertEquals(ofMillis(1050), first.elapsed());
            assertEquals("1.1 s: numbers 27 (26/s) > work 8 (2 failed, 7.6/s) > forEach 8 (7.6/s)", first.toString());
            assertEquals(List.of(0, 16, 0), first.stages().stream().map(Progress.Stage::waiting).toList());
            sim.advance(ofSeconds(2));
            var later = pipeline.progress().since(first);
            assertEquals("3.1 s: numbers 47 (10/s) > work 24 (6 failed, 8.0/s) > forEach 24 (8.0/s)",
                    later.toString());
            running.join();
            assertEquals(80, pipeline.progress().stages().getLast().done());
        });
    }

    @Test void itIsShownAtIntervalsAndAtTheEnd() {
        Simulation.explore(20, sim -> {
            var lines = new ArrayList<String>();
            slow(25).forEach(_ -> {}).showing(ofSeconds(1), progress -> lines.add(progress.toString())).run();
            assertEquals(3, lines.size());
            assertEquals("2.5 s: numbers 25 (10/s) > work 20 (5 failed, 8.0/s) > forEach 20 (8.0/s)", lines.getLast());
            assertEquals(ofMillis(2500), sim.now());
        });
    }

    @Test void whatShowingThrowsEndsThePipeline() {
        var failure = new IllegalStateException("no terminal");
        Simulation.explore(20, _ -> {
            var idle = Channel.<Integer>rendezvous();
            assertEquals(failure, assertThrows(IllegalStateException.class, Pipeline.from(idle).forEach(_ -> {})
                    .showing(ofSeconds(1), _ -> {
                        throw failure;
                    })::run));
        });
    }

    @Test void aPipelineSaysWhatItIs() {
        assertEquals("Pipeline \"scores\" [0.0 s: ]", slow(1).forEach(_ -> {}).named("scores").toString());
        assertThrows(IllegalArgumentException.class,
                () -> slow(1).forEach(_ -> {}).showing(Duration.ZERO, _ -> {}));
    }
}
