package dev.parley.csp;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// Ready when no other guard is.
record SkipGuard(Proc then) implements GuardKind {
    SkipGuard {
        Objects.requireNonNull(then, "then");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return new Skip(this, alt, index, guard);
    }

    @Override public String toString() {
        return "otherwise";
    }

    static final class Skip extends Branch {
        private final SkipGuard kind;

        Skip(SkipGuard kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            this.kind = kind;
        }

        @Override boolean canBeAlone() {
            return true;
        }

        @Override boolean happens() {
            return false; // Alt takes it when it has found no other
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            kind.then.run();
        }
    }
}
