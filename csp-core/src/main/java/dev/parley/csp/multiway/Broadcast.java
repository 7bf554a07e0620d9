package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.loop.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Gives every element to every subscriber, and each subscriber says what happens when it is slow.
///
/// ```java
/// var prices = new Broadcast<Price>("prices");
/// var screen = prices.subscribe(Broadcast.Slow.DROP_OLDEST, 1);
/// var ledger = prices.subscribe(Broadcast.Slow.WAIT, 64);
/// ```
///
/// All subscribers see the elements in the same order, each from when it subscribed. One that retires its end leaves.
///
/// @param <T> the elements
public final class Broadcast<T> implements AutoCloseable {
    //  R1  one sender at a time gives: it holds the token, an element in `turn`, for which others wait in order. So all see the same order.
    //  R2  subscribe, close and poison need no turn: a subscriber is in `subscriptions` before `end` is looked at, and the end is set before
    //      the subscriptions are looked at, so each subscriber is told of the end by one of the two.

    /// What becomes of an element when a subscriber's buffer is full: with `WAIT` the sender waits, and with it all others; with `DROP_OLDEST` the oldest
    /// element in the buffer is dropped, with `DROP_NEWEST` the new one; with `CUT_OFF` the subscriber's end is poisoned with [TooSlow].
    public enum Slow { WAIT, DROP_OLDEST, DROP_NEWEST, CUT_OFF }

    /// Why a subscriber was cut off.
    public static final class TooSlow extends Exception {
        private static final long serialVersionUID = 1;

        TooSlow(String broadcast, int capacity) {
            super("a subscriber of Broadcast \"" + broadcast + "\" was cut off: its buffer of " + capacity
                    + " was full; receive faster, or subscribe with a larger buffer or another policy");
        }
    }

    private record Subscription<T>(Channel<T> channel, Slow slow, int capacity) {}

    private record End(@Nullable Throwable cause) {}

    private final String name;
    private final Channel<Boolean> turn;
    private final CopyOnWriteArrayList<Subscription<T>> subscriptions = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final AtomicLong dropped = new AtomicLong();

    /// A broadcast without subscribers; reports call it `name`.
    public Broadcast(String name) {
        this.name = Objects.requireNonNull(name, "name");
        turn = Channel.buffered(name + ".turn", 1);
    }

    /// A new subscriber, with a buffer for `capacity` elements, at least one.
    ///
    /// @return where it receives what is sent from now on
    public Receiver<T> subscribe(Slow slow, int capacity) {
        Channel<T> channel = switch (slow) {
            case WAIT, CUT_OFF -> Channel.buffered(name, capacity);
            case DROP_OLDEST -> Channel.<T>sliding(name, capacity).onDiscard(_ -> dropped.incrementAndGet());
            case DROP_NEWEST -> Channel.<T>dropping(name, capacity).onDiscard(_ -> dropped.incrementAndGet());
        };
        subscriptions.add(new Subscription<>(channel, slow, capacity));
        var already = end.get();
        if (already != null) tell(channel, already);
        return channel;
    }

    /// Gives `value` to all that subscribe now; returns when each has it, or has dropped it. Without subscribers returns at once.
    ///
    /// **Interruption.** If interrupted while waiting for its turn, nobody got `value`. If interrupted while it waits for slow subscribers, those do
    /// not get it, and all others did.
    ///
    /// @throws ChannelClosed after [#close]
    /// @throws ChannelPoisoned after [#poison]
    public void send(T value) throws InterruptedException {
        Objects.requireNonNull(value, () -> "an element must not be null: send to Broadcast \"" + name + "\"");
        turn.send(true);
        try {
            requireOpen();
            var waiting = new ArrayList<CompletableFuture<Void>>();
            for (var subscription : subscriptions) give(value, subscription, waiting);
            awaitAll(waiting);
        } finally {
            turn.tryReceive();
        }
    }

    private void give(T value, Subscription<T> to, List<CompletableFuture<Void>> waiting) {
        try {
            if (to.channel.trySend(value)) return;
            if (to.slow == Slow.CUT_OFF) {
                to.channel.poison(new TooSlow(name, to.capacity));
                subscriptions.remove(to);
            } else {
                waiting.add(to.channel.sendAsync(value));
            }
        } catch (ChannelException gone) {
            subscriptions.remove(to);
        }
    }

    private static void awaitAll(List<CompletableFuture<Void>> waiting) throws InterruptedException {
        try {
            for (var sent : waiting) {
                try {
                    Tasks.await(sent);
                } catch (CompletionException gone) {
                    if (!(gone.getCause() instanceof ChannelException)) throw gone;
                }
            }
        } finally {
            for (var sent : waiting) sent.cancel(false); // without effect on what has happened
        }
    }

    /// A process that gives all that `in` receives, and closes this at the end of it; it owns `in`.
    public Proc relay(Receiver<? extends T> in) {
        return Proc.named(name).owningIn(in).does(() -> {
            try {
                for (T value : in) send(value);
            } catch (Throwable failure) {
                poison(failure);
                throw failure;
            }
            close();
        });
    }

    /// No more will be sent; subscribers receive what is in their buffers, then the end.
    @Override public void close() {
        end(new End(null));
    }

    /// Ends this at once, as a failure, for all subscribers and senders.
    public void poison(Throwable cause) {
        end(new End(Objects.requireNonNull(cause, "cause")));
    }

    private void end(End how) {
        if (!end.compareAndSet(null, how)) return;
        for (var subscription : subscriptions) tell(subscription.channel, how);
        subscriptions.clear();
    }

    private static void tell(Channel<?> channel, End how) {
        if (how.cause == null) channel.close();
        else channel.poison(how.cause);
    }

    private void requireOpen() {
        var now = end.get();
        if (now == null) return;
        var message = "send to Broadcast \"" + name + "\" ["
                + (now.cause == null ? "closed" : "poisoned by " + now.cause) + "]";
        throw now.cause == null ? new ChannelClosed(name, message) : new ChannelPoisoned(name, message, 1, now.cause);
    }

    /// How many subscribers there are. One that has retired counts until the next element is sent.
    public int subscribers() {
        return subscriptions.size();
    }

    /// How many elements were dropped for slow subscribers, all together.
    public long dropped() {
        return dropped.get();
    }

    /// The name, and how many subscribe.
    @Override public String toString() {
        return "Broadcast \"" + name + "\" [" + subscribers() + " subscribers, " + dropped() + " dropped]";
    }
}
