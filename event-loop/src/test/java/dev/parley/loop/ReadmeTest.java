package dev.parley.loop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Runs the programs of the module's README, and looks whether they print what it says; and whether all it names exists.
@Timeout(60) class ReadmeTest {
    private static String readme() throws Exception { return Files.readString(Path.of("README.md")); }

    @Test void programsPrintWhatTheReadmeSays(@TempDir Path folder) throws Exception {
        var programs = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme()).results()
                .map(found -> found.group(1)).toList();
        assertFalse(programs.isEmpty());
        for (String program : programs) {
            var file = Files.writeString(folder.resolve("Program.java"), program);
            var expected = program.lines().filter(line -> line.startsWith("// prints: "))
                    .map(line -> line.substring(11))
                    .collect(Collectors.joining("\n"));
            for (var options : List.of(List.<String>of(), List.of(FreshJvm.OPEN))) {
                var command = new ArrayList<>(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                                System.getProperty("java.class.path")));
                command.addAll(options);
                command.add(file.toString());
                var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
                var result = FreshJvm.resultOf(process);
                assertEquals(expected, result.output().strip(), program);
            }
        }
    }

    @Test void theTestsItNamesExist() throws Exception {
        for (var found : Pattern.compile("`([\\w.]+Test)#(\\w+)\\*?`").matcher(readme()).results().toList()) {
            var type = Class.forName("dev.parley.loop." + found.group(1));
            boolean exists = false;
            for (var method : type.getDeclaredMethods()) exists |= method.getName().startsWith(found.group(2));
            assertTrue(exists, found.group());
        }
    }

    @ParameterizedTest
    @CsvSource({"From asyncio, asyncio-names.txt", "From Trio, trio-names.txt"}) void everyNameOfThePeerHasARow(
            String title, String file) throws Exception {
        String text = readme();
        int begin = text.indexOf("## " + title);
        int end = text.indexOf("\n## ", begin);
        var theirs = Pattern.compile("^\\|([^|]*)\\|", Pattern.MULTILINE)
                .matcher(text.substring(begin, end < 0 ? text.length() : end)).results()
                .flatMap(row -> Pattern.compile("`([^`]*)`").matcher(row.group(1)).results())
                .flatMap(code -> Pattern.compile("\\w+").matcher(code.group(1)).results()).map(MatchResult::group)
                .collect(Collectors.toSet());
        var names = Files.readAllLines(Path.of("src/test/resources/dev/parley/loop", file));
        assertTrue(names.size() > 100);
        assertEquals(List.of(), names.stream().filter(each -> !each.startsWith("#") && !theirs.contains(each)).toList());
    }

    @Test void theTypesOfItsApiTableExistAndNoPublicTypeIsLeftOut() throws Exception {
        String text = readme();
        int begin = text.indexOf("## API");
        String api = text.substring(begin, text.indexOf("\n## ", begin));
        var named = Pattern.compile("^\\|([^|]*)\\|", Pattern.MULTILINE).matcher(api).results()
                .flatMap(row -> Pattern.compile("`([\\w.]+)`").matcher(row.group(1)).results())
                .map(name -> name.group(1)).sorted().toList();
        var published = new ArrayList<String>();
        try (var sources = Files.list(Path.of("src/main/java/dev/parley/loop"))) {
            for (var source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                String name = source.getFileName().toString().replace(".java", "");
                if (Pattern.compile("^(@\\w+ )*public .*\\b" + name + "\\b", Pattern.MULTILINE)
                        .matcher(Files.readString(source))
                        .find())
                    published.add(name);
            }
        }
        published.add("EventLoop.Config");
        assertEquals(published.stream().sorted().toList(), named);
    }
}
