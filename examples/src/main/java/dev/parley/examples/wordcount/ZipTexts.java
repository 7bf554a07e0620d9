package dev.parley.examples.wordcount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The files in a zip archive, in the archive's order. Every one is checked against its check sum, which [ZipFile] does not do.
///
/// Memory: the archive's table of contents, about a hundred bytes for each file in it.
record ZipTexts(Path path) implements Texts {
    @Override public Size size() throws Failure {
        try (var zip = open()) {
            var size = Size.NONE;
            var names = new HashSet<String>();
            for (var entry : files(zip)) {
                // ZipFile finds contents by name, so of two entries with one name it would give the first one twice
                if (!names.add(entry.getName()))
                    throw broken("it holds \"" + entry.getName() + "\" twice", "pack it again", null);
                size = size.plus(new Size(1, Math.max(0, entry.getSize())));
            }
            if (size.files() == 0)
                throw Failure.usage("there are no files in " + path + " to count; name an archive that has some");
            return size;
        } catch (IOException failure) {
            throw unreadable("", failure);
        }
    }

    @Override public void each(TextReader reader) throws Failure, InterruptedException {
        try (var zip = open()) {
            for (var entry : files(zip)) {
                var sum = new CRC32();
                try (var in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
                    reader.read(path + "!" + entry.getName(), in);
                } catch (IOException failure) {
                    throw unreadable("\"" + entry.getName() + "\" in it: ", failure);
                }
                if (sum.getValue() != entry.getCrc())
                    throw broken("\"" + entry.getName() + "\" in it does not have its check sum",
                            "it is damaged, so fetch or pack it again", null);
            }
        } catch (IOException failure) {
            throw unreadable("", failure);
        }
    }

    private ZipFile open() throws Failure {
        try {
            return new ZipFile(path.toFile());
        } catch (IOException | IllegalArgumentException failure) {
            throw unreadable("", failure);
        }
    }

    private static Iterable<ZipEntry> files(ZipFile zip) {
        return () -> zip.stream().filter(entry -> !entry.isDirectory()).<ZipEntry>map(entry -> entry).iterator();
    }

    private Failure unreadable(String where, Exception failure) {
        var reason = failure instanceof IOException told ? Failure.reason(told) : String.valueOf(failure.getMessage());
        return broken(where + reason, reason.contains("encrypted")
                ? "pack it again without a password"
                : "it is cut off, damaged or no zip archive, so fetch or pack it again", failure);
    }

    private Failure broken(String what, String remedy, @org.jspecify.annotations.Nullable Exception cause) {
        var line = "cannot read the zip archive " + path + ": " + what + "; " + remedy;
        return cause == null ? Failure.failed(line) : Failure.failed(line, cause);
    }
}
