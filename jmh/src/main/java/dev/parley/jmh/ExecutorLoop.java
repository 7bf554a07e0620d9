package dev.parley.jmh;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// One thread that runs callbacks: that of the JDK, or Netty's.
final class ExecutorLoop implements Peer, Callbacks.Loop {
    private final ScheduledExecutorService executor;

    private ExecutorLoop(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    static ExecutorLoop jdk() {
        var executor = new ScheduledThreadPoolExecutor(1);
        executor.setRemoveOnCancelPolicy(true); // else cancelled timers stay for an hour
        return new ExecutorLoop(executor);
    }

    static ExecutorLoop netty() { return new ExecutorLoop(new DefaultEventLoop()); }

    @Override public boolean does(Question question) { return question instanceof Callbacks; }

    @Override public void execute(Runnable callback) { executor.execute(callback); }

    @Override public Runnable after(Duration delay, Runnable callback) {
        var timer = executor.schedule(callback, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override public void par(List<? extends Body> bodies) { throw onlyCallbacks(); }

    @Override public void spawn(int n, Body body) { throw onlyCallbacks(); }

    @Override public void giveWay() { throw onlyCallbacks(); }

    private static UnsupportedOperationException onlyCallbacks() {
        return new UnsupportedOperationException("an executor has callbacks, no processes");
    }

    @Override public void close() { executor.shutdownNow(); }
}
