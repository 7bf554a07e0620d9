package dev.parley.csp;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The completion of a stage. A stage cannot be told to forget a callback, so it is given one, at the first wait, for all the choices to come.
final class StageEvent<T> implements Event<StageEvent.Done<T>> {
    /// How the stage completed.
    record Done<T>(@Nullable T value, @Nullable Throwable failure) {
        @SuppressWarnings("NullAway") // a stage may complete with null
        T get() throws Exception {
            if (failure == null) return value;
            var cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            if (cause instanceof Exception exception) throw exception;
            if (cause instanceof Error error) throw error;
            throw new CompletionException(cause);
        }
    }

    private final CompletionStage<T> stage;
    private final String name;
    private final Set<Offer<Done<T>>> offers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean listening = new AtomicBoolean();
    private volatile @Nullable Done<T> done;

    StageEvent(CompletionStage<T> stage) {
        this(stage, "completion of a stage");
    }

    StageEvent(CompletionStage<T> stage, String name) {
        this.stage = Objects.requireNonNull(stage, "stage");
        this.name = name;
    }

    @Override public @Nullable Done<T> poll() {
        if (done == null && stage instanceof CompletableFuture<T> future && future.isDone()) listen();
        return done;
    }

    /// The callback runs at once if the stage has completed.
    private void listen() {
        if (listening.compareAndSet(false, true)) stage.whenComplete(this::completed);
    }

    private void completed(@Nullable T value, @Nullable Throwable failure) {
        done = new Done<>(value, failure);
        for (var offer : offers) tell(offer);
    }

    /// Either `completed` finds the offer, or this finds what it has written.
    @Override public void register(Offer<Done<T>> offer) {
        offers.add(offer);
        listen();
        if (done != null) tell(offer);
    }

    private void tell(Offer<Done<T>> offer) {
        var known = done;
        if (known != null && offer.claim()) offer.complete(known);
    }

    @Override public void withdraw(Offer<Done<T>> offer) {
        offers.remove(offer);
    }

    @Override public String toString() {
        return name;
    }
}
