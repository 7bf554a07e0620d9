package dev.parley.csp;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// One of the things an [Alt] waits for, with what is done when it is chosen. Guards are made by channels ([Channel#on],
/// [Channel#offering]) and by [Alt#after] and [Alt#otherwise]; a guard can be part of any number of Alts.
public abstract sealed class Guard permits InputGuard, OutputGuard, TimerGuard, SkipGuard {
    private final @Nullable BooleanSupplier condition;

    Guard(@Nullable BooleanSupplier condition) {
        this.condition = condition;
    }

    /// This guard under a precondition: a choice ignores the guard if `condition` is false when the choice begins. It is asked once per choice,
    /// on the choosing thread. A guard that has a precondition already needs both.
    public final Guard when(BooleanSupplier condition) {
        var before = this.condition;
        return with(before == null ? condition : () -> before.getAsBoolean() && condition.getAsBoolean());
    }

    final boolean enabled() {
        return condition == null || condition.getAsBoolean();
    }

    abstract Guard with(BooleanSupplier condition);
}
