package dev.parley.loop;

import java.util.function.BooleanSupplier;

/// Waits in a test for what no latch tells.
public final class Until {
    private static final long LIMIT = 20_000_000_000L;

    private Until() {}

    /// Returns when `condition` holds; fails if it does not within twenty seconds.
    public static void holds(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - giveUp > 0 || Thread.currentThread().isInterrupted())
                throw new AssertionError("not so: " + what);
            Thread.onSpinWait();
        }
    }
}
