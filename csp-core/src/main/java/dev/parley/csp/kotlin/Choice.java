package dev.parley.csp.kotlin;

import dev.parley.csp.Alt;
import java.util.concurrent.CompletableFuture;

/// A choice made on a virtual thread of its own, for one who must not wait: a coroutine. An interruption either comes before the choice, and nothing happened, or too
/// late: as [Alt#select] says.
final class Choice extends CompletableFuture<Integer> {
    private final Thread thread;

    Choice(Alt alt) {
        thread = Thread.ofVirtual().name("choice of a coroutine").unstarted(() -> {
            try {
                complete(alt.select());
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
        });
    }

    Choice start() {
        thread.start();
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    /// Of one that is done: whether it was interrupted before any guard happened.
    boolean wasInterrupted() {
        return state() == State.FAILED && exceptionNow() instanceof InterruptedException;
    }
}
