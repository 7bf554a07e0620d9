package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Guard;
import dev.parley.csp.Proc;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A counted sending end of a channel whose home is another node. It encodes where the caller is; all else is its [SendingEnd]'s.
final class RemoteSender<T> implements Sender<T> {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private final SendingEnd end;
    private final Codec<T> codec;
    private final AtomicBoolean retired = new AtomicBoolean();

    RemoteSender(SendingEnd end, Codec<T> codec) {
        this.end = end;
        this.codec = codec;
    }

    @Override public void send(T value) throws InterruptedException {
        offer(value, ThreadOffer.FOREVER);
    }

    @Override public boolean send(T value, Duration timeout) throws InterruptedException {
        return offer(value, nanos(timeout));
    }

    static long nanos(Duration timeout) {
        if (timeout.compareTo(LONGEST) > 0) return LONGEST.toNanos();
        return timeout.isNegative() ? 0 : timeout.toNanos();
    }

    private boolean offer(T value, long nanos) throws InterruptedException {
        requireElement(value);
        if (Thread.interrupted()) throw new InterruptedException("interrupted before sending to " + this);
        requireOpen();
        end.requireElsewhere("send");
        var offer = new ThreadOffer(end, encoded(value), nanos <= 0);
        end.submit(offer);
        return happened(offer.await(nanos));
    }

    @Override public boolean trySend(T value) {
        requireElement(value);
        requireOpen();
        end.requireElsewhere("trySend");
        var offer = new ThreadOffer(end, encoded(value), true);
        end.submit(offer);
        return happened(offer.awaitAnswer());
    }

    private boolean happened(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Plain plain -> plain == Verdict.Plain.TAKEN;
            case Verdict.Refused refused -> throw new IllegalStateException(refused.why());
            case Verdict.Came came -> throw new AssertionError(came);
            case Verdict.ReceiverGaveUp gaveUp -> throw new ReceiverFailed(name(), gaveUp.cause());
            case Verdict.Ended ended -> throw ended.failure("send to", name(), end.peer());
        };
    }

    /// What a collection holds is there already, so it may leave together; other values may come to be only when those before them are taken, and ends in elements wait
    /// each for its own word.
    @Override public void sendAll(Iterable<? extends T> values) throws InterruptedException {
        if (!(values instanceof Collection<? extends T> all) || mayCarryEnds()) {
            Sender.super.sendAll(values);
            return;
        }
        end.requireElsewhere("sendAll");
        var rest = all.iterator();
        boolean taken = happened(new Batch.Sending(end).send(new Iterator<>() {
            @Override public boolean hasNext() {
                return rest.hasNext();
            }

            @Override public byte[] next() {
                T value = rest.next();
                requireElement(value);
                requireOpen();
                return encoded(value).bytes();
            }
        }));
        if (!taken) throw new AssertionError("it was neither taken, nor taken back, nor did it fail");
    }

    @Override public CompletableFuture<Void> sendAsync(T value) {
        requireElement(value);
        if (retired.get()) return CompletableFuture.failedFuture(retiredFailure());
        var ended = end.ended();
        if (ended != null) return CompletableFuture.failedFuture(ended.failure("send to", name(), end.peer()));
        var offer = new FutureOffer<@Nullable Void>(end, encoded(value), verdict -> {
            happened(verdict);
            return null;
        });
        end.submit(offer);
        return offer.result();
    }

    @Override public void close() {
        if (retired.compareAndSet(false, true)) end.retire();
    }

    /// The process that had it sent it away, and it is lost.
    void lose(LinkLost why) {
        if (retired.compareAndSet(false, true)) end.lose(why);
    }

    private boolean mayCarryEnds() {
        return codec instanceof MobileCodec<T> mobile && mobile.carriesEnds();
    }

    /// What travels instead of it.
    Reference reference() {
        requireOpen();
        return end.reference(false);
    }

    @Override public Guard offering(T value, Proc sent) {
        requireElement(value);
        Objects.requireNonNull(sent, "sent");
        if (mayCarryEnds())
            return guard(() -> encoded(value), sent); // each time, since an end is sent once
        var bytes = encoded(value);
        return guard(() -> bytes, sent);
    }

    @Override public Guard offering(Supplier<? extends T> value, Proc sent) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(sent, "sent");
        return guard(() -> {
            T made = value.get();
            requireElement(made);
            return encoded(made);
        }, sent);
    }

    private Guard guard(Supplier<OutgoingEnds.Packed> element, Proc sent) {
        return Alt.on(new RemoteGuard<>(end, element), done -> sent.run());
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
        return "sending end of Channel \"" + name() + "\" at " + end.peer();
    }

    private OutgoingEnds.Packed encoded(T value) {
        return end.link.packed(codec, value, name());
    }

    private void requireElement(@Nullable T value) {
        if (value == null)
            throw new NullPointerException("an element must not be null: send to Channel \"" + name() + "\"");
    }

    private void requireOpen() {
        if (retired.get()) throw retiredFailure();
        var ended = end.ended();
        if (ended != null) throw ended.failure("send to", name(), end.peer());
    }

    private ChannelClosed retiredFailure() {
        return new ChannelClosed(name(),
                "send to Channel \"" + name() + "\" at " + end.peer()
                        + " through an end that was closed, or sent to another process; ask the node for another sender");
    }
}
