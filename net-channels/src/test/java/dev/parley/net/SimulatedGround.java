package dev.parley.net;

import dev.parley.loop.waiting.Waiting;
import dev.parley.net.protocol.Id;
import dev.parley.net.protocol.Identity;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;

/// A simulated thread that runs tasks in order, now or later in virtual time, on a [SimulatedNetwork].
final class SimulatedGround implements Ground {
    private static final class Later implements Comparable<Later> {
        final long due, number;
        final Runnable task;

        Later(long due, long number, Runnable task) {
            this.due = due;
            this.number = number;
            this.task = task;
        }

        @Override public int compareTo(Later other) {
            int order = Long.signum(due - other.due); // the clock overflows
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final SimulatedNetwork network;
    private final Waiting waiting = Waiting.current();
    private final ArrayDeque<Runnable> now = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private final Thread thread;
    private long numbers;
    private InetSocketAddress address;
    private boolean ended;

    SimulatedGround(SimulatedNetwork network, String name) {
        this.network = network;
        this.thread = waiting.start(name, this::run);
    }

    /// The same in each run of a seed, since the order of nodes decides who goes first.
    @Override public Identity identity() {
        return new Identity(new Id(0, network.nextNode()), 1);
    }

    private void run() {
        while (!ended) {
            var due = later.peek();
            if (due != null && due.due - waiting.nanoTime() <= 0) later.remove().task.run();
            else if (!now.isEmpty()) now.remove().run();
            else if (due != null) waiting.parkUntil(this, due.due);
            else waiting.park(this);
        }
    }

    @Override public void execute(Runnable task) {
        if (ended) throw new RejectedExecutionException();
        now.add(task);
        waiting.unpark(thread);
    }

    @Override public Timer after(Duration delay, Runnable task) {
        if (ended) return () -> {};
        var entry = new Later(waiting.nanoTime() + delay.toNanos(), numbers++, task);
        later.add(entry);
        waiting.unpark(thread);
        return () -> later.remove(entry);
    }

    @Override public boolean isHere() {
        return Thread.currentThread() == thread;
    }

    @Override public InetSocketAddress listen(InetSocketAddress where, Doorkeeper doorkeeper) {
        address = where;
        network.listen(where, this, doorkeeper);
        return where;
    }

    @Override public Timer connect(InetSocketAddress where, Connected outcome) {
        execute(() -> {
            if (!network.connect(where, this, outcome)) outcome.failed(new ConnectException("refused"));
        });
        return () -> {};
    }

    @Override public void deafen() {
        if (address != null) network.deafen(address);
    }

    /// As [#execute], for what the network tells; nobody hears it when the thread has ended.
    void tell(Runnable event) {
        if (!ended) execute(event);
    }

    /// Ends as when a process is killed.
    void kill() {
        deafen();
        ended = true;
        waiting.unpark(thread);
    }

    @Override public void end(Runnable done) {
        execute(() -> {
            ended = true;
            done.run();
        });
    }
}
