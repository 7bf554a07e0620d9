package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// Wait for an [Event] and handle what it gives.
record EventGuard<T>(Event<T> event, Handler<? super T> handler) implements GuardKind {
    EventGuard {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(handler, "handler");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return event instanceof Event.Distant<T> distant
                ? new Asked<>(this, distant, alt, index, guard)
                : new Awaited<>(this, alt, index, guard);
    }

    @Override public String toString() {
        return event.toString();
    }

    private static class Awaited<T> extends Branch {
        private final EventGuard<T> kind;
        private @Nullable Offered<T> offer;
        private volatile @Nullable Disabled disabled;

        Awaited(EventGuard<T> kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            this.kind = kind;
        }

        @Override boolean happens() {
            item = kind.event.poll();
            return item != null;
        }

        @Override void register() {
            registered = true;
        }

        @Override void announce() {
            var offered = new Offered<T>(this, alt.choice());
            offer = offered;
            kind.event.register(offered);
        }

        @Override void withdraw() {
            if (!registered) return;
            registered = false;
            var offered = offer;
            offer = null;
            if (offered != null) kind.event.withdraw(offered);
        }

        @Override boolean live() {
            return registered && !isDisabled();
        }

        /// In the present choice: one that comes late changes nothing.
        private boolean isDisabled() {
            var out = disabled;
            return out != null && out.choice == alt.choice();
        }

        @Override
        @Nullable ChannelException lost() {
            var out = disabled;
            return out != null && out.choice == alt.choice() ? out.why : null;
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            @SuppressWarnings("unchecked") // from this event's poll or complete
            T value = (T) Objects.requireNonNull(item);
            kind.handler.handle(value);
        }
    }

    /// One that may be asked before the choice looks at its other guards.
    private static final class Asked<T> extends Awaited<T> {
        private final Event.Distant<T> event;

        Asked(EventGuard<T> kind, Event.Distant<T> event, Alt alt, int index, Guard guard) {
            super(kind, alt, index, guard);
            this.event = event;
        }

        @Override boolean isAsked() {
            return true;
        }

        @Override boolean isLikely() {
            return event.isLikely();
        }

        @Override void ask() {
            event.ask(new Offered<>(this, alt.choice()));
        }

        @Override void passedOver() {
            event.passedOver();
        }
    }

    /// That a guard is out of `choice`.
    private record Disabled(long choice, @Nullable ChannelException why) {}

    /// An Alt in one of its choices. Since claims name the choice, one that comes too late, even during the Alt's next choice, fails.
    private record Offered<T>(Awaited<T> branch, long choice) implements Event.Offer<T> {
        @Override public boolean claim() {
            return branch.alt.take(choice, Alt.RESERVED) == Waiter.Claim.MINE;
        }

        @Override public void complete(T value) {
            branch.item = Objects.requireNonNull(value, "value");
            branch.alt.settle(Alt.chosen(branch.index));
            branch.finish(Waiter.Outcome.DONE);
        }

        @Override public void fail(Throwable failure) {
            Objects.requireNonNull(failure, "failure");
            branch.alt.settle(Alt.chosen(branch.index));
            branch.finish(new Waiter.Thrown(failure));
        }

        @Override public void disable(@Nullable ChannelException why) {
            branch.disabled = new Disabled(choice, why);
            Preemption.point();
            branch.alt.wake();
        }

        @Override public void release() {
            branch.alt.startOver();
        }
    }
}
