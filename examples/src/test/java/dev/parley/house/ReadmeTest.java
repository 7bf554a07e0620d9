package dev.parley.house;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Every listing in a README that says what it prints, prints that.
class ReadmeTest {
    private static final Pattern LISTING = Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern PRINTS = Pattern.compile("^// prints: (.*)$", Pattern.MULTILINE);

    @TempDir Path folder;

    /// A listing, and what it says it prints.
    private record Listing(String where, String program, String prints) {}

    @TestFactory Stream<DynamicTest> listingsPrintWhatTheySay() throws IOException {
        var listings = new ArrayList<Listing>();
        try (var files = Files.find(House.ROOT, 2, (path, _) -> path.endsWith("README.md"))) {
            for (var readme : files.sorted().toList())
                listings.addAll(listings(House.ROOT.relativize(readme).toString(), Files.readString(readme)));
        }
        assertTrue(listings.stream().anyMatch(listing -> listing.where.startsWith("README.md")),
                "the first README shows what its listing prints");
        return listings.stream().map(listing -> DynamicTest.dynamicTest(listing.where,
                () -> assertEquals(listing.prints, printed(listing.program), listing.where)));
    }

    private static List<Listing> listings(String where, String text) {
        return LISTING.matcher(text).results().map(found -> {
            long line = text.substring(0, found.start()).lines().count() + 1;
            var prints = PRINTS.matcher(found.group(1)).results().map(said -> said.group(1).strip()).toList();
            return new Listing(where + ":" + line, found.group(1), String.join(" ", prints));
        }).filter(listing -> !listing.prints.isEmpty()).toList();
    }

    /// What the compact source file `program` prints, with one space for each line break; if it fails, also why.
    private String printed(String program) throws Exception {
        var source = Files.writeString(folder.resolve("Main.java"), program);
        var error = folder.resolve("error");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                House.classPathOfUsers(), source.toString()).redirectError(error.toFile()).start();
        try {
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) out += Files.readString(error);
            return out.strip().replaceAll("\\s+", " ");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test void listingsThatDoNotPrintWhatTheySayAreFound() throws Exception {
        var text = """
                ```java
                void main() { IO.println("one"); IO.println("two"); }
                // prints: one two
                ```
                ```java
                not even a program
                ```
                ```java
                void main() { IO.println(Missing.class); }
                // prints: one
                ```
                """;
        var found = listings("README.md", text);
        assertEquals(List.of("README.md:1", "README.md:8"), found.stream().map(Listing::where).toList());
        assertEquals("one two", printed(found.getFirst().program));
        assertTrue(printed(found.getLast().program).contains("Missing"));
    }
}
