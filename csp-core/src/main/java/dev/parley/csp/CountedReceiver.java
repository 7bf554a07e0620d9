package dev.parley.csp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A receiving end that poisons its channel for the senders when it is the last to retire.
final class CountedReceiver<T> implements ReceiverEnd<T> {
    private final LocalChannel<T> channel;
    private final AtomicBoolean retired = new AtomicBoolean();

    CountedReceiver(LocalChannel<T> channel) {
        this.channel = channel;
    }

    @Override public T receive() throws InterruptedException {
        requireInService();
        return channel.receive();
    }

    @Override public Reception<T> receiveOrClosed() throws InterruptedException {
        requireInService();
        return channel.receiveOrClosed();
    }

    @Override public Attempt<T> receive(Duration timeout) throws InterruptedException {
        requireInService();
        return channel.receive(timeout);
    }

    @Override public Attempt<T> tryReceive() {
        requireInService();
        return channel.tryReceive();
    }

    @Override public CompletableFuture<Reception<T>> receiveAsync() {
        if (retired.get()) return CompletableFuture.failedFuture(retiredFailure());
        return channel.receiveAsync();
    }

    @Override public void retire() {
        if (retired.compareAndSet(false, true)) channel.retireReceiver();
    }

    @Override public boolean poison(Throwable cause) {
        return channel.poison(cause);
    }

    @Override public String name() {
        return channel.name();
    }

    @Override public String toString() {
        return "receiving end of " + channel;
    }

    private void requireInService() {
        if (retired.get()) throw retiredFailure();
    }

    private ChannelClosed retiredFailure() {
        return new ChannelClosed(name(),
                "receive on " + channel + " through an end that retired; ask the channel for another receiver()");
    }
}
