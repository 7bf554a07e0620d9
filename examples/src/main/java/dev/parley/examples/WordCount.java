package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.examples.wordcount.Counter;
import dev.parley.examples.wordcount.Display;
import dev.parley.examples.wordcount.Failure;
import dev.parley.examples.wordcount.Merger;
import dev.parley.examples.wordcount.Options;
import dev.parley.examples.wordcount.Picture;
import dev.parley.examples.wordcount.Reader;
import dev.parley.examples.wordcount.Relay;
import dev.parley.examples.wordcount.Step;
import dev.parley.examples.wordcount.Workers;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Counts the words of a folder, a file or a zip archive: a reader, counters and a merger, joined by channels. The counters run in
/// JVMs of their own, and the channels to them reach over the network (`==`) with the same meaning: a send returns when the receiver has
/// taken what was sent.
///
/// ```
///   reader --chunks--+--> relay 1 ==work-1==> counter 1 ==+==counts==> merger --> answer
///                    +--> relay 2 ==work-2==> counter 2 ==+
/// ```
///
/// With `-Ddemo.nodes=1` all is in one JVM and the relays are not needed: see [#countHere], then [#countInWorkers].
///
/// A word is a maximal run of ASCII letters, in lower case, whatever the encoding around it. The answer is on standard output, the most
/// frequent words with their counts; all else is on standard error. The exit code is 0, or 1 if something went wrong, or 2 if the options
/// are wrong.
///
/// | option | meaning |
/// | --- | --- |
/// | `-Ddemo.input=PATH` | what to count; otherwise the source archive of the running JDK, or Parley's own sources |
/// | `-Ddemo.top=K` | how many words to print; otherwise 20 |
/// | `-Ddemo.nodes=N` | how many JVMs to use, this one and N-1 workers; otherwise 3 |
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
        var chunks = Channel.<byte[]>rendezvous("chunks");
        var steps = Channel.<Step>buffered("steps", 16);
        var reader = new Reader(options.texts(), chunks, steps);
        var display = new Display(size, steps, System.err, Display.errorIsTerminal());
        var lines = options.nodes() == 1
                ? countHere(reader, display, chunks, options.top())
                : countInWorkers(options.nodes() - 1, reader, display, chunks, options.top());
        System.err.printf(Locale.ROOT, "done in %.1f s%n", (System.nanoTime() - begun) / 1e9);
        return lines;
    }

    private static List<String> countHere(Reader reader, Proc display, Receiver<byte[]> chunks, int top)
            throws Exception {
        int counters = Math.min(MOST_COUNTERS, Runtime.getRuntime().availableProcessors());
        System.err.print(Picture.ofOneJvm(counters));
        var counts = Channel.<byte[]>rendezvous("counts");
        var merger = new Merger(counts, top);
        var procs = new ArrayList<Proc>(List.of(reader, display, merger));
        for (int i = 1; i <= counters; i++) procs.add(new Counter("counter " + i, chunks, counts.sender()));
        new Par("word count", procs).run();
        return merger.answer(counters, reader.sent());
    }

    private static List<String> countInWorkers(int n, Reader reader, Proc display, Receiver<byte[]> chunks, int top)
            throws Exception {
        System.err.print(Picture.ofWorkers(n));
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        try (var node = listen(secret);
                var workers = new Workers(n, node.port(), secret)) {
            var counts = node.receiver("counts", byte[].class);
            var merger = new Merger(counts, top);
            var procs = new ArrayList<Proc>(List.of(reader, display, workers.reaching(merger)));
            for (int i = 1; i <= n; i++) {
                var linked = Channel.<Boolean>rendezvous("linked-" + i);
                procs.add(workers.reaching(new Relay(i, node, chunks, counts.sender(), linked)));
                procs.add(workers.watching(i, linked));
            }
            new Par("word count", procs).run();
            return merger.answer(n, reader.sent());
        }
    }

    private static Node listen(byte[] secret) throws Failure {
        try {
            // on one machine a lost connection is a dead process, which need not be waited for
            var config = Node.Config.with(Security.sharedSecret(secret)).withWindow(Duration.ZERO);
            return Node.listen("127.0.0.1:0", config);
        } catch (IOException failure) {
            throw Failure.failed("cannot listen for workers on 127.0.0.1: " + failure.getMessage()
                    + "; count in one JVM with -Ddemo.nodes=1", failure);
        }
    }
}
