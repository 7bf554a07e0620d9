package dev.parley.loop.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A JUnit test whose method is the body of a [Simulation], run on many schedules.
///
/// ```java
/// @SimulatedTest(seeds = 10_000)
/// void whatIsPutIsTaken(Simulation sim) throws Exception {
///     var mailbox = new Mailbox<String>();
///     sim.spawn("producer", () -> mailbox.put("hello"));
///     assertEquals("hello", mailbox.take());
/// }
/// ```
///
/// The method may take a `Simulation`, or nothing. All schedules run on one instance of the test class, between one
/// `@BeforeEach` and one `@AfterEach`, which are not simulated; so what a schedule changes it must make itself. The system
/// properties `parley.seed` and `parley.schedule` choose a single schedule, as for [Simulation#explore].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Test
@ExtendWith(SimulatedTestExtension.class) public @interface SimulatedTest {
    /// How many schedules.
    int seeds() default 1_000;

    /// The first seed; see [Simulation.Config#firstSeed].
    long firstSeed() default 1;

    /// See [Simulation.Config#spuriousWakeups].
    double spuriousWakeups() default 0;

    /// See [Simulation.Config#interrupts].
    double interrupts() default 0;

    /// See [Simulation.Config#slowness].
    double slowness() default 0;

    /// See [Simulation.Config#preemptions].
    int preemptions() default -1;

    /// See [Simulation.Config#maxSteps].
    int maxSteps() default 100_000;

    /// All schedules there are, but no more than [#seeds]; see [Simulation#exhaust].
    boolean exhaustive() default false;
}
