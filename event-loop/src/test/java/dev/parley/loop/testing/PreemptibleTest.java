package dev.parley.loop.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Code without any preemption point of ours, given some.
class PreemptibleTest {
    private static final Preemptible ALONE = Preemptible.of();

    private static Simulation.Body copy(Class<? extends Simulation.Body> type) {
        return ALONE.make(Simulation.Body.class, type);
    }

    private static void fails(Class<? extends Simulation.Body> type) throws Exception {
        // as it is, each thread runs to its end at once
        Simulation.explore(200, type.getConstructor().newInstance());
        var body = copy(type);
        assertThrows(SimulationFailure.class, () -> Simulation.explore(200, body));
    }

    /// Adds without care to a volatile field.
    public static class VolatileCount implements Simulation.Body {
        private static class Base {
            volatile int count;
        }

        private static final class Derived extends Base {}

        @SuppressWarnings("NonAtomicVolatileUpdate") // that is what is to be found
        @Override public void run(Simulation sim) {
            var counter = new Derived();
            for (int i = 0; i < 2; i++) sim.spawn("p" + i, () -> counter.count++);
            sim.run();
            assertEquals(2, counter.count);
        }
    }

    @Test void aLostUpdateOfAVolatileFieldIsFound() throws Exception {
        fails(VolatileCount.class);
    }

    /// Looks before it leaps, in a class of `java.util.concurrent`.
    public static class CheckThenAct implements Simulation.Body {
        @Override public void run(Simulation sim) {
            var made = new AtomicInteger();
            var map = new ConcurrentHashMap<String, Integer>();
            for (int i = 0; i < 2; i++) sim.spawn("p" + i, () -> {
                if (!map.containsKey("key")) map.put("key", made.incrementAndGet());
            });
            sim.run();
            assertEquals(1, made.get());
        }
    }

    @Test void checkThenActIsFound() throws Exception {
        fails(CheckThenAct.class);
    }

    /// Unparks before it says why.
    public static class EarlyUnpark implements Simulation.Body {
        private volatile boolean said;

        @Override public void run(Simulation sim) {
            said = false;
            var waits = sim.spawn("waits", () -> {
                LockSupport.park();
                assertTrue(said);
            });
            sim.spawn("says", () -> {
                LockSupport.unpark(waits);
                said = true;
            });
            sim.run();
        }
    }

    @Test void whatHappensBetweenAnUnparkAndTheNextStepIsFound() throws Exception {
        fails(EarlyUnpark.class);
    }

    /// Waits for hours.
    public static class Patient implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            long start = System.nanoTime();
            long startMillis = System.currentTimeMillis();
            LockSupport.parkNanos(Duration.ofHours(1).toNanos());
            LockSupport.parkNanos(this, Duration.ofHours(1).toNanos());
            Thread.sleep(Duration.ofHours(1).toMillis()); // in virtual time, as all of this copy
            Thread.sleep(Duration.ofHours(1));
            LockSupport.parkUntil(System.currentTimeMillis() + Duration.ofHours(1).toMillis());
            LockSupport.parkUntil(this, System.currentTimeMillis() + Duration.ofHours(1).toMillis());
            assertEquals(Duration.ofHours(6), Duration.ofNanos(System.nanoTime() - start));
            assertEquals(Duration.ofHours(6).toMillis(), System.currentTimeMillis() - startMillis);
            assertEquals(Duration.ofHours(6), sim.now());
            Thread.sleep(Duration.ofNanos(1));
            assertEquals(Duration.ofHours(6).plusNanos(1), sim.now());
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> Thread.sleep(1));
            assertEquals(1, Runtime.getRuntime().availableProcessors());
        }
    }

    @Test void timeIsVirtual() {
        var body = copy(Patient.class);
        assertTrue(Simulation.explore(1, body).steps() > 0);
    }

    /// Spins until another thread has come.
    public static class Spinning implements Simulation.Body {
        private volatile boolean there;

        @Override public void run(Simulation sim) {
            there = false;
            sim.spawn("comes", () -> there = true);
            while (!there) Thread.onSpinWait();
        }
    }

    @Test void whoSpinsGivesWay() {
        Simulation.explore(100, copy(Spinning.class));
    }

    /// Uses a class of the JDK.
    public static class Deques implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            var deque = new ConcurrentLinkedDeque<>(List.of("a", "b"));
            var taken = new ArrayList<String>();
            for (int i = 0; i < 2; i++) sim.spawn("p" + i, () -> taken.add(deque.pollFirst()));
            sim.run();
            assertEquals(2, taken.stream().distinct().count());
            sim.record(deque.getClass().getName(), () -> {});
            assertTrue(deque.isEmpty());
        }
    }

    @Test void classesOfTheJdkAreCopiedUnderAnotherName() {
        var made = Preemptible.of("java.util.concurrent.ConcurrentLinkedDeque").make(Simulation.Body.class,
                Deques.class);
        var names = new ArrayList<String>();
        long switching = Simulation.explore(100, sim -> {
            made.run(sim);
            names.add(sim.history().getFirst().name());
        }).steps();
        assertEquals("preemptible.java.util.concurrent.ConcurrentLinkedDeque", names.getLast());
        assertTrue(switching > Simulation.explore(100, copy(Deques.class)).steps());
    }

    @Test void theSameSeedDoesTheSameInEveryCopy() {
        assertEquals(Simulation.explore(50, copy(Deques.class)), Simulation.explore(50, copy(Deques.class)));
    }

    @Test void theClassItselfStaysAsItIs() {
        assertNotSame(Deques.class, copy(Deques.class).getClass());
        assertSame(Simulation.Body.class, copy(Deques.class).getClass().getInterfaces()[0]);
    }

    /// Not public.
    static class Hidden implements Simulation.Body {
        @Override public void run(Simulation sim) {}
    }

    @Test void mistakesAreExplained() {
        var private_ = assertThrows(IllegalArgumentException.class, () -> copy(Hidden.class));
        assertTrue(private_.getMessage().contains("must be public"), private_::getMessage);
        var name = assertThrows(IllegalArgumentException.class, () -> Preemptible.of("java.lang.String"));
        assertTrue(name.getMessage().contains("\"java.lang.String\" cannot be made preemptible"), name::getMessage);
        var text = assertThrows(IllegalArgumentException.class, () -> Preemptible.of("not a name"));
        assertTrue(text.getMessage().contains("name a class"), text::getMessage);
        assertNull(text.getCause());
    }
}
