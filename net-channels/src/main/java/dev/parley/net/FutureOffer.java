package dev.parley.net;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An offer without a thread: the verdict completes a future.
///
/// @param <R> what it completes with
final class FutureOffer<R> extends Offer {
    private final Result result = new Result();
    private final Function<Verdict, R> meaning;
    private volatile @Nullable Throwable wish; // how to end if the home lets it be withdrawn

    /// @param meaning what a verdict that is not "not taken" says to the owner, or throws
    FutureOffer(NearEnd end, OutgoingEnds.Packed element, Function<Verdict, R> meaning) {
        super(end, element, false);
        this.meaning = meaning;
    }

    FutureOffer(NearEnd end, boolean extended, Function<Verdict, R> meaning) {
        super(end, false, extended);
        this.meaning = meaning;
    }

    CompletableFuture<R> result() {
        return result;
    }

    @Override void told(Verdict verdict) {
        if (verdict == Verdict.Plain.NOT_TAKEN) {
            var wished = wish;
            result.failed(wished != null ? wished : new CancellationException("withdrawn"));
            return;
        }
        R value;
        try {
            value = meaning.apply(verdict);
        } catch (RuntimeException failure) {
            result.failed(failure);
            return;
        }
        result.succeeded(value);
    }

    /// Its holder can end it only as long as the offer can be taken back. Once the element has left that is for its home to say: asking is all
    /// that can be done without waiting.
    private final class Result extends CompletableFuture<R> {
        void succeeded(R value) {
            super.complete(value);
        }

        void failed(Throwable failure) {
            if (failure instanceof CancellationException) super.cancel(false);
            else super.completeExceptionally(failure);
        }

        @Override public boolean cancel(boolean mayInterruptIfRunning) {
            return tookBack(new CancellationException("cancelled"))
                    ? super.cancel(mayInterruptIfRunning)
                    : isCancelled();
        }

        @Override public boolean complete(R value) {
            if (!takeBack()) return false;
            end.submit(new Ask(FutureOffer.this, Ask.What.FORGET));
            return super.complete(value);
        }

        @Override public boolean completeExceptionally(Throwable failure) {
            return tookBack(failure) && super.completeExceptionally(failure);
        }

        private boolean tookBack(Throwable wished) {
            boolean back = takeBack();
            if (!back && isDone()) return false;
            if (!back) wish = wished;
            end.submit(new Ask(FutureOffer.this, back ? Ask.What.FORGET : Ask.What.WITHDRAW));
            return back;
        }

        @Override public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
