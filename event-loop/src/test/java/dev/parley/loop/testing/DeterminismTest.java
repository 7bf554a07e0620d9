package dev.parley.loop.testing;

import dev.parley.loop.testing.Mailbox.Mistake;
import dev.parley.loop.testing.Simulation.Config;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Same seed, same trace, in every JVM: one that has run much already, and fresh ones.
class DeterminismTest {
    private static String fingerprint() {
        return Config.STANDARD.withSpuriousWakeups(0.05).withInterrupts(0.02).withSlowness(0.1).explore(2_000, sim -> {
            var mailbox = new Mailbox<Integer>(Mistake.NONE);
            var permits = new Semaphore(1);
            for (int i = 0; i < 3; i++) {
                int me = i;
                sim.spawn("take " + i, () -> {
                    permits.acquire();
                    try {
                        mailbox.take(10 * me + sim.random(10));
                    } finally {
                        permits.release();
                    }
                });
                Thread.ofVirtual().start(() -> mailbox.put(me));
            }
        }).toString();
    }

    @Test void freshJvmsTakeTheSameDecisions() throws Exception {
        var here = fingerprint();
        assertEquals(here, fingerprint());
        assertEquals(here, child());
        assertEquals(here, child());
    }

    @Test void propertyRunsOneSchedule() throws Exception {
        var one = child("-Dparley.seed=17");
        assertTrue(one.startsWith("Exploration[schedules=1,"), one);
        assertEquals(one, child("-Dparley.seed=0x11"));
        var calm = child("-Dparley.schedule=calm");
        assertTrue(calm.startsWith("Exploration[schedules=1,") && !calm.equals(one), calm);
    }

    @Test void closedJavaLangIsToldWithTheFlag() throws Exception {
        var output = run(List.of());
        assertTrue(output.contains("cannot simulate: java.lang is not open to Parley; start Java with --add-opens"),
                output);
    }

    private static String child(String... properties) throws Exception {
        var flags = new ArrayList<>(
                List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Ddev.parley.preemption=true"));
        flags.addAll(List.of(properties));
        return run(flags);
    }

    private static String run(List<String> flags) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), DeterminismTest.class.getName()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    public static void main(String[] args) {
        System.out.println(fingerprint());
    }
}
