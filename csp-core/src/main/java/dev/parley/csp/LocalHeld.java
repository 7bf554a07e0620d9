package dev.parley.csp;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// An element and the senders that wait for what becomes of it: one, or none if it did not come straight from a sender.
final class LocalHeld<T> implements Held<T> {
    private final LocalChannel<T> channel;
    private final T value;
    private final AtomicReference<@Nullable Waiter> sender;

    LocalHeld(LocalChannel<T> channel, T value, @Nullable Waiter sender) {
        this.channel = channel;
        this.value = value;
        this.sender = new AtomicReference<>(sender);
    }

    @Override public T value() {
        return value;
    }

    @Override public void close() {
        channel.release(sender.getAndSet(null));
    }

    @Override public void fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        var waits = sender.getAndSet(null);
        if (waits != null) waits.finish(new Waiter.Thrown(new ReceiverFailed(channel.name(), cause)));
    }

    @Override public String toString() {
        return "element " + value + " of " + channel + (sender.get() == null ? "" : ", whose sender waits");
    }
}
