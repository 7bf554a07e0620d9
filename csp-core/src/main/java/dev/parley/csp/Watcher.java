package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// One who wants to know when a channel becomes ready for it, but takes no part: see [Channel#onceReceivable]. It stands in the queue as a guard of an Alt
/// would that has been decided elsewhere, so whoever could be its partner finds it, takes it out, and passes by.
final class Watcher extends Waiter {
    private final Runnable ready;

    Watcher(Runnable ready) {
        super(false);
        this.ready = ready;
    }

    /// It decides elsewhere, and may be at another node.
    @Override
    @Nullable Thread owner() {
        return null;
    }

    @Override Claim claim() {
        ready.run();
        return Claim.GONE;
    }

    @Override void finish(Object outcome) {
        throw new AssertionError("a watcher is never claimed");
    }

    @Override void sourceClosed() {
        ready.run();
    }
}
