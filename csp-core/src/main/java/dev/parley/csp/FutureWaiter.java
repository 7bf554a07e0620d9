package dev.parley.csp;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/// An operation that waits without a thread: its outcome completes a future.
///
/// @param <R> what the future completes with
abstract class FutureWaiter<R> extends Waiter {
    private final Result result = new Result();
    private final @Nullable Thread owner = Account.kept ? Thread.currentThread() : null;

    FutureWaiter() {
        super(true);
    }

    static <T> FutureWaiter<Void> sending(LocalChannel<T> channel, T value) {
        return new Sending<>(channel, value);
    }

    static <T> FutureWaiter<Reception<T>> receiving(LocalChannel<T> channel) {
        return new Receiving<>(channel);
    }

    /// @param holds whether its sender is to stay until it is let go
    static <T> FutureWaiter<Held<T>> holding(LocalChannel<T> channel, boolean holds) {
        return new Holding<>(channel, holds);
    }

    CompletableFuture<R> result() {
        return result;
    }

    /// Takes the operation back if it is undecided.
    abstract boolean withdraw();

    /// Where it waits.
    abstract WaitQueues source();

    /// What it does, for messages that go on with [#source].
    abstract String operation();

    abstract @Nullable R success(Object outcome);

    abstract RuntimeException failure(Ending end);

    @Override
    @Nullable Thread owner() {
        return owner;
    }

    @Override Claim claim() {
        return Claim.MINE;
    }

    @Override void finish(Object outcome) {
        switch (outcome) {
            case Ending end -> result.decided(null, failure(end));
            case Thrown(var failure) -> result.decided(null, failure);
            default -> result.decided(success(outcome), null);
        }
    }

    @Override void sourceClosed() {
        finish(Outcome.CLOSED);
    }

    /// A future that its holder can complete only as long as the operation can be taken back, so that no element gets lost in it.
    final class Result extends CompletableFuture<R> {
        FutureWaiter<R> waiter() {
            return FutureWaiter.this;
        }

        void decided(@Nullable R value, @Nullable Throwable failure) {
            if (failure != null) super.completeExceptionally(failure);
            else super.complete(value);
        }

        @Override public boolean cancel(boolean mayInterruptIfRunning) {
            return withdraw() ? super.cancel(mayInterruptIfRunning) : isCancelled();
        }

        @Override public boolean complete(R value) {
            return withdraw() && super.complete(value);
        }

        @Override public boolean completeExceptionally(Throwable failure) {
            return withdraw() && super.completeExceptionally(failure);
        }

        @Override public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }

        @Override public String toString() {
            return operation() + " " + source() + (isDone() ? ", done" : ", pending");
        }
    }

    private static final class Sending<T> extends FutureWaiter<Void> {
        private final LocalChannel<T> channel;

        Sending(LocalChannel<T> channel, T value) {
            this.channel = channel;
            this.item = value;
        }

        @Override boolean withdraw() {
            return channel.withdraw(this);
        }

        @Override
        @Nullable Void success(Object outcome) {
            return null;
        }

        @Override RuntimeException failure(Ending end) {
            return channel.failure(operation(), end);
        }

        @Override LocalChannel<T> source() {
            return channel;
        }

        @Override String operation() {
            return "send to";
        }
    }

    private static final class Receiving<T> extends FutureWaiter<Reception<T>> {
        private final LocalChannel<T> channel;

        Receiving(LocalChannel<T> channel) {
            this.channel = channel;
        }

        @Override boolean withdraw() {
            return channel.withdraw(this);
        }

        @Override Reception<T> success(Object outcome) {
            return channel.reception(outcome == Outcome.DONE ? item : Outcome.CLOSED);
        }

        @Override RuntimeException failure(Ending end) {
            return channel.failure(operation(), end);
        }

        @Override LocalChannel<T> source() {
            return channel;
        }

        @Override String operation() {
            return "receive on";
        }
    }

    private static final class Holding<T> extends FutureWaiter<Held<T>> {
        private final LocalChannel<T> channel;

        Holding(LocalChannel<T> channel, boolean holds) {
            this.channel = channel;
            this.extended = holds;
        }

        @Override boolean withdraw() {
            return channel.withdraw(this);
        }

        @Override Held<T> success(Object outcome) {
            return new LocalHeld<>(channel, channel.element(item), held);
        }

        @Override RuntimeException failure(Ending end) {
            return channel.failure(operation(), end);
        }

        @Override LocalChannel<T> source() {
            return channel;
        }

        @Override String operation() {
            return "receive on";
        }

        @Override void sourceClosed() {
            finish(Ending.CLOSED);
        }
    }
}
