package dev.parley.examples.wordcount;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The input: some texts, one after the other.
public interface Texts {
    /// How much there is to read, as far as can be told beforehand. Fails if there is nothing.
    Size size() throws Failure, InterruptedException;

    /// Shows every text to `reader`, always in the same order.
    void each(TextReader reader) throws Failure, InterruptedException;

    /// An amount of text.
    record Size(long files, long bytes) {
        static final Size NONE = new Size(0, 0);

        Size plus(Size other) {
            return new Size(files + other.files, bytes + other.bytes);
        }

        /// Such as `15,224 files, 203.4 MiB`.
        @Override public String toString() {
            return String.format(Locale.ROOT, "%,d %s, %s", files, files == 1 ? "file" : "files",
                    mebibytes((double) bytes));
        }

        static String mebibytes(double bytes) {
            return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
        }
    }

    /// Takes one text after the other.
    interface TextReader {
        /// Reads `text` to its end.
        ///
        /// @throws IOException what reading `text` throws
        /// @throws Failure if the text cannot be taken for a reason of its own
        void read(String name, InputStream text) throws IOException, Failure, InterruptedException;
    }

    /// The texts at `path`: all regular files in a folder, however deep; the files in a zip archive (by its name or its first bytes); or one file.
    static Texts at(Path path) throws Failure {
        if (Files.isDirectory(path)) return folders(List.of(path));
        if (!Files.exists(path))
            throw Failure.usage("there is no " + path
                    + (Files.isSymbolicLink(path) ? ", which is a symbolic link to nowhere" : "")
                    + "; demo.input must be a folder, a file or a zip archive");
        if (!Files.isRegularFile(path))
            throw Failure
                    .usage(path
                            + " is neither a folder nor a regular file; copy what it gives into a file and count that");
        return isZip(path) ? new ZipTexts(path) : new FileText(path);
    }

    /// The texts in `folders`.
    static Texts folders(List<Path> folders) {
        return new FolderTexts(folders);
    }

    private static boolean isZip(Path path) throws Failure {
        var name = path.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".zip") || name.endsWith(".jar")) return true;
        try (var in = Files.newInputStream(path)) {
            var start = in.readNBytes(4);
            return start.length == 4 && start[0] == 'P' && start[1] == 'K'
                    && ((start[2] == 3 && start[3] == 4) || (start[2] == 5 && start[3] == 6));
        } catch (IOException failure) {
            throw Failure.unreadable(path.toString(), failure);
        }
    }
}
