package dev.parley.csp.multiway;

import dev.parley.csp.Attempt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelException;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Reception;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Receives from many channels, thousands, through one end. The cost of an element does not depend on how many channels are registered, only on those
/// that have something.
///
/// Channels that have something are served in turn: one that gave an element goes behind all others that are ready. An element is taken from its channel
/// as soon as it is there, one for each channel; so a rendezvous channel registered here behaves like one with a buffer for one element.
///
/// One process receives; any may add and remove.
///
/// @param <T> the elements
public final class Multiplexer<T> implements AutoCloseable {
    //  Each registered channel has a pending receive, whose completion puts the channel into `ready`; when its element is handed out, the next
    //  receive is begun. So an idle channel costs its waiter, and nothing per element of others.
    //
    //  M1  a source is, at any time, either pending (in its channel's queue), or in `ready` once, or in the hands of the receiver
    //  M2  `ready` holds each source at most once, so it is bounded by their number although its channel is not
    //  M3  a source is out of `sources` only when its end was seen or its pending receive was taken back, so no element is lost

    /// An element, and where it came from.
    ///
    /// @param source the end it was received from
    /// @param value the element
    /// @param <T> the element
    public record Arrival<T>(Receiver<? extends T> source, T value) {}

    private static final class Source<T> {
        final Receiver<? extends T> in;
        volatile @Nullable CompletableFuture<? extends Reception<? extends T>> pending;

        Source(Receiver<? extends T> in) {
            this.in = in;
        }
    }

    private final Map<Receiver<? extends T>, Source<T>> sources = new ConcurrentHashMap<>();
    private final Channel<Source<T>> ready;

    /// A multiplexer without channels; reports call it `name`.
    public Multiplexer(String name) {
        ready = Channel.unbounded(Objects.requireNonNull(name, "name"));
    }

    /// Registers `in`.
    ///
    /// @throws IllegalArgumentException if it is registered already
    public void add(Receiver<? extends T> in) {
        var source = new Source<T>(in);
        if (sources.putIfAbsent(in, source) != null)
            throw new IllegalArgumentException(
                    "channel \"" + in.name() + "\" is registered already; register each once");
        arm(source);
    }

    /// Takes `in` out again, if nothing has been received from it that waits here to be handed out.
    ///
    /// @return whether it is out; if not, it may be tried again after that element was handed out
    public boolean remove(Receiver<? extends T> in) {
        var source = sources.get(in);
        if (source == null) return true;
        var pending = source.pending;
        if (pending == null || !pending.cancel(false)) return false;
        sources.remove(in);
        return true;
    }

    private void arm(Source<T> source) {
        var next = source.in.receiveAsync();
        source.pending = next;
        Preemption.point();
        var _ = next.whenComplete((_, _) -> {
            if (!next.isCancelled()) ready.trySend(source);
        });
    }

    /// The next element, and where it came from, waiting for it; [Closed] when all that were registered have ended, or none is.
    ///
    /// **Interruption.** As [Receiver#receive()].
    ///
    /// @throws ChannelException if one of the channels was poisoned; it is out then, and the others go on
    public Reception<Arrival<T>> receive() throws InterruptedException {
        while (!sources.isEmpty()) if (take(ready.receive()) instanceof Received<Arrival<T>> arrival) return arrival;
        return new Closed<>();
    }

    /// As [#receive()], but waits no longer than `timeout`, and then answers [Empty].
    public Attempt<Arrival<T>> receive(Duration timeout) throws InterruptedException {
        var waiting = Waiting.current();
        long begin = waiting.nanoTime();
        while (!sources.isEmpty()) {
            if (!(ready
                    .receive(timeout.minusNanos(waiting.nanoTime() - begin)) instanceof Received<Source<T>>(var next)))
                return new Empty<>();
            if (take(next) instanceof Received<Arrival<T>> arrival) return arrival;
        }
        return new Closed<>();
    }

    /// The element of a source that was ready; its end, if that is what it found.
    private Reception<Arrival<T>> take(Source<T> source) {
        try {
            switch (Objects.requireNonNull(source.pending).join()) {
                case Received<? extends T>(var value) -> {
                    arm(source);
                    return new Received<>(new Arrival<>(source.in, value));
                }
                case Closed<? extends T> _ -> {
                    sources.remove(source.in);
                    return new Closed<>();
                }
            }
        } catch (CompletionException failed) {
            sources.remove(source.in);
            if (failed.getCause() instanceof ChannelException end) throw end;
            throw failed;
        }
    }

    /// How many channels are registered and have not ended.
    public int size() {
        return sources.size();
    }

    /// Takes all channels out from which nothing waits here to be handed out. What waits can still be received.
    @Override public void close() {
        for (var source : sources.values()) remove(source.in);
    }

    /// The name, and how many channels are registered.
    @Override public String toString() {
        return "Multiplexer \"" + ready.name() + "\" [" + size() + " channels, " + ready.statistics().buffered()
                + " ready]";
    }
}
