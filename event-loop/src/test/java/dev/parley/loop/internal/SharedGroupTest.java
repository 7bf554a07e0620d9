package dev.parley.loop.internal;

import dev.parley.loop.EventLoop;
import dev.parley.loop.FreshJvm;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
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

    /// Prints the milliseconds of CPU that a JVM takes in a second in which the group has nothing to run: the least of some, as
    /// the JVM compiles meanwhile what ran before.
    public static final class Idle {
        private Idle() {}

        public static void main(String[] arguments) throws Exception {
            var done = new CompletableFuture<Void>();
            Waiting.current().start("once", () -> done.complete(null));
            done.get();
            var beans = java.lang.management.ManagementFactory.getPlatformMBeanServer();
            var system = new javax.management.ObjectName("java.lang:type=OperatingSystem");
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long before = (Long) beans.getAttribute(system, "ProcessCpuTime");
                Thread.sleep(Duration.ofSeconds(1)); // what is measured
                least = Math.min(least, (Long) beans.getAttribute(system, "ProcessCpuTime") - before);
            }
            System.out.println("idle " + least / 1_000_000);
        }
    }

    @Tag("slow")
    @Test void anIdleGroupCostsNoCpu() throws Exception {
        var result = FreshJvm.run(Idle.class, FreshJvm.OPEN);
        var line = result.output().lines().filter(each -> each.startsWith("idle ")).findFirst().orElseThrow();
        assertTrue(Integer.parseInt(line.substring(5)) < 20, result.output());
    }
}
