package dev.parley.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where the modules of this build are. The tests run in the folder of the module examples.
final class House {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /// The modules that others use, in their order.
    static final List<String> MODULES = List.of("event-loop", "csp-core", "net-channels");

    private House() {}

    static Path classes(String module) {
        return ROOT.resolve(module).resolve("target/classes");
    }

    /// The packages that `module` exports to everyone.
    static Set<String> exportedPackages(String module) throws IOException {
        try (var in = Files.newInputStream(classes(module).resolve("module-info.class"))) {
            return ModuleDescriptor.read(in).exports().stream().filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
        }
    }

    /// The class files below `folder`, in order.
    static List<Path> classFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".class") && !file.endsWith("module-info.class"))
                    .sorted()
                    .toList();
        }
    }

    /// The class of the class file `file` below `folder`, not initialized.
    static Class<?> load(Path folder, Path file) {
        var name = folder.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
        try {
            return Class.forName(name, false, House.class.getClassLoader());
        } catch (ClassNotFoundException failure) {
            throw new UncheckedIOException(new IOException("not on the class path: " + file, failure));
        }
    }
}
