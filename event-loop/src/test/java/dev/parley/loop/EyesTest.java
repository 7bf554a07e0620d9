package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.tool.Parley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"CARRIER", "BATON"}) class EyesTest {
    private final EngineChoice engine;
    private final Config config;

    EyesTest(EngineChoice engine) {
        this.engine = engine;
        config = Config.standard().engine(engine).named("seen");
    }

    @Test void aSnapshotShowsWhoWaitsForWhatAndWhere() throws Exception {
        EventLoop.run(config, () -> {
            TaskGroup.run(group -> {
                var sleeper = group.fork("sleeper", () -> Tasks.sleepForever());
                group.fork("waiter", () -> sleeper.await());
                group.fork("limited", () -> CancelScope.moveOnAfter(Duration.ofHours(1), () -> TaskGroup.run(inner -> {
                    inner.fork("deep", () -> Tasks.sleep(Duration.ofHours(2)));
                })));
                for (int i = 0; i < 10; i++) Tasks.giveWay();
                String tree;
                // The thread that called run may not have come to wait yet; and on the baton engine a task hands the baton on
                // before its thread parks, and counts as ready for that moment.
                do {
                    Tasks.giveWay();
                    tree = EventLoop.current().snapshot().render();
                } while (!tree.contains("awaited by thread") || tree.contains(": ready"));
                assertEquals(
                        """
                                seen (%s)
                                └─ main: running at EyesTest.java:N, awaited by thread main
                                   └─ group fail-fast
                                      ├─ sleeper: waiting for ever at EyesTest.java:N, awaited by waiter
                                      ├─ waiter: waiting for Task[sleeper, running] at EyesTest.java:N
                                      └─ limited: waiting for TaskGroup[of task "limited", fail-fast, 1 of 1 tasks running] at EyesTest.java:N
                                         └─ scope limited to PT1H
                                            └─ group fail-fast
                                               └─ deep: waiting for its time at EyesTest.java:N
                                """
                                .formatted(engine.name().toLowerCase(java.util.Locale.ROOT)),
                        tree.replaceAll("EyesTest.java:[0-9]+", "EyesTest.java:N"));
                group.cancel("seen enough");
            });
        });
    }

    @Test void metricsCount() throws Exception {
        try (var loop = EventLoop.open(config.onUnhandled((task, failure) -> {}))) {
            loop.call(() -> 1);
            var failing = loop.spawn(() -> {
                throw new IOException("x");
            });
            var endless = loop.spawn(() -> Tasks.sleepForever());
            loop.after(Duration.ofHours(1), () -> {});
            Until.holds("it has failed", failing::isDone);
            Until.holds("all have begun", () -> loop.metrics().started() == 3);
            var metrics = loop.metrics();
            assertEquals(1, metrics.succeeded());
            assertEquals(1, metrics.failed());
            assertEquals(1, metrics.running());
            assertEquals(1, metrics.timers());
            assertTrue(metrics.slices() >= 3, metrics.toString());
            endless.cancel("enough");
            Until.holds("it was cancelled", () -> loop.metrics().cancelled() == 1);
            Until.holds("it was reported", () -> loop.metrics().unhandled() == 1);
        }
    }

    @Test void observersAreToldAndMayThrow() throws Exception {
        var seen = Collections.synchronizedList(new ArrayList<String>());
        var watching = new LoopObserver() {
            @Override public void started(Task<?> task) { seen.add("started " + task.name()); }

            @Override public void ended(Task<?> task, Outcome<?> how) { seen.add("ended " + task.name() + " " + how); }
        };
        var broken = new LoopObserver() {
            @Override public void started(Task<?> task) { throw new IllegalStateException("broken observer"); }
        };
        assertEquals(7, EventLoop.run(config.observer(broken).observer(watching), () -> 7));
        assertEquals(List.of("started main", "ended main Succeeded[value=7]"), seen);
    }

    @Test void theWatchdogNamesTheCulprit() throws Exception {
        var told = new CountDownLatch(1);
        var stall = new AtomicReference<LoopObserver.Stall>();
        var observer = new LoopObserver() {
            @Override public void stalled(Stall what) {
                if (!"hog".equals(what.task())) return; // a slow machine may stall others
                stall.set(what);
                // on a busy machine something else may have stood still for so long before
                if (what.toString().contains("hogUntil")) told.countDown();
            }
        };
        try (var loop = EventLoop.open(config.observer(observer).stallAfter(Duration.ofMillis(20)))) {
            loop.call(() -> loop.spawn("hog", () -> hogUntil(told)));
            assertTrue(told.await(30, TimeUnit.SECONDS), "the stall went unnoticed");
            var text = String.valueOf(stall.get());
            assertTrue(text.contains("task \"hog\"") && text.contains("hogUntil"), text);
            assertTrue(loop.metrics().stalls() >= 1);
        }
    }

    /// Each carrier of a group is watched for itself: that others go on does not hide the one that does not.
    @Test void theWatchdogSeesOneCarrierOfAGroup() throws Exception {
        assumeTrue(engine == EngineChoice.CARRIER);
        var told = new CountDownLatch(1);
        var stall = new AtomicReference<LoopObserver.Stall>();
        var observer = new LoopObserver() {
            @Override public void stalled(Stall what) {
                if (!"hog".equals(what.task())) return;
                stall.set(what);
                if (what.toString().contains("hogUntil")) told.countDown();
            }
        };
        var group = config.carriers(3).observer(observer).stallAfter(Duration.ofMillis(20));
        try (var loop = EventLoop.open(group)) {
            loop.spawn("lively", () -> {
                while (told.getCount() > 0) Tasks.giveWay();
            });
            loop.spawn("hog", () -> hogUntil(told));
            assertTrue(told.await(30, TimeUnit.SECONDS), "the stall of one carrier went unnoticed");
            assertTrue(String.valueOf(stall.get()).contains("task \"hog\""), String.valueOf(stall.get()));
        }
    }

    /// Lets go in the end, so that a test that is told of nothing fails and does not hang.
    private static void hogUntil(CountDownLatch told) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (told.getCount() > 0 && System.nanoTime() - giveUp < 0) Thread.onSpinWait();
    }

    @Test void aRestingLoopIsNoStall() throws Exception {
        var stalls = Collections.synchronizedList(new ArrayList<LoopObserver.Stall>());
        var observer = new LoopObserver() {
            @Override public void stalled(Stall what) { stalls.add(what); }
        };
        try (var loop = EventLoop.open(config.observer(observer).stallAfter(Duration.ofMillis(250)))) {
            loop.call(() -> Tasks.sleep(Duration.ofMillis(600)));
        }
        assertEquals(List.of(), stalls);
    }

    @Test void theFlightRecorderSeesTasksAndStalls(@TempDir Path folder) throws Exception {
        var file = folder.resolve("recording.jfr");
        String loopName;
        try (var recording = new Recording()) {
            recording.enable("dev.parley.Task");
            recording.enable("dev.parley.Stall");
            recording.enable("dev.parley.Slice").withThreshold(Duration.ZERO);
            recording.start();
            var told = new CountDownLatch(1);
            var observer = new LoopObserver() {
                @Override public void stalled(Stall what) { told.countDown(); }
            };
            try (var loop = EventLoop.open(config.observer(observer).stallAfter(Duration.ofMillis(10)))) {
                loopName = loop.name();
                loop.call(() -> loop.spawn("recorded", () -> hogUntil(told)).await());
            }
            recording.stop();
            recording.dump(file);
        }
        var events = RecordingFile.readAllEvents(file);
        assertTrue(events.stream().anyMatch(event -> event.getEventType().getName().equals("dev.parley.Task")
                && event.getString("task").equals("recorded") && event.getString("outcome").equals("Succeeded")),
                events.toString());
        assertTrue(events.stream().anyMatch(event -> event.getEventType().getName().equals("dev.parley.Stall")
                && "recorded".equals(event.getString("task"))), events.toString());
        assertTrue(events.stream().anyMatch(event -> event.getEventType().getName().equals("dev.parley.Slice")
                && loopName.equals(event.getString("loop"))), events.toString());
        assertTrue(Files.size(file) > 0);
    }

    /// A program whose main task waits until it is cancelled, and takes a moment to clean up.
    public static final class Serving {
        private Serving() {}

        public static void main(String[] arguments) throws Exception {
            var config = Config.standard().engine(EngineChoice.valueOf(arguments[0])).named("serving");
            EventLoop.run(config, () -> {
                try {
                    System.out.println("ready");
                    Tasks.sleepForever();
                } finally {
                    var why = Task.current().cancellation();
                    CancelScope.shielded(() -> Tasks.sleep(Duration.ofMillis(50)));
                    System.out.println("cleaned up: " + (why == null ? "" : why.reason()));
                }
            });
        }
    }

    private Process serving() throws IOException {
        var process = FreshJvm.start(Serving.class, List.of(engine.name()), FreshJvm.OPEN);
        var line = new StringBuilder();
        while (!line.toString().endsWith("ready\n")) {
            int next = process.getInputStream().read();
            assertTrue(next >= 0, line.toString());
            line.append((char) next);
        }
        return process;
    }

    @Test void termAndIntCancelTheMainTaskAndWaitForIt() throws Exception {
        for (String signal : List.of("-TERM", "-INT")) {
            var process = serving();
            new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
            var result = FreshJvm.resultOf(process);
            assertTrue(result.output().contains("cleaned up: the JVM is told to end"), result.toString());
        }
    }

    @Test void theCommandShowsTheLoopsOfAnotherJvm() throws Exception {
        var process = serving();
        try {
            String pid = Long.toString(process.pid());
            String kind = engine.name().toLowerCase(java.util.Locale.ROOT);
            var ps = FreshJvm.resultOf(FreshJvm.start(Parley.class, List.of("ps", pid)));
            assertTrue(ps.output().contains("serving  " + kind + "  1 tasks"), ps.toString());
            var tree = FreshJvm.resultOf(FreshJvm.start(Parley.class, List.of("tree", pid), "-Dstdout.encoding=UTF-8"));
            assertTrue(tree.output().contains("└─ main: waiting for ever at EyesTest.java:"), tree.toString());
            var plain = FreshJvm
                    .resultOf(FreshJvm.start(Parley.class, List.of("tree", pid), "-Dstdout.encoding=US-ASCII"));
            assertTrue(plain.output().contains("`- main: waiting for ever at EyesTest.java:"), plain.toString());
        } finally {
            process.destroy();
            process.waitFor();
        }
        var wrong = FreshJvm.resultOf(FreshJvm.start(Parley.class, List.of("tree")));
        assertEquals(2, wrong.exit());
        assertTrue(wrong.output().contains("usage: parley ps PID"), wrong.toString());
    }
}
