package dev.parley.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// The one thread of a node. All state of its links, ends and names is confined to it; other threads hand it commands.
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
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class Loop {
    /// What a caller hands over.
    interface Command {
        /// On the loop's thread.
        void run();

        /// The node is closed. On any thread.
        void refused();
    }

    private static final AtomicInteger LAST_NUMBER = new AtomicInteger();

    private final EventLoopGroup group;
    private final EventLoop thread;
    private final ConcurrentLinkedQueue<Command> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayList<Wire> unflushed = new ArrayList<>();
    private boolean inside;
    private volatile boolean terminated;

    Loop() {
        var threads = new DefaultThreadFactory("parley-node-" + LAST_NUMBER.incrementAndGet(), true);
        group = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        thread = group.next();
    }

    EventLoopGroup group() {
        return group;
    }

    void submit(Command command) {
        inbox.add(command);
        if (terminated) refuse(command);
        else if (!(thread.inEventLoop() && inside) && !scheduled.getAndSet(true)) schedule(command);
    }

    private void schedule(Command command) {
        try {
            thread.execute(this::scheduledRound);
        } catch (RejectedExecutionException terminatedMeanwhile) {
            refuse(command);
        }
    }

    private void refuse(Command command) {
        if (inbox.remove(command)) command.refused();
    }

    /// Waiting on the loop's own thread would wait for itself.
    void requireElsewhere(String operation) {
        if (thread.inEventLoop())
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
            for (int i = 0; i < unflushed.size(); i++) unflushed.get(i).flush();
            unflushed.clear();
            inside = false;
            // a flush can fail a connection, and that can leave commands
            if (!inbox.isEmpty() && !scheduled.getAndSet(true)) thread.execute(this::scheduledRound);
        }
    }

    void toFlush(Wire wire) {
        unflushed.add(wire);
    }

    Future<?> after(Duration delay, Runnable action) {
        return thread.schedule(() -> inRound(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Runs `action` again and again, each `delay` after the end of the one before: a process that was stopped for a while does not
    /// find a heap of them.
    Future<?> every(Duration delay, Runnable action) {
        long nanos = delay.toNanos();
        return thread.scheduleWithFixedDelay(() -> inRound(action), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void inRound(Runnable action) {
        enter();
        action.run();
        round();
    }

    /// Ends the thread, and then runs `done` elsewhere. On the loop's thread, in a round.
    void terminate(Runnable done) {
        terminated = true;
        for (var command = inbox.poll(); command != null; command = inbox.poll()) command.refused();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> done.run());
    }
}
