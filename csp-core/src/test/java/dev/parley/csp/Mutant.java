package dev.parley.csp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A deliberate mistake in a copy of the sources: in one file, one text is replaced by another.
///
/// @param mistake what is wrong, in words
/// @param file the class
/// @param right the text to replace; must stand in the file exactly once
/// @param wrong the text to put there
record Mutant(String mistake, String file, String right, String wrong) {
    private static final Path SOURCES = Path.of("src/main/java/dev/parley/csp");

    /// A class loader in which package dev.parley.csp, its tests included, has the mistake.
    ClassLoader load() {
        return new Overlay(compile());
    }

    /// The classes of the file with the mistake, by name.
    Map<String, byte[]> compile() {
        try {
            var source = Files.readString(SOURCES.resolve(file + ".java"));
            // white space counts alike, so that the formatter is free
            var place = Pattern.compile(
                    Arrays.stream(right.strip().split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+")))
                    .matcher(source);
            if (place.results().count() != 1)
                throw new AssertionError(
                        "mutant \"" + mistake + "\" is out of date: this must stand in " + file + " exactly once:\n"
                                + right);
            return compile(place.reset().replaceFirst(Matcher.quoteReplacement(wrong)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Map<String, byte[]> compile(String source) {
        var classes = new HashMap<String, ByteArrayOutputStream>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var unit = new SimpleJavaFileObject(URI.create("string:///" + file + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var files = new ForwardingJavaFileManager<JavaFileManager>(compiler.getStandardFileManager(null, null, null)) {
            @Override public JavaFileObject getJavaFileForOutput(Location location, String name,
                    JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("bytes:///" + name), kind) {
                    @Override public OutputStream openOutputStream() {
                        return classes.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        var messages = new java.io.StringWriter();
        var options = List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-nowarn",
                "-Xlint:none");
        if (!compiler.getTask(messages, files, null, options, null, List.of(unit)).call())
            throw new AssertionError("mutant \"" + mistake + "\" does not compile:\n" + messages);
        var bytes = new HashMap<String, byte[]>();
        classes.forEach((name, out) -> bytes.put(name, out.toByteArray()));
        return bytes;
    }

    /// Package dev.parley.csp anew, some of its classes replaced; all else from the parent.
    private static final class Overlay extends ClassLoader {
        private final Map<String, byte[]> replaced;

        Overlay(Map<String, byte[]> replaced) {
            super(Mutant.class.getClassLoader());
            this.replaced = replaced;
        }

        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.parley.csp.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                var loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            var bytes = replaced.get(name);
            try (var original = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null && original == null) throw new ClassNotFoundException(name);
                if (bytes == null) bytes = original.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }

    @Override public String toString() {
        return mistake;
    }
}
