package dev.parley.net;

import java.util.ArrayDeque;

/// How many of some frames may come, or go, per tick of a link: a bucket of tokens that is full at first. The one who receives counts and, when
/// the bucket is empty, ends the link; the one who sends has a bucket of half the size and the rate, and lets frames wait for it, so that a peer
/// that keeps the rule is never taken for one that floods, even when its frames pile up on the way. Confined to the loop.
final class Budget {
    private final int most, perTick;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int tokens;

    Budget(int most, int perTick) {
        this.most = most;
        this.perTick = perTick;
        this.tokens = most;
    }

    /// The share of the one who sends.
    Budget half() {
        return new Budget(most / 2, perTick / 2);
    }

    boolean take() {
        if (tokens == 0) return false;
        tokens--;
        return true;
    }

    /// Sends now, or when there is a token for it; in order.
    void send(Runnable frame) {
        if (waiting.isEmpty() && take()) frame.run();
        else waiting.add(frame);
    }

    void tick() {
        tokens = Math.min(most, tokens + perTick);
        while (!waiting.isEmpty() && take()) waiting.remove().run();
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }
}
