package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Receive an element and handle it.
///
/// @param extended whether the sender stays until it is handled
/// @param end the counted end through which to receive, if any
record InputGuard<T>(LocalChannel<T> channel, Handler<? super T> handler, boolean extended,
        @Nullable CountedReceiver<T> end) implements GuardKind {
    InputGuard {
        Objects.requireNonNull(handler, "handler");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return new Input<>(this, alt, index, guard);
    }

    @Override public String toString() {
        return channel.name() + "?";
    }

    private static final class Input<T> extends Branch {
        private final LocalChannel<T> channel;
        private final InputGuard<T> kind;
        private volatile boolean exhausted; // for good: the channel is closed, with nothing in it

        Input(InputGuard<T> kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            this.kind = kind;
            channel = kind.channel;
            extended = kind.extended;
        }

        @Override SpinLock source() {
            return channel;
        }

        @Override void makeKnown() {
            channel.lock();
            channel.noteReceiver();
            channel.unlock();
        }

        @Override boolean canBeAlone() {
            return true;
        }

        @Override boolean happensAlone() {
            return channel.givesAlone();
        }

        @Override boolean ended() {
            return channel.hasEnded() || (kind.end != null && !kind.end.inService());
        }

        @Override void requireUsable() {
            if (kind.end != null) kind.end.requireInService();
            channel.requireNotPoisoned("choice of receiving on");
        }

        @Override boolean happens() {
            return channel.takeFor(this);
        }

        @Override void settle() {
            if (extended) return;
            channel.release(held);
            held = null;
        }

        @Override void register() {
            exhausted = channel.hasEnded(); // with nothing left in it, since nothing happened
            if (exhausted) return;
            channel.addReceiver(this);
            registered = true;
        }

        @Override void withdraw() {
            if (!registered) return;
            registered = false;
            channel.withdraw(this);
        }

        @Override boolean live() {
            return registered && !exhausted;
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            if (!extended) {
                kind.handler.handle(channel.element(item));
                return;
            }
            try (var sender = new LocalHeld<>(channel, channel.element(item), held)) {
                try {
                    kind.handler.handle(sender.value());
                } catch (Throwable failure) {
                    sender.fail(failure);
                    throw failure;
                }
            }
        }

        @Override Throwable failure(Object why) {
            return channel.failure("choice of receiving on", why);
        }

        @Override void sourceClosed() {
            exhausted = true;
            Preemption.point();
            alt.wake();
        }
    }
}
