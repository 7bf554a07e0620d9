package dev.parley.examples.wordcount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One file.
record FileText(Path path) implements Texts {
    @Override public Size size() throws Failure {
        try {
            return new Size(1, Files.size(path));
        } catch (IOException failure) {
            throw Failure.unreadable(path.toString(), failure);
        }
    }

    @Override public void each(TextReader reader) throws Failure, InterruptedException {
        try (var in = Files.newInputStream(path)) {
            reader.read(path.toString(), in);
        } catch (IOException failure) {
            throw Failure.unreadable(path.toString(), failure);
        }
    }
}
