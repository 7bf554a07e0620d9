package dev.parley.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Zip archives, sound and broken.
final class Archives {
    private static final int LOCAL_HEADER = 0x04034b50, CENTRAL_HEADER = 0x02014b50;

    private Archives() {}

    /// An archive of all files in `folder`.
    static byte[] of(Path folder) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes); var files = Files.walk(folder)) {
            for (var file : files.sorted().toList()) {
                boolean inner = Files.isDirectory(file);
                zip.putNextEntry(new ZipEntry(folder.relativize(file) + (inner ? "/" : "")));
                if (!inner) zip.write(Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }

    /// An archive of entries that are not compressed: name, text, name, text, …
    static byte[] stored(String... namesAndTexts) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                var text = namesAndTexts[i + 1].getBytes(StandardCharsets.US_ASCII);
                var sum = new CRC32();
                sum.update(text);
                var entry = new ZipEntry(namesAndTexts[i]);
                entry.setSize(text.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(text);
            }
        }
        return bytes.toByteArray();
    }

    /// `archive` with every occurrence of `from` in it changed to `to`, which is as long.
    static byte[] replaced(byte[] archive, String from, String to) {
        return new String(archive, StandardCharsets.ISO_8859_1).replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    /// `archive` with all entries marked as encrypted.
    static byte[] encrypted(byte[] archive) {
        var marked = java.nio.ByteBuffer.wrap(archive.clone()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 4 < marked.limit(); at++) {
            int flags = switch (marked.getInt(at)) {
                case LOCAL_HEADER -> 6;
                case CENTRAL_HEADER -> 8;
                default -> -1;
            };
            if (flags > 0) marked.put(at + flags, (byte) (marked.get(at + flags) | 1));
        }
        return marked.array();
    }
}
