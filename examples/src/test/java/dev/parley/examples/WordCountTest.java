package dev.parley.examples;

import dev.parley.examples.wordcount.Reader;
import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The program as a user runs it, in a JVM of its own, beside the tools of the system.
class WordCountTest {
    @TempDir Path folder;

    @Test void folderFileAndArchiveCountAsTheSystemDoes() throws Exception {
        long seed = NastyText.seed();
        var input = Files.createDirectory(folder.resolve("in"));
        new NastyText(seed).fill(input, 40);
        var single = Files.write(folder.resolve("single"), new NastyText(~seed).bytes(700_000));
        var archive = Files.write(folder.resolve("archive.zip"), Archives.of(input));
        var replay = "seed " + seed + "; -Dparley.seed=" + seed + " runs it again";
        assertEquals(SystemTools.answer(input, 3000), wordCount(input, 3000).answer(), replay);
        assertEquals(SystemTools.answer(input, 7), wordCount(archive, 7).answer(), replay);
        assertEquals(SystemTools.answer(single, 3000), wordCount(single, 3000).answer(), replay);
    }

    @Test void anArchiveIsKnownByItsFirstBytesToo() throws Exception {
        var archive = Files.write(folder.resolve("archive"), Archives.stored("a", "two", "b", "two one"));
        assertEquals("2\ttwo\n1\tone\n", wordCount(archive, 20).answer());
    }

    @Test void archivesInAFolderAreBytesAsAllElse() throws Exception {
        Files.write(folder.resolve("archive.zip"), Archives.stored("a", "two", "b", "two one"));
        assertEquals(SystemTools.answer(folder, 20), wordCount(folder, 20).answer());
    }

    @Test void tiesAreInOrderOfTheWords() throws Exception {
        Files.writeString(folder.resolve("f"), "b a C c ab B A aa");
        assertEquals("2\ta\n2\tb\n2\tc\n1\taa\n", wordCount(folder, 4).answer());
    }

    @Test void linksAreNotFollowedSoTheirLoopsDoNoHarm() throws Exception {
        var inner = Files.createDirectory(folder.resolve("inner"));
        Files.writeString(inner.resolve("f"), "once");
        Files.createSymbolicLink(inner.resolve("loop"), folder);
        Files.createSymbolicLink(inner.resolve("self"), Path.of("self"));
        Files.createSymbolicLink(inner.resolve("again"), Path.of("f"));
        Files.createSymbolicLink(inner.resolve("nowhere"), Path.of("gone"));
        assertEquals("1\tonce\n", wordCount(folder, 20).answer());
        var link = Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-link"), folder);
        try {
            assertEquals("1\tonce\n", wordCount(link, 20).answer());
        } finally {
            Files.delete(link);
        }
    }

    @Test void aTextWithoutWordsHasAnEmptyAnswer() throws Exception {
        Files.write(folder.resolve("empty"), new byte[0]);
        Files.write(folder.resolve("numbers"), new byte[]{'1', 0, (byte) 0xe9});
        assertEquals("", wordCount(folder, 20).answer());
    }

    @Test void aWordCanBeAsLongAsAChunkAndNoLonger() throws Exception {
        var most = "x".repeat(Reader.LONGEST_WORD);
        var file = Files.writeString(folder.resolve("f"), "y " + most + " y");
        assertEquals("2\ty\n1\t" + most + "\n", wordCount(file, 20).answer());
        Files.writeString(file, "y " + most + "x y");
        wordCount(file, 20).failedWith(1, "word of more than 262144 letters in " + file, "up to");
    }

    @Test void moreWordsThanFitIntoMemoryAreCountedThroughATemporaryFile() throws Exception {
        var file = folder.resolve("f");
        try (var out = Files.newBufferedWriter(file)) {
            writeManyWords(out, 1_300_000);
            writeManyWords(out, 5);
        }
        var temporary = Files.createDirectory(folder.resolve("temporary"));
        var ran = Program.wordCount(file, "-Xmx128m", "-Ddemo.nodes=1", "-Ddemo.top=7",
                "-Djava.io.tmpdir=" + temporary);
        assertEquals(SystemTools.answer(file, 7), ran.answer());
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
        Program.wordCount(file, "-Ddemo.nodes=1", "-Djava.io.tmpdir=" + temporary.resolve("none")).failedWith(1,
                "temporary file in " + temporary.resolve("none"), "-Djava.io.tmpdir");
    }

    private static void writeManyWords(BufferedWriter out, int words) throws Exception {
        var word = new char[5];
        for (int i = 0; i < words; i++) {
            for (int rest = i, at = 0; at < word.length; at++, rest /= 26) word[at] = (char) ('a' + rest % 26);
            out.write(word);
            out.write(' ');
        }
    }

