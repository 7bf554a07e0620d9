package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Whoever uses something wrongly is told at once: which object, which rule, and what to do instead.
@Timeout(30)
@ParameterizedClass
@EnumSource(names = {"CARRIER", "BATON"}) class BadUseTest {
    private final Config config;

    BadUseTest(EngineChoice engine) {
        config = Config.standard().engine(engine).named("mill");
    }

    private static <X extends Exception> void tells(Class<X> type, Executable use, String object, String rule,
            String remedy) {
        String message = String.valueOf(assertThrows(type, use).getMessage());
        for (String part : List.of(object, rule, remedy)) assertTrue(message.contains(part), message);
    }

    @Test void enteringAClosedGroup() throws Exception {
        EventLoop.run(config, () -> {
            var group = TaskGroup.open();
            group.close();
            tells(IllegalStateException.class, () -> group.fork(() -> 1), "TaskGroup[",
                    "is closed and takes no more tasks",
                    "fork before it is closed, or open another");
        });
    }

    @Test void enteringAClosedLoop() {
        var loop = EventLoop.open(config);
        loop.close();
        tells(IllegalStateException.class, () -> loop.spawn(() -> 1), "EventLoop[mill", "is closed", "open another");
        tells(RejectedExecutionException.class, () -> loop.execute(() -> {}), "EventLoop[mill", "is closed",
                "open another");
        tells(IllegalStateException.class, () -> loop.after(Duration.ZERO, () -> {}), "EventLoop[mill", "is closed",
                "open another");
    }

    @Test void runInsideARun() throws Exception {
        EventLoop.run(config, () -> tells(IllegalStateException.class, () -> EventLoop.run(() -> 1),
                "task \"main\" of EventLoop[mill", "would stand still", "call the code directly, or fork it"));
    }

    @Test void callingOrClosingALoopFromItself() throws Exception {
        EventLoop.run(config, () -> {
            var loop = EventLoop.current();
            tells(IllegalStateException.class, () -> loop.call(() -> 1), "EventLoop[mill",
                    "for whose end it would wait",
                    "spawn the task and await it");
            tells(IllegalStateException.class, loop::close, "EventLoop[mill", "for whose end it would wait",
                    "close it where it was opened");
        });
    }

    @Test void negativeNumbers() {
        tells(IllegalArgumentException.class, () -> new Limiter(-1), "capacity of a limiter", "at least 1, but was -1",
                "do not enter it");
        tells(IllegalArgumentException.class, () -> CancelScope.moveOnAfter(Duration.ofMillis(-1), () -> 1),
                "time limit",
                "cannot be negative, but was PT-0.001S", "use cancel");
        tells(IllegalArgumentException.class, () -> config.carriers(0), "a loop has 1 to 64 carriers",
                "was asked for 0",
                "with 1 its tasks take turns");
    }

    @Test void closingOutOfOrder() throws Exception {
        EventLoop.run(config, () -> {
            var outer = TaskGroup.open();
            var inner = TaskGroup.open(TaskGroup.Policy.COLLECT);
            tells(IllegalStateException.class, outer::close, "TaskGroup[", "is closed before TaskGroup[",
                    "close in the opposite order of opening");
            inner.close();
            outer.close();
        });
    }

    @Test void closingOrJoiningTheGroupOfAnother() throws Exception {
        EventLoop.run(config, () -> {
            try (var group = TaskGroup.open()) {
                group.fork(() -> tells(IllegalStateException.class, group::join, "TaskGroup[",
                        "can only be joined by the task that opened it", "Task.await"));
                group.join();
            }
        });
    }

    @Test void awaitingItself() throws Exception {
        EventLoop.run(config, () -> tells(IllegalStateException.class, () -> Task.current().await(), "task \"main\"",
                "waits for its own end", "wait for it in another task"));
    }

    @Test void askingForWhatIsNotThereYet() throws Exception {
        EventLoop.run(config, () -> {
            var task = EventLoop.current().spawn("slow", () -> Tasks.sleep(Duration.ofMillis(1)));
            tells(IllegalStateException.class, task::result, "task \"slow\"", "has not ended", "wait with await()");
            task.await();
        });
    }
}
