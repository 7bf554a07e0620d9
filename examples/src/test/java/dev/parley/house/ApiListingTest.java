package dev.parley.house;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/// What users can see of a module is what its `api.txt` promises: a change of it is never an accident.
class ApiListingTest {
    private static final String REWRITE = "mvn -q verify -pl examples -am -Dtest=ApiListingTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dapi.update=true";

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "csp-core", "net-channels"}) void modulesShowWhatTheyPromise(String module)
            throws Exception {
        var file = House.ROOT.resolve(module).resolve("api.txt");
        var there = ApiListing.of(exported(module));
        assertFalse(there.isEmpty(), "nothing is exported from " + module);
        if (Boolean.getBoolean("api.update")) Files.write(file, there);
        var promised = Files.exists(file) ? Files.readAllLines(file) : List.<String>of();
        assertEquals("", complaint(module, promised, there));
    }

    private static List<Class<?>> exported(String module) throws Exception {
        var packages = House.exportedPackages(module);
        var folder = House.classes(module);
        var types = new ArrayList<Class<?>>();
        for (var file : House.classFiles(folder)) {
            var type = House.load(folder, file);
            if (packages.contains(type.getPackageName())) types.add(type);
        }
        return types;
    }

    private static String complaint(String module, List<String> promised, List<String> there) {
        if (promised.equals(there)) return "";
        return "what " + module + " shows is not what " + module + "/api.txt promises:\n"
                + String.join("\n", ApiListing.differences(promised, there)) + "\nif that is meant, run\n    "
                + REWRITE;
    }

    @Test void theListingShowsWhatUsersSeeAndNothingElse() throws Exception {
        var there = "dev.parley.house.fixture.api.";
        assertEquals(List.of(
                "public class " + there + "Shown<T extends Comparable<T>> extends " + there
                        + "Hidden implements Runnable",
                "    protected new(T...)", "    public static final int LIMIT", "    public int inherited()",
                "    public void run()",
                "    @Deprecated public <X extends Exception> java.util.List<? super T> take(X[], String...) throws X, java.io.IOException",
                "",
                "public static sealed interface " + there + "Shown$Choice permits " + there + "Shown.One, " + there
                        + "Shown.Two",
                "    int size()", "",
                "public static record " + there + "Shown$One(int size, java.util.List<String> names) implements "
                        + there + "Shown.Choice",
                "    public new(int, java.util.List<String>)", "    public final boolean equals(Object)",
                "    public final int hashCode()",
                "    public java.util.List<String> names()", "    public int size()",
                "    public final String toString()", "",
                "public static enum " + there + "Shown$Two implements " + there + "Shown.Choice",
                "    public static final Shown.Two LEFT", "    public static final Shown.Two RIGHT",
                "    public int size()",
                "    public static Shown.Two valueOf(String)", "    public static Shown.Two[] values()"), fixture());
    }

    @Test void aChangeIsToldWithTheCommandThatAcceptsIt() throws Exception {
        var there = fixture();
        var promised = new ArrayList<>(there);
        promised.remove("    public void run()");
        promised.add(1, "    public void stop()");
        assertEquals("""
                what some-module shows is not what some-module/api.txt promises:
                - dev.parley.house.fixture.api.Shown: public void stop()
                + dev.parley.house.fixture.api.Shown: public void run()
                if that is meant, run
                \s\s\s\s""" + REWRITE, complaint("some-module", promised, there));
        assertEquals("", complaint("some-module", there, there));
    }

    private static List<String> fixture() throws Exception {
        var folder = Path.of("target/test-classes");
        var types = new ArrayList<Class<?>>();
        for (var file : House.classFiles(folder.resolve("dev/parley/house/fixture/api")))
            types.add(House.load(folder, file));
        return ApiListing.of(types);
    }
}