    @Test void whatIsNotTheAnswerIsOnStandardError() throws Exception {
        Files.writeString(folder.resolve("f"), "one");
        var ran = wordCount(folder, 20);
        assertEquals("1\tone\n", ran.answer());
        assertTrue(ran.err().contains("1 file, "), ran.err());
        assertTrue(ran.err().contains("reader --chunks--+--> counter 1 --+--counts--> merger --> answer"), ran.err());
        assertTrue(ran.err().contains("100 %  1 of 1 file"), ran.err());
        assertTrue(ran.err().contains("MiB/s"), ran.err());
        assertTrue(ran.err().indexOf('\r') < 0, "not a terminal");
    }

    @Test void anAnswerThatCannotBeWrittenIsAFailure() throws Exception {
        Files.writeString(folder.resolve("f"), "one");
        var command = Program.command("-Ddemo.nodes=1", "-Ddemo.input=" + folder, WordCount.class.getName());
        var process = new ProcessBuilder(command).redirectOutput(Path.of("/dev/full").toFile());
        Program.of(process.start()).failedWith(1, "could not be written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo.top=0", "demo.top=-3", "demo.top=ten", "demo.top=99999999999",
            "demo.nodes=0", "demo.nodes=65", "demo.nodes=2.5"}) void badNumbersAreTold(String option) throws Exception {
        var given = option.split("=", 2);
        Program.wordCount(folder, "-D" + option).failedWith(2, given[0] + " must be a whole number from 1 to ",
                "was \"" + given[1] + "\"", "leave it out");
    }

    @Test void wrongOptionsAreTold() throws Exception {
        Program.wordCount(folder, "-Ddemo.tpo=3").failedWith(2, "no option demo.tpo", "demo.top");
        var command = Program.command(WordCount.class.getName(), "some\nwhere");
        Program.of(new ProcessBuilder(command).start()).failedWith(2, "argument \"some?where\"", "-Ddemo.input=PATH");
    }

    private static Program wordCount(Path input, int top) throws Exception {
        return Program.wordCount(input, "-Ddemo.nodes=1", "-Ddemo.top=" + top);
    }

    @Test void emptyFolderIsTold() throws Exception {
        Files.createDirectory(folder.resolve("inner"));
        wordCount(folder, 20).failedWith(2, "no files in " + folder, "name a folder");
    }

    @Test void missingPathIsTold() throws Exception {
        wordCount(folder.resolve("none\nat all"), 20).failedWith(2, "there is no " + folder + "/none?at all",
                "must be a folder, a file or a zip archive");
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("gone"));
        wordCount(link, 20).failedWith(2, "there is no " + link, "link to nowhere");
    }

    @Test void pipesAndDevicesAreTold() throws Exception {
        wordCount(Path.of("/dev/zero"), 20).failedWith(2, "/dev/zero is neither a folder nor a regular file");
    }

    @Test void aFileThatCannotBeReadIsTold() throws Exception {
        // a regular file whose start nobody can read, not even root
        wordCount(Path.of("/proc/self/mem"), 20).failedWith(1, "cannot read /proc/self/mem", "must be readable");
    }

    @Test void brokenArchivesAreTold() throws Exception {
        var sound = Archives.stored("first", "one two", "other", "three");
        broken(java.util.Arrays.copyOf(sound, sound.length / 2), "cut off");
        broken(java.util.Arrays.copyOf(sound, sound.length - 1), "cut off");
        broken(new byte[0], "no zip archive");
        broken("not an archive".getBytes(StandardCharsets.US_ASCII), "no zip archive");
        broken(Archives.encrypted(sound), "encrypted", "without a password");
        broken(Archives.replaced(sound, "one two", "one twO"), "\"first\" in it does not have its check sum",
                "damaged");
        broken(Archives.replaced(sound, "other", "first"), "holds \"first\" twice");
        var empty = Files.write(folder.resolve("empty.zip"), Archives.stored());
        wordCount(empty, 20).failedWith(2, "no files in " + empty);
    }

    private void broken(byte[] archive, String... parts) throws Exception {
        var path = Files.write(folder.resolve("broken.zip"), archive);
        var ran = wordCount(path, 20);
        ran.failedWith(1, parts);
        ran.failedWith(1, "cannot read the zip archive " + path);
    }

    @Test void anArchiveDamagedInItsCompressedPartIsTold() throws Exception {
        Files.write(folder.resolve("f"), new NastyText(1).bytes(50_000));
        var archive = Archives.of(folder);
        for (int i = 0; i < 20; i++) archive[archive.length / 2 + i] ^= 0x55;
        broken(archive, "damaged");
    }
}
