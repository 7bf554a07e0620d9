package dev.parley.examples.survivingsieve;

import dev.parley.csp.ChannelException;
import dev.parley.examples.jvm.Assignment;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.io.EOFException;

/// The program of a worker JVM: it is one stage after the other, as it is told.
public final class Worker {
    private Worker() {}

    /// The channel on which worker `number` is told.
    public static String channel(int number) {
        return "stages of worker " + number;
    }

    /// Runs the worker; the program that starts it says on standard input who it is.
    static void main() throws Exception {
        Assignment told;
        try {
            told = Assignment.readFrom(System.in);
        } catch (EOFException untold) {
            System.err.println("a worker is started by the surviving sieve, which tells it what to do; run that");
            System.exit(2);
            return;
        }
        told.endWithStarter();
        try (var node = Node.connect("127.0.0.1:" + told.port(), Security.sharedSecret(told.secret()))) {
            for (var stage : node.receiverEnd(channel(told.number()), Stage.class)) stage.run();
        } catch (ChannelException ended) {
            System.exit(1); // the program that started it knows why, or is no more
        }
    }
}
