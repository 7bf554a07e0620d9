package dev.parley.csp.multiway;

import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.loop.Tasks;
import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// [Bucket] and [CrewLock] on many schedules.
@Timeout(60) class WaitingTogetherTest {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 300);

    // Bucket

    @Test void aFlushLetsAllGoThatAreIn() {
        Simulation.explore(SCHEDULES, sim -> {
            var bucket = new Bucket("b");
            var out = new AtomicInteger();
            for (int i = 0; i < 3; i++) sim.spawn("falls", () -> {
                bucket.fallInto();
                out.incrementAndGet();
            });
            sim.settle();
            assertEquals("Bucket \"b\" [3 in it]", bucket.toString());
            assertEquals(0, out.get());
            assertEquals(3, bucket.flush());
            sim.settle();
            assertEquals(3, out.get());
            assertEquals(0, bucket.flush());
        });
    }

    @Test void flushesCountEachWhoFellInOnce() {
        Simulation.explore(SCHEDULES, _ -> {
            var bucket = new Bucket("b");
            var flushed = new AtomicInteger();
            var out = new AtomicInteger();
            new Par(Par.times(3, _ -> () -> {
                bucket.fallInto();
                bucket.fallInto();
                out.incrementAndGet();
            }), () -> {
                while (out.get() < 3) {
                    flushed.addAndGet(bucket.flush());
                    Tasks.sleep(ofMillis(1));
                }
            }).run();
            assertEquals(6, flushed.get() + bucket.flush());
        });
    }

    @Test void whoIsInterruptedIsCountedOutOrLetGo() {
        Simulation.explore(SCHEDULES, sim -> {
            var bucket = new Bucket("b");
            var returned = new AtomicInteger();
            var kept = new AtomicInteger();
            var falls = sim.spawn("falls", () -> {
                bucket.fallInto();
                returned.incrementAndGet();
                if (Thread.interrupted()) kept.incrementAndGet();
            });
            var flushed = new AtomicInteger();
            sim.spawn("flushes", () -> flushed.addAndGet(bucket.flush()));
            sim.spawn("interrupts", () -> sim.interrupt(falls));
            sim.settle();
            if (bucket.holding() == 1) flushed.addAndGet(bucket.flush());
            sim.run();
            assertEquals(returned.get(), flushed.get());
            assertEquals(0, bucket.holding());
        });
    }

    // CREW lock

    @Test void readersAreTogetherAndWritersAlone() {
        Simulation.explore(SCHEDULES, _ -> {
            var lock = new CrewLock("l");
            var readers = new AtomicInteger();
            var writers = new AtomicInteger();
            Proc reads = () -> {
                for (int i = 0; i < 2; i++) try (var _ = lock.read()) {
                    readers.incrementAndGet();
                    assertEquals(0, writers.get());
                    Tasks.giveWay();
                    readers.decrementAndGet();
                }
            };
            Proc writes = () -> {
                for (int i = 0; i < 2; i++) try (var _ = lock.write()) {
                    assertEquals(1, writers.incrementAndGet());
                    assertEquals(0, readers.get());
                    Tasks.giveWay();
                    writers.decrementAndGet();
                }
            };
            new Par(reads, writes, reads, writes).run();
            assertEquals("CrewLock \"l\" [0 readers inside, 0 waiting]", lock.toString());
        });
    }

    @Test void readersReallyAreTogether() {
        Simulation.explore(SCHEDULES, sim -> {
            var lock = new CrewLock("l");
            new Par(Par.times(5, _ -> () -> {
                try (var _ = lock.read()) {
                    Tasks.sleep(ofMillis(10));
                }
            })).run();
            assertEquals(ofMillis(10), sim.now());
        });
    }

    @Test void firstComeFirstServed() {
        Simulation.explore(SCHEDULES, sim -> {
            var lock = new CrewLock("l");
            var order = new ArrayList<String>();
            var first = lock.read();
            for (var who : List.of("w1", "r1", "r2", "w2", "r3")) {
                sim.spawn(who, () -> {
                    try (var _ = who.startsWith("w") ? lock.write() : lock.read()) {
                        order.add(who.substring(0, 1));
                        Tasks.sleep(ofMillis(1));
                    }
                });
                sim.settle();
            }
            assertEquals("CrewLock \"l\" [1 readers inside, 5 waiting]", lock.toString());
            first.close();
            first.close();
            sim.run();
            assertEquals(List.of("w", "r", "r", "w", "r"), order);
        });
    }

    @Test void aWriterThatGivesUpLetsTheReadersBehindItIn() {
        Simulation.explore(SCHEDULES, sim -> {
            var lock = new CrewLock("l");
            var in = new AtomicInteger();
            try (var _ = lock.read()) {
                var writer = sim.spawn("writer", () -> {
                    try (var _ = lock.write()) {
                        in.addAndGet(100);
                    }
                });
                sim.settle();
                sim.spawn("reader", () -> {
                    try (var _ = lock.read()) {
                        in.incrementAndGet();
                    }
                });
                sim.settle();
                assertEquals(0, in.get());
                sim.interrupt(writer);
                sim.settle();
                assertEquals(1, in.get());
            }
        });
    }

    @Test void anInterruptedApplicantHoldsNothingOrIsIn() {
        Simulation.explore(SCHEDULES, sim -> {
            var lock = new CrewLock("l");
            var permit = lock.write();
            var waits = sim.spawn("waits", () -> {
                try (var _ = lock.write()) {
                }
            });
            sim.spawn("interrupts", () -> sim.interrupt(waits));
            sim.spawn("leaves", permit::close);
            sim.run();
            assertEquals("CrewLock \"l\" [0 readers inside, 0 waiting]", lock.toString());
            assertFalse(lock.toString().contains("writer"));
            lock.write().close();
            assertTrue(sim.now().isZero());
        });
    }
}
