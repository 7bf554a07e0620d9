package dev.parley.csp;

import java.util.Objects;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/// One of the things an [Alt] waits for, with what is done when it is chosen. Guards are made by channel ends ([Receiver#on],
/// [Sender#offering(Object)]), by a [Barrier], and by [Alt]: [Alt#after], [Alt#at], [Alt#otherwise], [Alt#on(Event, Handler)]. A guard can be part of any number of
/// Alts.
public final class Guard {
    private final GuardKind kind;
    private final @Nullable BooleanSupplier condition;

    Guard(GuardKind kind) {
        this(kind, null);
    }

    private Guard(GuardKind kind, @Nullable BooleanSupplier condition) {
        this.kind = kind;
        this.condition = condition;
    }

    /// This guard under a precondition: a choice ignores the guard if `condition` is false when the choice begins. It is asked once per choice,
    /// on the choosing thread. A guard that has a precondition already needs both.
    public Guard when(BooleanSupplier condition) {
        Objects.requireNonNull(condition, "condition");
        var before = this.condition;
        return new Guard(kind,
                before == null ? condition : () -> before.getAsBoolean() && condition.getAsBoolean());
    }

    boolean enabled() {
        return condition == null || condition.getAsBoolean();
    }

    Branch branch(Alt alt, int index) {
        return kind.branch(alt, index, this);
    }

    /// What it waits for: `in?` receives, `out!` sends.
    @Override public String toString() {
        return kind.toString();
    }
}
