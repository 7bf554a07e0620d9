package dev.parley.loop.internal;

import dev.parley.loop.EventLoop;
import dev.parley.loop.FreshJvm;
import dev.parley.loop.Until;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Where processes go that are started outside of loops, as Par of csp-core starts them.
@Timeout(60) class SharedGroupTest {
    /// Prints the carriers of threads that are started by a platform thread, by a virtual one, by one of the group, and in a loop.
    public static final class Carriers {
        private Carriers() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println("platform: " + started().replaceAll("[0-9]+$", "N"));
            Thread.startVirtualThread(() -> System.out.println("virtual: " + started().replaceAll("[0-9]+$", "N")))
                    .join();
            var inner = new CompletableFuture<String>();
            Waiting.current().start("outer", () -> inner.complete(started().replaceAll("[0-9]+$", "N")));
            System.out.println("inside: " + inner.get());
            if (JdkInternals.missing() == null)
                try (var loop = EventLoop.open(EventLoop.Config.standard().named("own"))) {
                    System.out.println("loop: " + loop.call(() -> {
                        var carrier = new CompletableFuture<String>();
                        Waiting.current().start("child", () -> carrier.complete(carrier()));
                        return carrier.get();
                    }));
                }
        }

        private static String started() {
            var carrier = new CompletableFuture<String>();
            Waiting.current().start("child", () -> carrier.complete(carrier()));
            return carrier.join();
        }

        private static String carrier() {
            String text = Thread.currentThread().toString();
            return text.substring(text.lastIndexOf('@') + 1);
        }
    }

    private static String output(String... options) throws Exception {
        var result = FreshJvm.run(Carriers.class, options); // ends, as the group's threads are daemons
        assertEquals(0, result.exit(), result.output());
        return result.output();
    }

    @Test void processesOutsideOfLoopsRunOnTheGroup() throws Exception {
        String output = output(FreshJvm.OPEN, "-Ddev.parley.carriers=3");
        for (String line : new String[]{"platform: parley-N", "virtual: parley-N", "inside: parley-N", "loop: own"})
            assertTrue(output.contains(line), output);
        assertEquals(2,
                output.split("processes outside of loops run on a group of 3 carriers, as java.lang is open to it; "
                        + "the JDK's scheduler is to be had by -Ddev.parley.carriers=0", -1).length,
                output);
    }

    @Test void withoutTheFlagTheyRunOnTheSchedulerOfTheJdk() throws Exception {
        String output = output();
        assertTrue(output.contains("platform: ForkJoinPool-1-worker-N"), output);
        assertTrue(
                output.contains("processes outside of loops run on the JDK's scheduler, since java.lang is not open to "
                        + "Parley; start Java with --add-opens java.base/java.lang=ALL-UNNAMED"),
                output);
    }

    @Test void thePropertyTurnsTheGroupOff() throws Exception {
        String output = output(FreshJvm.OPEN, "-Ddev.parley.carriers=0");
        assertTrue(output.contains("platform: ForkJoinPool-1-worker-N"), output);
        assertTrue(output.contains("since -Ddev.parley.carriers=0 says so"), output);
    }

    @Test void aWrongPropertyIsToldAndTakenForTheNumberOfProcessors() throws Exception {
        String output = output(FreshJvm.OPEN, "-Ddev.parley.carriers=many", "-XX:ActiveProcessorCount=3");
        assertTrue(output.contains("dev.parley.carriers must be a number from 0 to 64, but is \"many\""), output);
        assertTrue(output.contains("group of 3 carriers"), output);
    }

    /// Ends when all threads of the group wait without a limit of time, so that nothing but work wakes them.
    public static final class Idle {
        private Idle() {}

        public static void main(String[] arguments) throws Exception {
            var done = new CompletableFuture<Void>();
            Waiting.current().start("once", () -> done.complete(null));
            done.get();
            // twice, as one that was seen at rest may have been woken by one that was seen later
            Until.holds("the group is idle", () -> IntStream.range(0, 2).allMatch(_ -> allWait()));
            System.out.println("idle");
        }

        private static boolean allWait() {
            var group = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("parley")).toList();
            return !group.isEmpty() && group.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
        }
    }

    @Test void anIdleGroupTakesNoCpu() throws Exception {
        assertTrue(output(FreshJvm.OPEN).contains("group of"), "there is a group");
        var result = FreshJvm.run(Idle.class, FreshJvm.OPEN);
        assertTrue(result.output().contains("idle"), result.output());
    }
}
