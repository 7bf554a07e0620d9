package dev.parley.csp;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// A sending end that closes its channel when it is the last to be closed.
final class CountedSender<T> implements Sender<T> {
    private final LocalChannel<T> channel;
    private volatile boolean retired; // written under the channel's lock

    CountedSender(LocalChannel<T> channel) {
        this.channel = channel;
    }

    @Override public void send(T value) throws InterruptedException {
        requireInService();
        channel.send(value);
    }

    @Override public boolean send(T value, Duration timeout) throws InterruptedException {
        requireInService();
        return channel.send(value, timeout);
    }

    @Override public boolean trySend(T value) {
        requireInService();
        return channel.trySend(value);
    }

    @Override public CompletableFuture<Void> sendAsync(T value) {
        if (retired) return CompletableFuture.failedFuture(retiredFailure());
        return channel.sendAsync(value);
    }

    @Override public Guard offering(T value, Proc sent) {
        if (value == null) throw channel.nullElement();
        return new Guard(new OutputGuard<T>(channel, value, null, sent, this));
    }

    @Override public Guard offering(Supplier<? extends T> value, Proc sent) {
        return new Guard(new OutputGuard<T>(channel, null, Objects.requireNonNull(value, "value"), sent, this));
    }

    @Override public void close() {
        channel.closeFor(this);
    }

    @Override public boolean poison(int strength, Throwable cause) {
        return channel.poison(strength, cause);
    }

    @Override public String name() {
        return channel.name();
    }

    @Override public String toString() {
        return "sending end of " + channel;
    }

    /// Under the channel's lock.
    ///
    /// @return whether it had not retired before
    boolean retire() {
        boolean before = retired;
        retired = true;
        return !before;
    }

    boolean isOf(LocalChannel<?> other) {
        return channel == other;
    }

    boolean inService() {
        return !retired;
    }

    void requireInService() {
        if (retired) throw retiredFailure();
    }

    private ChannelClosed retiredFailure() {
        return new ChannelClosed(name(),
                "send to Channel \"" + name()
                        + "\" through an end that was closed; ask the channel for another sender()");
    }
}
