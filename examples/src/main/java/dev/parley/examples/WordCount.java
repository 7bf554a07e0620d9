package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.examples.wordcount.Counter;
import dev.parley.examples.wordcount.Display;
import dev.parley.examples.wordcount.Failure;
import dev.parley.examples.wordcount.Merger;
import dev.parley.examples.wordcount.Options;
import dev.parley.examples.wordcount.Picture;
import dev.parley.examples.wordcount.Reader;
import dev.parley.examples.wordcount.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Counts the words of a folder, a file or a zip archive: a reader, counters and a merger, joined by channels.
///
/// ```
///   reader --chunks--+--> counter 1 --+--counts--> merger --> answer
///                    +--> counter 2 --+
/// ```
///
/// A word is a maximal run of ASCII letters, in lower case, whatever the encoding around it. The answer is on standard output, the most frequent words
/// with their counts; all else is on standard error. The exit code is 0, or 1 if something went wrong, or 2 if the options are wrong.
///
/// | option | meaning |
/// | --- | --- |
/// | `-Ddemo.input=PATH` | what to count; otherwise the source archive of the running JDK, or Parley's own sources |
/// | `-Ddemo.top=K` | how many words to print; otherwise 20 |
public final class WordCount {
    /// More do not help: the reader is then the slowest.
    private static final int MOST_COUNTERS = 8;

    private WordCount() {}

    /// Runs the program and exits.
    public static void main(String[] arguments) {
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String[] arguments) {
        try {
            for (var line : answer(Options.of(arguments, System.getProperties()))) System.out.println(line);
            if (System.out.checkError())
                throw Failure.failed("the answer could not be written to standard output; see where that leads");
            return 0;
        } catch (Failure failure) {
            System.err.println("word count: " + failure.line());
            return failure.exitCode();
        } catch (OutOfMemoryError error) {
            System.err.println("word count: " + Failure.oneLine(String.valueOf(error.getMessage()))
                    + "; 512 MB of heap are enough for any input but an archive of millions of files, so start Java with -Xmx512m or more");
            return Failure.FAILED;
        } catch (Exception defect) {
            System.err.println("word count: failed by a defect of this program; please report what follows");
            defect.printStackTrace();
            return Failure.FAILED;
        }
    }

    private static List<String> answer(Options options) throws Exception {
        long begun = System.nanoTime();
        var size = options.texts().size();
        System.err.printf(Locale.ROOT, "counting the words of %s: %s%n", Failure.oneLine(options.input()), size);
        int counters = Math.min(MOST_COUNTERS, Runtime.getRuntime().availableProcessors());
        System.err.print(Picture.ofOneJvm(counters));

        var chunks = Channel.<byte[]>rendezvous("chunks");
        var counts = Channel.<byte[]>rendezvous("counts");
        var steps = Channel.<Step>buffered("steps", 16);
        var reader = new Reader(options.texts(), chunks, steps);
        var merger = new Merger(counts, options.top());
        var procs = new ArrayList<Proc>();
        procs.add(reader);
        procs.add(new Display(size, steps, System.err, Display.errorIsTerminal()));
        for (int i = 1; i <= counters; i++) procs.add(new Counter("counter " + i, chunks, counts.sender()));
        procs.add(merger);
        new Par("word count", procs).run();

        System.err.printf(Locale.ROOT, "done in %.1f s%n", (System.nanoTime() - begun) / 1e9);
        return merger.answer(counters, reader.sent());
    }
}
