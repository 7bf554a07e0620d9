package dev.parley.loop.testing;

import dev.parley.loop.waiting.Preemption;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Monitors are woken by a thread of the VM, from outside; no run may be failed, or hang, for that.
class MonitorsTest {
    @Test void contendedMonitorIsNoDeadlock() {
        Simulation.explore(300, sim -> {
            var lock = new Object();
            var count = new int[1];
            for (var name : List.of("a", "b", "c"))
                sim.spawn(name, () -> {
                    synchronized (lock) {
                        int before = count[0];
                        Preemption.point();
                        count[0] = before + 1;
                    }
                });
            sim.run();
            assertEquals(3, count[0]);
        });
    }

    @Test void notifiedThreadComesBack() {
        Simulation.explore(300, sim -> {
            var lock = new Object();
            var set = new boolean[1];
            var waiter = sim.spawn("waiter", () -> {
                synchronized (lock) {
                    while (!set[0])
                        lock.wait();
                }
            });
            sim.spawn("notifier", () -> {
                synchronized (lock) {
                    set[0] = true;
                    lock.notifyAll();
                    Preemption.point();
                }
            });
            waiter.join();
        });
    }

    @Test void deadlockOfMonitorsIsReported() {
        var config = Simulation.Config.STANDARD.withStall(java.time.Duration.ofSeconds(2));
        var failure = assertThrows(SimulationFailure.class, () -> config.explore(50, sim -> {
            var left = new Object();
            var right = new Object();
            sim.spawn("left first", () -> both(left, right));
            sim.spawn("right first", () -> both(right, left));
        }));
        var report = failure.getMessage();
        assertTrue(report.contains("left first  waits for a monitor at MonitorsTest.both"), report);
        assertTrue(report.contains("right first  waits for a monitor at MonitorsTest.both"), report);
    }

    private static void both(Object first, Object second) {
        synchronized (first) {
            Preemption.point();
            synchronized (second) {
                Preemption.point();
            }
        }
    }
}
