package dev.parley.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.parley.loop.waiting.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The modules keep the rules of DESIGN.md, and fixtures that break them are found out.
class LayeringTest {
    private static final Layers PARLEY = new Layers("dev.parley"), FIXTURE = new Layers("dev.parley.house.fixture");

    private static JavaClasses parley() {
        var folders = new ArrayList<Path>();
        for (var module : House.MODULES) folders.add(House.classes(module));
        folders.add(House.classes("examples"));
        var classes = new ClassFileImporter().importPaths(folders);
        assertTrue(classes.contain("dev.parley.csp.Channel") && classes.contain("dev.parley.loop.waiting.Waiting")
                && classes.contain("dev.parley.net.Node") && classes.contain("dev.parley.examples.WordCount"));
        return classes;
    }

    private static JavaClasses fixture() {
        return new ClassFileImporter().importPackages(FIXTURE.root());
    }

    private static void finds(ArchRule rule, String... parts) {
        var found = assertThrows(AssertionError.class, () -> rule.check(fixture()));
        for (var part : parts)
            assertTrue(found.getMessage().contains(part), () -> part + " is not in: " + found.getMessage());
    }

    @Test void dependenciesGoOneWay() {
        PARLEY.oneDirection().check(parley());
        finds(FIXTURE.oneDirection(), "UsesCsp");
    }

    @Test void packagesHaveNoCycles() {
        PARLEY.noPackageCycles().check(parley());
        finds(FIXTURE.noPackageCycles(), "Cycle detected", "UsesCsp", "UsesLoop");
    }

    @Test void usersSeeNoTypesOfTheLibrariesWeUse() throws IOException {
        var exported = new HashSet<String>();
        for (var module : House.MODULES) exported.addAll(House.exportedPackages(module));
        assertTrue(exported.containsAll(Set.of("dev.parley.csp", "dev.parley.net")), exported::toString);
        assertTrue(exported.remove("dev.parley.csp.kotlin"), "the one package that is there to show them");
        PARLEY.noForeignTypesIn(exported).check(parley());
        var rule = FIXTURE.noForeignTypesIn(Set.of("dev.parley.house.fixture.net"));
        finds(rule, "ShowsNetty.buffers", "Inner.accept");
        var found = rule.evaluate(fixture()).getFailureReport().getDetails();
        assertEquals(2, found.size(), found::toString);
    }

    @Test void oneClassReflectsOnTheJdk() {
        // the second opens the test method of a user, who asked for that
        PARLEY.noDeepReflectionOutside(Set.of("dev.parley.loop.internal.JdkInternals",
                "dev.parley.loop.testing.SimulatedTestExtension")).check(parley());
        finds(FIXTURE.noDeepReflectionOutside(Set.of()), "Opens.peek");
        FIXTURE.noDeepReflectionOutside(Set.of("dev.parley.house.fixture.wide.Opens")).check(fixture());
    }

    @Test void nothingHandsOverThroughQueuesThatSpin() {
        PARLEY.noQueueThatSpins().check(parley());
        finds(FIXTURE.noQueueThatSpins(), "HandsOverBySpinning.queue", "HandsOverBySpinning.pool");
    }

    @Test void waitingGoesThroughTheSeam() throws IOException {
        var channels = House.classes("csp-core");
        assertEquals(List.of(), WaitingSeam.breaches(House.classFiles(channels), _ -> false));
        var loop = House.classes("event-loop");
        assertEquals(List.of(), WaitingSeam.breaches(House.classFiles(loop), LayeringTest::implementsTheSeam));
    }

    /// The plain way to wait, the engines of the loops, and the scheduler of simulations, which bring their own.
    private static boolean implementsTheSeam(String name) {
        return Waiting.class.getName().equals(name.replaceFirst("\\$.*", ""))
                || name.startsWith("dev.parley.loop.internal.")
                || name.startsWith("dev.parley.loop.testing.");
    }

    @Test void waitingPastTheSeamIsFound() throws IOException {
        var here = Path.of("target/test-classes/dev/parley/house/fixture/wide");
        var breaches = WaitingSeam.breaches(House.classFiles(here), _ -> false);
        var fixture = "dev.parley.house.fixture.wide.WaitsByItself.";
        assertEquals(Set.of(fixture + "method is synchronized", fixture + "method calls java.lang.System.nanoTime",
                fixture + "block has a synchronized block",
                fixture + "lambda$parks$0 calls java.util.concurrent.locks.LockSupport.parkNanos"),
                Set.copyOf(breaches));
        assertEquals(List.of(), WaitingSeam.breaches(House.classFiles(here), name -> name.endsWith("WaitsByItself")));
    }
}
