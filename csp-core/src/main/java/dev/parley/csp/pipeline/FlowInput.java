package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// A subscription as a source: its elements wait in a channel, and no more are asked for than have room there.
final class FlowInput<T> implements Flow.Subscriber<T> {
    //  I1  requested - received by the source <= capacity, so onNext always finds room
    //  I2  the channel is closed once the publisher is done, or has been found to break the rules; elements before that are still passed on
    //  The publisher calls one method at a time, each happening before the next; failure is written before the channel is closed, which
    //  happens before the source sees the end.

    private final int capacity;
    private final Channel<T> channel;
    private final Channel<Flow.Subscription> subscribed = Channel.buffered("subscription", 1);
    private boolean bound, done; // by the publisher's calls only
    private @Nullable Throwable failure;

    FlowInput(int capacity) {
        this.capacity = capacity;
        channel = Channel.buffered("published", capacity);
    }

    /// Subscribes, and passes the elements on until the end.
    void run(Flow.Publisher<? extends T> publisher, Link.Outlet<T> out) throws Exception {
        publisher.subscribe(this);
        drain(out);
    }

    /// Waits for the subscription, and passes the elements on until the end.
    void drain(Link.Outlet<T> out) throws Exception {
        if (subscribed.receiveOrClosed() instanceof Received<Flow.Subscription>(var subscription)) {
            try {
                request(subscription, out);
            } finally {
                subscription.cancel(); // without effect if the publisher is done
            }
        }
        switch (failure) {
            case null -> {}
            case Exception exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void request(Flow.Subscription subscription, Link.Outlet<T> out) throws InterruptedException {
        subscription.request(capacity);
        int taken = 0;
        for (var x : channel) {
            out.send(x);
            if (++taken >= Math.max(1, capacity / 2)) {
                subscription.request(taken);
                taken = 0;
            }
        }
    }

    @Override public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (bound || done) {
            subscription.cancel();
            return;
        }
        bound = true;
        subscribed.trySend(subscription);
    }

    @Override public void onNext(T element) {
        Objects.requireNonNull(element, "element");
        if (done || channel.trySend(element)) return;
        end(new IllegalStateException("the publisher published more than it was asked for, which was " + capacity
                + " ahead at most (Reactive Streams, rule 1.1)"));
    }

    @Override public void onError(Throwable thrown) {
        end(Objects.requireNonNull(thrown, "thrown"));
    }

    @Override public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable thrown) {
        if (done) return;
        done = true;
        failure = thrown;
        channel.close();
        if (!bound) subscribed.close();
    }
}
