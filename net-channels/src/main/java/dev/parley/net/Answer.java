package dev.parley.net;

import dev.parley.loop.waiting.Waiting;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A word that one thread waits for and another gives, once.
///
/// `word` is volatile: what was written before [#give] is visible after the wait. The waiting thread is unparked after that, and looks at the
/// word again whenever it wakes, so a wake-up is never lost.
///
/// @param <R> the word
final class Answer<R> implements Recipient<R> {
    private final Thread thread = Thread.currentThread();
    private final Waiting waiting = Waiting.current();
    private volatile @Nullable R word;
    private volatile @Nullable Throwable failure;

    @Override public void give(R word) {
        this.word = word;
        waiting.unpark(thread);
    }

    @Override public void fail(Throwable failure) {
        this.failure = failure;
        waiting.unpark(thread);
    }

    boolean isGiven() {
        return word != null || failure != null;
    }

    /// The word; on the thread that made this. An interruption does not end the wait; it is set again afterwards.
    R await() {
        boolean interrupted = false;
        while (!isGiven()) {
            waiting.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) Thread.currentThread().interrupt();
        return word();
    }

    /// The word, on the thread that made this. When interrupted, `ask` is called once to have the wait ended, and the wait goes on: the word
    /// may come all the same.
    R await(Runnable ask) {
        boolean interrupted = false;
        while (!isGiven()) {
            waiting.park(this);
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                ask.run();
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return word();
    }

    private R word() {
        var failure = this.failure;
        if (failure instanceof RuntimeException unchecked) throw unchecked;
        if (failure instanceof Error error) throw error;
        if (failure != null) throw new Failure(failure);
        return Objects.requireNonNull(word);
    }

    /// Carries a checked failure to the method that declares it.
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure(Throwable cause) {
            super(cause);
        }
    }
}
