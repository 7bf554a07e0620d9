package dev.parley.csp;

import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Ready when a choice has lasted for some time, or from a point in time on.
///
/// @param nanos how long the choice is to last, if there is no `deadline`
record TimerGuard(long nanos, @Nullable Supplier<Deadline> deadline, Proc then) implements GuardKind {
    TimerGuard {
        Objects.requireNonNull(then, "then");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return new Timer(this, alt, index, guard);
    }

    @Override public String toString() {
        return deadline == null ? "after " + Duration.ofNanos(nanos) : "at a deadline";
    }

    static final class Timer extends Branch {
        private final TimerGuard kind;
        private boolean known; // in this choice
        private long nanoTime;

        Timer(TimerGuard kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            this.kind = kind;
        }

        /// A relative time that is yet to come is never ready at first.
        @Override boolean canBeAlone() {
            return kind.deadline == null && kind.nanos > 0;
        }

        /// Before the first look of a choice, outside the locks.
        void begin() {
            known = kind.deadline != null;
            if (kind.deadline != null) nanoTime = kind.deadline.get().nanoTime;
        }

        @Override boolean happens() {
            return known ? nanoTime - Waiting.current().nanoTime() <= 0 : kind.nanos <= 0;
        }

        @Override void register() {
            if (!known) nanoTime = Waiting.current().nanoTime() + kind.nanos;
            known = true;
            registered = true;
        }

        @Override void withdraw() {
            registered = false;
        }

        /// When it will be ready; after it has registered.
        long nanoTime() {
            return nanoTime;
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            kind.then.run();
        }
    }
}
