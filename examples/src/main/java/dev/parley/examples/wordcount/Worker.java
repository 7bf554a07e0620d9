package dev.parley.examples.wordcount;

import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Par;
import dev.parley.examples.jvm.Assignment;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.io.EOFException;

/// The program of a worker JVM: a counter whose channels reach the program that started it. The channel of its work has its home here, that of its
/// results there.
final class Worker {
    private Worker() {}

    /// Runs the worker and exits.
    static void main() {
        System.exit(exitCode());
    }

    private static int exitCode() {
        int number = 0;
        try {
            var told = Assignment.readFrom(System.in);
            number = told.number();
            told.endWithStarter();
            count(number, told.port(), Security.sharedSecret(told.secret()));
            return 0;
        } catch (EOFException untold) {
            System.err.println("a worker is started by the word count, which tells it what to do; run that");
            return Failure.USAGE;
        } catch (ChannelPoisoned ended) {
            return Failure.FAILED; // the program that started it knows why, or is no more
        } catch (Exception | OutOfMemoryError failure) {
            System.err.println("worker " + number + ": " + Failure.oneLine(failure.toString()));
            return Failure.FAILED;
        }
    }

    private static void count(int number, int port, Security security) throws Exception {
        try (var node = Node.connect("127.0.0.1:" + port, security)) {
            // first the way back: whoever finds the work channel can rely on this counter having its end of the other
            var counts = node.sender("counts", byte[].class);
            var chunks = node.receiver("work-" + number, byte[].class);
            new Par(new Counter("counter " + number, chunks, counts)).run();
        }
    }
}
