package dev.parley.csp;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A receiving end that poisons its channel for the senders when it is the last to retire.
final class CountedReceiver<T> implements ReceiverEnd<T> {
    private final LocalChannel<T> channel;
    private volatile boolean retired; // written under the channel's lock

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
        if (retired) return CompletableFuture.failedFuture(retiredFailure());
        return channel.receiveAsync();
    }

    @Override public Held<T> receiveExtended() throws InterruptedException {
        requireInService();
        return channel.receiveExtended();
    }

    @Override public CompletableFuture<Held<T>> receiveExtendedAsync() {
        if (retired) return CompletableFuture.failedFuture(retiredFailure());
        return channel.receiveExtendedAsync();
    }

    @Override public Guard on(Handler<? super T> handler) {
        return new Guard(new InputGuard<T>(channel, handler, false, this));
    }

    @Override public Guard onExtended(Handler<? super T> handler) {
        return new Guard(new InputGuard<T>(channel, handler, channel.holdsSenders(), this));
    }

    /// Takes one value of a promise and no more, as the channel itself does.
    @Override public Iterator<T> iterator() {
        requireInService();
        return channel.iterator();
    }

    @Override public int drainTo(Collection<? super T> target) {
        requireInService();
        return channel.drainTo(target);
    }

    @Override public List<T> receiveBatch(int max) throws InterruptedException {
        requireInService();
        return channel.receiveBatch(max);
    }

    @Override public void retire() {
        channel.retireFor(this);
    }

    @Override public boolean poison(int strength, Throwable cause) {
        return channel.poison(strength, cause);
    }

    @Override public String name() {
        return channel.name();
    }

    @Override public String toString() {
        return "receiving end of " + channel;
    }

    /// Under the channel's lock.
    ///
    /// @return whether it had not retired before
    boolean leave() {
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
                "receive on Channel \"" + name()
                        + "\" through an end that retired; ask the channel for another receiver()");
    }
}
