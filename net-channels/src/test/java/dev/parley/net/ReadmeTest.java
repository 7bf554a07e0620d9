package dev.parley.net;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The README says what is so.
@Timeout(120) class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @Test void itsListingsRunAndPrintWhatTheySay() throws Exception {
        var listings = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        int run = 0;
        while (listings.find()) {
            var listing = listings.group(1);
            if (!listing.contains("void main")) continue;
            var file = Files.writeString(folder.resolve("Listing" + run++ + ".java"), listing);
            var expected = Pattern.compile("// prints: (.*)").matcher(listing);
            assertTrue(expected.find(), "a listing without its output");
            assertEquals(expected.group(1), output(file).strip().replaceAll("\\s+", " "));
        }
        assertFalse(run == 0, "no listing in " + README.toAbsolutePath());
    }

    private static String output(Path file) throws Exception {
        var process = new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp", System.getProperty("java.class.path"), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output;
    }

    @Test void theTestsItNamesExist() throws Exception {
        var named = Pattern.compile("`(\\w+Test)\\.(\\w+)`").matcher(Files.readString(README));
        int count = 0;
        while (named.find()) {
            var tests = Class.forName("dev.parley.net." + named.group(1));
            var name = named.group(2);
            assertFalse(ReflectionSupport.findMethods(tests, method -> method.getName().equals(name),
                    HierarchyTraversalMode.TOP_DOWN).isEmpty(), named.group());
            count++;
        }
        assertTrue(count > 10, count + " tests named");
    }
}
