package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Attempt;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Guard;
import dev.parley.csp.Handler;
import dev.parley.csp.Held;
import dev.parley.csp.Received;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Reception;
import dev.parley.net.Verdict.Ended;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A counted receiving end of a channel whose home is another node. All that is not about the calling thread is its [ReceivingEnd]'s.
final class RemoteReceiver<T> implements ReceiverEnd<T> {
    private final ReceivingEnd<T> end;
    private final AtomicBoolean retired = new AtomicBoolean();

    RemoteReceiver(ReceivingEnd<T> end) {
        this.end = end;
    }

    @Override public T receive() throws InterruptedException {
        return element(take(ThreadOffer.FOREVER, false));
    }

    @Override public Reception<T> receiveOrClosed() throws InterruptedException {
        return reception(take(ThreadOffer.FOREVER, false));
    }

    @Override public Attempt<T> receive(Duration timeout) throws InterruptedException {
        return attempt(take(RemoteSender.nanos(timeout), false));
    }

    @Override public Attempt<T> tryReceive() {
        requireInService();
        end.requireElsewhere("tryReceive");
        var offer = new ThreadOffer(end, true, false);
        end.submit(offer);
        return attempt(offer.awaitAnswer());
    }

    @Override public Held<T> receiveExtended() throws InterruptedException {
        return held(take(ThreadOffer.FOREVER, true));
    }

    private Verdict take(long nanos, boolean extended) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before receiving on " + this);
        requireInService();
        end.requireElsewhere("receive");
        var offer = new ThreadOffer(end, nanos <= 0, extended);
        end.submit(offer);
        return offer.await(nanos);
    }

    @Override public CompletableFuture<Reception<T>> receiveAsync() {
        if (retired.get()) return CompletableFuture.failedFuture(retiredFailure());
        var offer = new FutureOffer<>(end, false, this::reception);
        end.submit(offer);
        return offer.result();
    }

    @Override public CompletableFuture<Held<T>> receiveExtendedAsync() {
        if (retired.get()) return CompletableFuture.failedFuture(retiredFailure());
        var offer = new FutureOffer<>(end, true, this::held);
        end.submit(offer);
        return offer.result();
    }

    // What a verdict means

    private Attempt<T> attempt(Verdict verdict) {
        return verdict == Verdict.Plain.NOT_TAKEN ? new Empty<>() : reception(verdict);
    }

    private Reception<T> reception(Verdict verdict) {
        return verdict instanceof Ended ended && !ended.poisoned()
                ? new Closed<>()
                : new Received<>(element(verdict));
    }

    @SuppressWarnings("unchecked") // from this end's codec
    private T element(Verdict verdict) {
        return (T) item(verdict);
    }

    @SuppressWarnings("unchecked") // of an element from this end's codec, since the offer was extended
    private Held<T> held(Verdict verdict) {
        return (Held<T>) item(verdict);
    }

    private Object item(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Came(var item) -> item;
            case Ended ended -> throw ended.failure("receive on", name(), end.peer());
            case Verdict.Refused(var why) -> throw new IllegalStateException(why);
            case Verdict.Plain plain -> throw new AssertionError(plain);
            case Verdict.ReceiverGaveUp gaveUp -> throw new AssertionError(gaveUp);
        };
    }

    @Override public Guard on(Handler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return Alt.on(new RemoteGuard<T>(end, false), handler);
    }

    @Override public Guard onExtended(Handler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return Alt.on(new RemoteGuard<Held<T>>(end, true), held -> {
            try (held) {
                try {
                    handler.handle(held.value());
                } catch (Throwable failure) {
                    held.fail(failure);
                    throw failure;
                }
            }
        });
    }

    @Override public void retire() {
        if (retired.compareAndSet(false, true)) end.retire();
    }

    /// What travels instead of it.
    Reference reference() {
        requireInService();
        return end.reference(true);
    }

    @Override public boolean poison(int strength, Throwable cause) {
        end.requireElsewhere("poison");
        if (strength < 1) throw new IllegalArgumentException("strength must be at least 1, but was " + strength);
        Objects.requireNonNull(cause, "cause");
        return end.poison(strength, cause);
    }

    @Override public String name() {
        return end.name();
    }

    @Override public String toString() {
        return "receiving end of Channel \"" + name() + "\" at " + end.peer();
    }

    private void requireInService() {
        if (retired.get()) throw retiredFailure();
    }

    private ChannelClosed retiredFailure() {
        return new ChannelClosed(name(),
                "receive on Channel \"" + name() + "\" at " + end.peer()
                        + " through an end that retired, or was sent to another process; ask the node for another receiverEnd");
    }
}
