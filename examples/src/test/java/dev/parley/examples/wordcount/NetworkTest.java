package dev.parley.examples.wordcount;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The network in one JVM, with inputs and sizes that the program does not let a user choose.
@Timeout(60) class NetworkTest {
    @TempDir Path temporary;

    @Test void tinyTablesGiveTheSameAnswer() throws Exception {
        long seed = Long.getLong("parley.seed", new Random().nextLong());
        var random = new Random(seed);
        var texts = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            var text = new StringBuilder();
            for (int words = random.nextInt(600); words > 0; words--) {
                for (int n = 1 + random.nextInt(3); n > 0; n--) text.append((char) ('a' + random.nextInt(26)));
                text.append(words > 1 ? "." : "");
            }
            texts.add(text.toString());
        }
        var replay = "seed " + seed + "; -Dparley.seed=" + seed + " runs it again";
        // 40 words fill a counter, 60 the merger: thousands of words make more runs than are merged in one go
        assertEquals(expected(texts, 500), answer(texts(texts), 500, 40, 60), replay);
        assertEquals(expected(texts, 500), answer(texts(texts), 500, 1, 1 << 16), replay);
    }

    private List<String> answer(Texts texts, int top, int counterWords, int mergerWords) throws Exception {
        var chunks = Channel.<byte[]>rendezvous("chunks");
        var counts = Channel.<byte[]>rendezvous("counts");
        var steps = Channel.<Step>rendezvous("steps");
        var reader = new Reader(texts, chunks, steps);
        var merger = new Merger(counts, top, mergerWords, temporary);
        Proc drain = () -> { for (var step : steps) assertTrue(step.files() + step.bytes() >= 0); };
        new Par(reader, drain, new Counter("a", chunks, counts.sender(), counterWords),
                new Counter("b", chunks, counts.sender(), counterWords), merger).run();
        return merger.answer(2, reader.sent());
    }

    private static List<String> expected(List<String> texts, int top) {
        var counts = new HashMap<String, Integer>();
        var words = Pattern.compile("[a-z]+");
        for (var text : texts)
            words.matcher(text).results().forEach(found -> counts.merge(found.group(), 1, Integer::sum));
        return counts.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Integer> e) -> -e.getValue())
                        .thenComparing(Map.Entry::getKey))
                .limit(top).map(e -> e.getValue() + "\t" + e.getKey()).toList();
    }

    private static Texts texts(List<String> texts) {
        return given(texts.stream()
                .<InputStream>map(text -> new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))).toList());
    }

    /// Texts that are read from `streams`.
    private static Texts given(List<? extends InputStream> streams) {
        return new Texts() {
            @Override public Size size() {
                return new Size(streams.size(), 0);
            }

            @Override public void each(TextReader reader) throws Failure, InterruptedException {
                for (var stream : streams) {
                    try {
                        reader.read("text", stream);
                    } catch (IOException failure) {
                        throw Failure.unreadable("text", failure);
                    }
                }
            }
        };
    }

    @Test void aFileThatBreaksOffWhileItIsReadEndsTheNetwork() {
        var breaking = new InputStream() {
            @Override public int read() throws IOException {
                throw new IOException("Input/output error");
            }

            @Override public int read(byte[] to, int from, int length) throws IOException {
                return read();
            }
        };
        var start = new ByteArrayInputStream("some words ".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        var failure = assertThrows(Failure.class,
                () -> answer(given(List.of(new SequenceInputStream(start, breaking))), 20, 100, 100));
        assertEquals(
                "cannot read text: Input/output error; every file of the input must be readable, so make it so or leave it out",
                failure.line());
        assertEquals(1, failure.exitCode());
    }

    @Test void aPartThatGotLostIsNoAnswer() throws Exception {
        var counts = Channel.<byte[]>buffered(4);
        var merger = new Merger(counts, 20, 100, temporary);
        var found = new Counts.Gathering(counts);
        found.word("word".getBytes(StandardCharsets.US_ASCII), 0, 4, 7);
        found.end(10);
        counts.close();
        merger.run();
        assertEquals(List.of("7\tword"), merger.answer(1, 10));
        assertThrows(Failure.class, () -> merger.answer(2, 10));
        assertThrows(Failure.class, () -> merger.answer(1, 11));
    }

    @Test void pagesOfNamesGiveEveryFileOnceInOrder() throws Exception {
        var names = new ArrayList<String>();
        for (int i = 100; i < 137; i++) {
            Files.writeString(temporary.resolve("f" + i), "x");
            names.add("f" + i);
        }
        for (int page : List.of(1, 2, 36, 37, 38, 1000)) {
            var seen = new ArrayList<String>();
            var texts = new FolderTexts(List.of(temporary), page);
            texts.each((name, _) -> seen.add(Path.of(name).getFileName().toString()));
            assertEquals(names, seen, () -> "page of " + page);
            assertEquals(new Texts.Size(37, 37), texts.size());
        }
    }

    @Test void wordsThatWouldNotFitAreAskedToBeFewer() throws Exception {
        var best = new TopWords(Integer.MAX_VALUE);
        var letters = new byte[1 << 20];
        for (int i = 0; i < 63; i++) best.word(letters, 0, letters.length, 1);
        var failure = assertThrows(Failure.class, () -> {
            best.word(letters, 0, letters.length, 1);
        });
        assertTrue(failure.line().contains("ask for fewer with demo.top"), failure.line());
    }
}
