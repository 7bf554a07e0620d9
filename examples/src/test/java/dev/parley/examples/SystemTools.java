package dev.parley.examples;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// The word count as the tools of the system do it.
final class SystemTools {
    private static final String PIPELINE = """
            find "$1" -type f -exec grep -ahoE '[A-Za-z]+' {} + | tr A-Z a-z | sort | uniq -c \
              | sort -k1,1nr -k2,2 | head -n "$2" | awk '{ print $1 "\\t" $2 }'
            """;

    private SystemTools() {}

    /// The `top` most frequent words of all files at `input`.
    static String answer(Path input, int top) throws Exception {
        var process = new ProcessBuilder("sh", "-c", PIPELINE, "sh", input.toString(), String.valueOf(top));
        process.environment().put("LC_ALL", "C");
        var ran = Program.of(process.start());
        assertEquals("", ran.err());
        return ran.answer();
    }
}
