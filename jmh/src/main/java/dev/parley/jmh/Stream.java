package dev.parley.jmh;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One sender and one receiver, both virtual threads, a new channel each time: the time per element.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1) public class Stream {
    private static final int ELEMENTS = 1_000_000;

    /// 0 is a rendezvous.
    @Param({"0", "64"}) public int capacity;

    /// Parley's channel on the JDK's scheduler.
    @Benchmark
    @OperationsPerInvocation(ELEMENTS) public void parley() throws Exception {
        Channel<Integer> channel = capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
        pair(() -> { for (int i = 0; i < ELEMENTS; i++) channel.send(i); },
                () -> {
                    for (int i = 0; i < ELEMENTS; i++) channel.receive();
                });
    }

    /// The JDK's queues of the same capacity.
    @Benchmark
    @OperationsPerInvocation(ELEMENTS) public void blockingQueue() throws Exception {
        BlockingQueue<Integer> queue = capacity == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(capacity);
        pair(() -> { for (int i = 0; i < ELEMENTS; i++) queue.put(i); },
                () -> {
                    for (int i = 0; i < ELEMENTS; i++) queue.take();
                });
    }

    /// The JDK's transfer queue; unbounded where the others are buffered, so only its rendezvous compares.
    @Benchmark
    @OperationsPerInvocation(ELEMENTS) public void transferQueue() throws Exception {
        var queue = new LinkedTransferQueue<Integer>();
        pair(() -> {
            for (int i = 0; i < ELEMENTS; i++) {
                if (capacity == 0) queue.transfer(i);
                else queue.put(i);
            }
        }, () -> { for (int i = 0; i < ELEMENTS; i++) queue.take(); });
    }

    private static void pair(Proc sender, Proc receiver) throws Exception {
        new Par("pair", sender, receiver).run();
    }
}
