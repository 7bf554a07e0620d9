package dev.parley.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Virtual threads of the JDK, with the queues of the JDK or none between them.
class Threads implements Peer {
    /// What stands between the threads.
    enum Queue { NONE, SYNCHRONOUS, ARRAY, TRANSFER }

    private final Queue queue;

    Threads(Queue queue) {
        this.queue = queue;
    }

    @Override public boolean does(Question question) {
        return switch (question) {
            case Switch _,Spawning _ -> queue == Queue.NONE;
            case Stream stream -> has(stream.capacity());
            case Chain chain -> has(chain.capacity());
            case Pairs pairs -> has(pairs.capacity());
            case Crowd crowd -> !crowd.guarded() && has(crowd.capacity());
            case Farm _ -> has(Farm.OUTSTANDING);
            case CommsTime _,TokenRing _,Daisy _ -> has(0);
            default -> false;
        };
    }

    private boolean has(int capacity) {
        return switch (queue) {
            case NONE -> false;
            case SYNCHRONOUS -> capacity == 0;
            case ARRAY -> capacity > 0;
            case TRANSFER -> capacity == 0 || capacity == UNBOUNDED; // it has no bounds between these
        };
    }

    @Override public Link link(int capacity, Ends ends) {
        return switch (queue) {
            case SYNCHRONOUS -> blocking(new SynchronousQueue<>());
            case ARRAY -> blocking(
                    capacity == UNBOUNDED ? new LinkedBlockingQueue<>() : new ArrayBlockingQueue<>(capacity));
            case TRANSFER -> capacity == UNBOUNDED ? blocking(new LinkedTransferQueue<>()) : transferring();
            case NONE -> Peer.super.link(capacity, ends);
        };
    }

    private static Link blocking(BlockingQueue<Integer> queue) {
        return new Link() {
            @Override public void send(Integer element) throws InterruptedException { queue.put(element); }

            @Override public Integer receive() throws InterruptedException { return queue.take(); }
        };
    }

    private static Link transferring() {
        var queue = new LinkedTransferQueue<Integer>();
        return new Link() {
            @Override public void send(Integer element) throws InterruptedException { queue.transfer(element); }

            @Override public Integer receive() throws InterruptedException { return queue.take(); }
        };
    }

    @Override public void par(List<? extends Body> bodies) throws Exception {
        var failure = new AtomicReference<@Nullable Throwable>();
        var threads = new ArrayList<Thread>(bodies.size());
        for (var body : bodies) threads.add(Thread.startVirtualThread(() -> run(body, failure)));
        for (var thread : threads) thread.join();
        rethrow(failure.get());
    }

    @Override public void spawn(int n, Body body) throws Exception {
        var failure = new AtomicReference<@Nullable Throwable>();
        for (int i = 0; i < n; i++) Thread.startVirtualThread(() -> run(body, failure)).join();
        rethrow(failure.get());
    }

    static void run(Body body, AtomicReference<@Nullable Throwable> failure) {
        try {
            body.run();
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
        }
    }

    static void rethrow(@Nullable Throwable failure) throws Exception {
        if (failure != null) throw new IllegalStateException("a process failed", failure);
    }

    @SuppressWarnings("ThreadPriorityCheck") // to yield is the question
    @Override public void giveWay() { Thread.yield(); }
}
