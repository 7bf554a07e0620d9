package dev.parley.net;

import dev.parley.csp.ReceiverFailed;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An offer without a thread: the verdict completes a future.
final class FutureOffer extends Offer {
    private final Result result = new Result();
    private volatile @Nullable Throwable wish; // how to end if the home lets it be withdrawn

    FutureOffer(SendingEnd end, byte[] payload) {
        super(end, payload, false);
    }

    CompletableFuture<Void> result() {
        return result;
    }

    @Override void told(Verdict verdict) {
        switch (verdict) {
            case Verdict.Plain.TAKEN -> result.decided(null);
            case Verdict.Plain.NOT_TAKEN -> {
                var wished = wish;
                result.decided(wished != null ? wished : new CancellationException("withdrawn"));
            }
            case Verdict.ReceiverGaveUp gaveUp -> result.decided(new ReceiverFailed(end.name(), gaveUp.cause()));
            case Verdict.Ended ended -> result.decided(ended.failure("send to", end.name(), end.peer()));
        }
    }

    /// Its holder can end it only as long as the offer can be taken back. Once the element has left that is for its home to say: asking is all
    /// that can be done without waiting.
    private final class Result extends CompletableFuture<Void> {
        void decided(@Nullable Throwable failure) {
            if (failure instanceof CancellationException) super.cancel(false);
            else if (failure != null) super.completeExceptionally(failure);
            else super.complete(null);
        }

        @Override public boolean cancel(boolean mayInterruptIfRunning) {
            return tookBack(new CancellationException("cancelled"))
                    ? super.cancel(mayInterruptIfRunning)
                    : isCancelled();
        }

        @Override public boolean complete(Void value) {
            if (!takeBack()) return false;
            end.ask(new Ask(FutureOffer.this, Ask.What.FORGET));
            return super.complete(null);
        }

        @Override public boolean completeExceptionally(Throwable failure) {
            return tookBack(failure) && super.completeExceptionally(failure);
        }

        private boolean tookBack(Throwable wished) {
            boolean back = takeBack();
            if (!back && isDone()) return false;
            if (!back) wish = wished;
            end.ask(new Ask(FutureOffer.this, back ? Ask.What.FORGET : Ask.What.WITHDRAW));
            return back;
        }

        @Override public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
