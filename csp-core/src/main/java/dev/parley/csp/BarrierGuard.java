package dev.parley.csp;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// Arrive at a barrier and meet all the others.
record BarrierGuard(LocalBarrier barrier, Proc then) implements GuardKind {
    BarrierGuard {
        Objects.requireNonNull(then, "then");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return new Meeting(this, alt, index, guard);
    }

    @Override public String toString() {
        return barrier.name();
    }

    private static final class Meeting extends Branch {
        private static final String CHOICE = "choice of";

        private final LocalBarrier barrier;
        private final Proc then;

        Meeting(BarrierGuard kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            barrier = kind.barrier;
            then = kind.then;
        }

        @Override SpinLock source() {
            return barrier;
        }

        @Override void requireUsable() {
            barrier.requireWhole(CHOICE);
        }

        @Override Throwable failure(Object why) {
            return why == Outcome.CLOSED ? barrier.broken(CHOICE) : super.failure(why);
        }

        @Override boolean happens() {
            return barrier.meetFor(this);
        }

        @Override void settle() {
            var met = held;
            held = null;
            barrier.finish(met);
        }

        /// An Alt arrives once, however many of its guards wait for the meeting.
        @Override void register() {
            registered = !alt.waitsFor(barrier, this);
            if (registered) barrier.add(this);
        }

        @Override void withdraw() {
            if (!registered) return;
            registered = false;
            barrier.withdraw(this);
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            then.run();
        }
    }
}
