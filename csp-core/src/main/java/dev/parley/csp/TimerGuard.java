package dev.parley.csp;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// Ready when a choice has lasted for some time.
final class TimerGuard extends Guard {
    final long nanos;
    final Proc then;

    TimerGuard(long nanos, Proc then, @Nullable BooleanSupplier condition) {
        super(condition);
        this.nanos = nanos;
        this.then = then;
    }

    @Override Guard with(BooleanSupplier condition) {
        return new TimerGuard(nanos, then, condition);
    }

    @Override public String toString() {
        return "after " + Duration.ofNanos(nanos);
    }
}
