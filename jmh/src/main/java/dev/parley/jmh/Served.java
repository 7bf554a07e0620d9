package dev.parley.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A contender at [Echo]: a server in a process of its own, which this starts with the first work, and the client here. The server says its port on its output, and ends when its input does.
/// Processor time is that of the server.
final class Served implements Contender {
    private static final int PATIENCE_SECONDS = 10;

    private final List<String> command;
    private @Nullable Process server;
    private @Nullable EchoClient client;
    private @Nullable Question asked;
    private int port;
    private boolean watched;

    Served(List<String> command) {
        this.command = List.copyOf(command);
    }

    @Override public boolean does(Question question) { return question instanceof Echo; }

    @Override public long answer(Question question, int n) throws Exception {
        if (server == null) start();
        var now = client;
        if (now == null || !question.equals(asked)) {
            if (now != null) now.close();
            client = now = new EchoClient(port, ((Echo) question).bytes());
            asked = question;
        }
        return now.talk(n);
    }

    private void start() throws IOException {
        var started = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        server = started;
        var line = started.inputReader().readLine();
        if (line == null) throw new IOException("no port was said by " + String.join(" ", command));
        port = Integer.parseInt(line);
        Costs.watch(started.toHandle());
        watched = true;
    }

    @Override public void close() {
        var started = server;
        if (started == null) return;
        server = null;
        try {
            if (watched) Costs.watchedLast();
            if (client != null) client.close();
            client = null;
            started.outputWriter().close();
            if (!started.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                throw new IllegalStateException(
                        "its input has ended, and still it does not end: " + String.join(" ", command));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            started.destroyForcibly();
        }
    }
}
