package dev.parley.loop.testing;

import dev.parley.loop.testing.Simulation.Body;
import dev.parley.loop.testing.Simulation.Exploration;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.function.Supplier;

/// Measures schedules per second, on one core. With compiled tests, and the class path of the test run in `$CP`:
///
/// ```
/// java -XX:+UseSerialGC --add-opens java.base/java.lang=ALL-UNNAMED -Ddev.parley.preemption=true -cp $CP \
///     dev.parley.loop.testing.SimulationSpeed
/// ```
final class SimulationSpeed {
    private static final int SCHEDULES = 400_000;

    private SimulationSpeed() {}

    /// Two threads that wake each other four times, and park until then.
    private static final class PingPong {
        private int turn;
        private final Thread[] threads = new Thread[2];

        void play(int me) {
            var waiting = Waiting.current();
            threads[me] = Thread.currentThread();
            for (int i = 0; i < 4; i++) {
                while (turn != me)
                    waiting.park(this);
                turn = 1 - me;
                if (threads[turn] != null) waiting.unpark(threads[turn]);
            }
        }
    }

    public static void main(String[] args) {
        Body parks = sim -> {
            var game = new PingPong();
            sim.spawn("a", () -> game.play(0));
            sim.spawn("b", () -> game.play(1));
        };
        Body mailbox = sim -> {
            var box = new Mailbox<Integer>(Mailbox.Mistake.NONE);
            sim.spawn("put", () -> box.put(1));
            sim.spawn("take", () -> sim.record("take", () -> box.take()));
        };
        Body crowd = sim -> {
            var box = new Mailbox<Integer>(Mailbox.Mistake.NONE);
            for (int i = 0; i < 2; i++) {
                sim.spawn("put", () -> box.put(1));
                sim.spawn("take", () -> sim.record("take", () -> box.take()));
            }
        };
        Body alone = sim -> {};
        for (int round = 0; round < 4; round++) {
            report("body alone", () -> Simulation.explore(SCHEDULES, alone));
            report("2 threads, 8 hand-overs", () -> Simulation.explore(SCHEDULES, parks));
            report("mailbox, preempted", () -> Simulation.explore(SCHEDULES, mailbox));
            report("2 put, 2 take, all schedules", () -> Simulation.exhaust(SCHEDULES, crowd));
        }
    }

    private static void report(String name, Supplier<Exploration> run) {
        long start = System.nanoTime();
        var cpu = cpu();
        var done = run.get();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = cpu().minus(cpu).toNanos() / 1e9;
        System.out.printf("%-28s %,10.0f schedules/s %,11.0f steps/s; %,10.0f schedules per second of CPU  %s%n", name,
                done.schedules() / seconds, done.steps() / seconds, done.schedules() / cpuSeconds, done);
    }

    /// Of the whole process, compiler and collector included; a busy machine does not change it much.
    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
