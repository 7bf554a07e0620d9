package dev.parley.examples.wordcount;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/// The regular files in folders and the folders in them, in order of their names, as `find FOLDER -type f` finds them: symbolic
/// links inside a folder are not followed, so no loop of them can catch us, and pipes and devices are left alone.
///
/// Memory: a page of names for each folder on the way down to the present file, never all names of a folder, however many.
final class FolderTexts implements Texts {
    private static final int PAGE = 50_000;

    private final List<Path> folders;
    private final int page;

    FolderTexts(List<Path> folders) {
        this(folders, PAGE);
    }

    FolderTexts(List<Path> folders, int page) {
        this.folders = folders;
        this.page = page;
    }

    @Override public Size size() throws Failure, InterruptedException {
        var sum = new Size[]{Size.NONE};
        for (var folder : folders) walk(folder, (_, size) -> sum[0] = sum[0].plus(new Size(1, size)));
        if (sum[0].files() == 0)
            throw Failure.usage("there are no files in "
                    + String.join(", ", folders.stream().map(Path::toString).toList())
                    + " to count; symbolic links in a folder are not followed, so name a folder that holds the files themselves");
        return sum[0];
    }

    @Override public void each(TextReader reader) throws Failure, InterruptedException {
        for (var folder : folders) walk(folder, (path, _) -> {
            try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                reader.read(path.toString(), in);
            } catch (IOException failure) {
                throw Failure.unreadable(path.toString(), failure);
            }
        });
    }

    private interface Visitor {
        void file(Path path, long size) throws Failure, InterruptedException;
    }

    private void walk(Path folder, Visitor visitor) throws Failure, InterruptedException {
        List<Path> names = null;
        do {
            names = namesAfter(names == null ? null : names.getLast(), folder);
            for (var name : names) {
                var path = folder.resolve(name);
                var is = attributes(path);
                if (is.isDirectory()) walk(path, visitor);
                if (is.isRegularFile()) visitor.file(path, is.size());
            }
        } while (names.size() == page);
    }

    /// The first `page` names in `folder` that come after `last`, in order.
    private List<Path> namesAfter(@Nullable Path last, Path folder) throws Failure {
        var smallest = new TreeSet<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) {
                var name = entry.getFileName();
                if (last != null && name.compareTo(last) <= 0) continue;
                if (smallest.size() == page && name.compareTo(smallest.last()) > 0) continue;
                smallest.add(name);
                if (smallest.size() > page) smallest.removeLast();
            }
        } catch (DirectoryIteratorException failure) {
            throw Failure.unreadable(folder.toString(), Objects.requireNonNull(failure.getCause()));
        } catch (IOException failure) {
            throw Failure.unreadable(folder.toString(), failure);
        }
        return new ArrayList<>(smallest);
    }

    private static BasicFileAttributes attributes(Path path) throws Failure {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failure) {
            throw Failure.unreadable(path.toString(), failure);
        }
    }
}
