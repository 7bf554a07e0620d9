package dev.parley.examples.wordcount;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/// What the user asked for by system properties; an empty one is as good as none.
///
/// @param input where the texts are, in words
/// @param texts the texts
/// @param top how many words to print
/// @param nodes how many JVMs to use, this one included
public record Options(String input, Texts texts, int top, int nodes) {
    private static final Set<String> NAMES = Set.of("demo.input", "demo.top", "demo.nodes");
    private static final int MOST_NODES = 64;

    /// Reads the options.
    ///
    /// @throws Failure if one of them is not as it must be
    public static Options of(String[] arguments, Properties properties) throws Failure {
        if (arguments.length > 0)
            throw Failure.usage("there is an argument \"" + arguments[0]
                    + "\", but options are given as -Ddemo.input=PATH, -Ddemo.top=K and -Ddemo.nodes=N before the class name");
        for (var name : properties.stringPropertyNames())
            if (name.startsWith("demo.") && !NAMES.contains(name))
                throw Failure
                        .usage("there is no option " + name + "; there are " + String.join(", ", new TreeSet<>(NAMES)));
        int top = number(properties, "demo.top", 20, Integer.MAX_VALUE);
        int nodes = number(properties, "demo.nodes", 3, MOST_NODES);
        var input = properties.getProperty("demo.input", "");
        if (!input.isEmpty()) return new Options(input, Texts.at(path(input)), top, nodes);
        var archive = Path.of(properties.getProperty("java.home", ""), "lib", "src.zip");
        if (Files.isRegularFile(archive)) return new Options(archive.toString(), Texts.at(archive), top, nodes);
        return new Options("Parley's own sources", Texts.folders(ownSources()), top, nodes);
    }

    private static int number(Properties properties, String name, int otherwise, int most) throws Failure {
        var value = properties.getProperty(name, "");
        if (value.isEmpty()) return otherwise;
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= most) return number;
        } catch (NumberFormatException notOne) {
            // said below
        }
        throw Failure.usage(name + " must be a whole number from 1 to " + most + ", but was \"" + value
                + "\"; leave it out for " + otherwise);
    }

    private static Path path(String input) throws Failure {
        try {
            return Path.of(input);
        } catch (InvalidPathException failure) {
            throw Failure.usage("demo.input cannot be a path: " + failure.getMessage()
                    + "; for a name beyond ASCII start Java in a UTF-8 locale");
        }
    }

    /// The source folders of the modules, if this runs from a build of Parley.
    private static List<Path> ownSources() throws Failure {
        var none = "this JDK has no lib/src.zip to count; name a folder, a file or a zip archive by -Ddemo.input=PATH";
        try {
            var source = Options.class.getProtectionDomain().getCodeSource();
            if (source == null) throw Failure.usage(none);
            var classes = Path.of(source.getLocation().toURI());
            if (!classes.endsWith("examples/target/classes")) throw Failure.usage(none);
            var house = classes.resolve("../../..").normalize();
            try (var modules = Files.list(house)) {
                return modules.map(module -> module.resolve("src")).filter(Files::isDirectory).sorted().toList();
            }
        } catch (URISyntaxException | IOException failure) {
            throw Failure.failed(none, failure);
        }
    }
}
