package dev.parley.csp;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// Ready when no other guard is.
final class SkipGuard extends Guard {
    final Proc then;

    SkipGuard(Proc then, @Nullable BooleanSupplier condition) {
        super(condition);
        this.then = then;
    }

    @Override Guard with(BooleanSupplier condition) {
        return new SkipGuard(then, condition);
    }

    @Override public String toString() {
        return "otherwise";
    }
}
