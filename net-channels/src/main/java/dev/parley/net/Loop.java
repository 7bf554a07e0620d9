package dev.parley.net;

import dev.parley.net.Ground.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one thread of a node, that of its [Ground]. All state of its links, ends and names is confined to it; other threads hand it commands.
///
/// **Idea.** A command costs a wake-up only if none is on its way: the first caller schedules a round, the others find it scheduled. A round
/// runs all commands and then writes what they, and the input before them, caused: one system call per connection.
///
/// - L1 a command in the inbox is run or refused, exactly once: by whoever takes it out
/// - L2 while `scheduled` is set and not terminated, a round will begin and find every command that was added before
/// - L3 `inside` is true between [#enter] and the end of the [#round] that follows; commands of the loop's own thread then need no wake-up
///
/// **Termination.** The last round sets `terminated` and refuses what is left. A caller that adds afterwards sees `terminated` (both are
/// volatile, the add comes before the read) and takes its own command out again to refuse it; whichever of the two gets it refuses it.
final class Loop {
    /// What a caller hands over.
    interface Command {
        /// On the loop's thread.
        void run();

        /// The node is closed. On any thread.
        void refused();
    }

    private final Ground ground;
    private final ConcurrentLinkedQueue<Command> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayList<Runnable> lastWords = new ArrayList<>();
    private final ArrayList<Wire> unflushed = new ArrayList<>();
    private boolean inside;
    private volatile boolean terminated;

    Loop(Ground ground) {
        this.ground = ground;
    }

    void submit(Command command) {
        inbox.add(command);
        if (terminated) refuse(command);
        else if (!(ground.isHere() && inside) && !scheduled.getAndSet(true)) schedule(command);
    }

    private void schedule(Command command) {
        try {
            ground.execute(this::scheduledRound);
        } catch (RejectedExecutionException terminatedMeanwhile) {
            refuse(command);
        }
    }

    private void refuse(Command command) {
        if (inbox.remove(command)) command.refused();
    }

    /// Waiting on the loop's own thread would wait for itself.
    void requireElsewhere(String operation) {
        if (ground.isHere())
            throw new IllegalStateException(operation + " would wait for the node's own thread, which is this one ("
                    + Thread.currentThread().getName() + "); use sendAsync, or thenRunAsync instead of thenRun");
    }

    void enter() {
        inside = true;
    }

    private void scheduledRound() {
        scheduled.set(false); // before taking commands: one added from here on schedules the next round (L2)
        enter();
        round();
    }

    /// Runs the commands and writes what was caused.
    void round() {
        try {
            for (var command = inbox.poll(); command != null; command = inbox.poll()) command.run();
        } finally {
            for (int i = 0; i < lastWords.size(); i++) lastWords.get(i).run();
            lastWords.clear();
            for (int i = 0; i < unflushed.size(); i++) unflushed.get(i).flush();
            unflushed.clear();
            inside = false;
            // a flush can fail a connection, and that can leave commands
            if (!inbox.isEmpty() && !scheduled.getAndSet(true)) ground.execute(this::scheduledRound);
        }
    }

    /// Has `word` said at the end of this round.
    void beforeFlush(Runnable word) {
        lastWords.add(word);
    }

    void toFlush(Wire wire) {
        unflushed.add(wire);
    }

    Timer after(Duration delay, Runnable action) {
        return ground.after(delay, () -> {
            enter();
            action.run();
            round();
        });
    }

    /// Runs `action` again and again, each `delay` after the end of the one before: a process that was stopped for a while does not
    /// find a heap of them.
    Timer every(Duration delay, Runnable action) {
        return new Timer() {
            private boolean stopped;
            private Timer next = after(delay, this::run);

            private void run() {
                action.run();
                if (!stopped) next = after(delay, this::run);
            }

            @Override public void stop() {
                stopped = true;
                next.stop();
            }
        };
    }

    /// Ends the thread, and then runs `done` elsewhere. On the loop's thread, in a round.
    void terminate(Runnable done) {
        terminated = true;
        for (var command = inbox.poll(); command != null; command = inbox.poll()) command.refused();
        ground.end(done);
    }
}
