package dev.parley.examples.wordcount;

import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// The process that shows how far the reader is: a bar that is drawn over and over on a terminal, else a line now and then.
public final class Display implements Proc {
    private static final int BAR = 30;
    private static final Duration TERMINAL = Duration.ofMillis(100), LOG = Duration.ofSeconds(2);

    private final Texts.Size whole;
    private final Receiver<Step> steps;
    private final PrintStream out;
    private final boolean terminal;
    private final long period;
    private final long begun = System.nanoTime();
    private Texts.Size done = Texts.Size.NONE;
    private long shown = begun;

    /// Shows how much of `whole` the `steps` cover.
    ///
    /// @param terminal whether what is written to `out` can be written over
    public Display(Texts.Size whole, Receiver<Step> steps, PrintStream out, boolean terminal) {
        this.whole = whole;
        this.steps = steps;
        this.out = out;
        this.terminal = terminal;
        period = (terminal ? TERMINAL : LOG).toNanos();
    }

    @Override public String name() {
        return "display";
    }

    @Override public void run() throws InterruptedException {
        for (boolean reading = true; reading;) {
            // the time limit is for a reader that waits for long: the rate falls, and who watches sees that we are alive
            switch (steps.receive(Duration.ofNanos(period))) {
                case Received(var step) -> done = done.plus(new Texts.Size(step.files(), step.bytes()));
                case Closed() -> reading = false;
                case Empty() -> {}
            }
            if (System.nanoTime() - shown >= period || !reading) show();
        }
        if (terminal) out.println();
    }

    private void show() {
        shown = System.nanoTime();
        double seconds = (shown - begun) / 1e9;
        var line = String.format(Locale.ROOT, "%s %3d %%  %,d of %s  %s/s", bar(), percent(), done.files(), whole,
                Texts.Size.mebibytes(done.bytes() / seconds));
        if (terminal) out.print("\r" + line + "\033[K"); // back to the start of the line, and clear what is left of the last one
        else out.println(line);
        out.flush();
    }

    /// By bytes; by files where the bytes are not known beforehand, as in archives written in one go and in /proc.
    private int percent() {
        if (done.files() == whole.files()) return 100;
        long percent = whole.bytes() > 0 ? done.bytes() * 100 / whole.bytes() : done.files() * 100 / whole.files();
        return (int) Math.min(99, percent);
    }

    private String bar() {
        int full = percent() * BAR / 100;
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    /// Whether the standard error of this program is a terminal. Java tells that only of standard input and output together, so
    /// this asks the `test` of the system, which inherits it; where there is none, the answer is no.
    public static boolean errorIsTerminal() throws InterruptedException {
        try {
            var test = new ProcessBuilder("test", "-t", "2").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            return test.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
