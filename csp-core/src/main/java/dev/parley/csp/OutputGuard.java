package dev.parley.csp;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Send an element, then do something.
///
/// @param value the element; null if `maker` makes it
/// @param end the counted end through which to send, if any
record OutputGuard<T>(LocalChannel<T> channel, @Nullable T value, @Nullable Supplier<? extends T> maker, Proc sent,
        @Nullable CountedSender<T> end) implements GuardKind {
    OutputGuard {
        Objects.requireNonNull(sent, "sent");
    }

    @Override public Branch branch(Alt alt, int index, Guard guard) {
        return new Output<>(this, alt, index, guard);
    }

    @Override public String toString() {
        return channel.name() + "!";
    }

    private static final class Output<T> extends Branch {
        private final LocalChannel<T> channel;
        private final OutputGuard<T> kind;

        /// What [LocalChannel#handOver] is to do.
        private @Nullable Object given;

        Output(OutputGuard<T> kind, Alt alt, int index, Guard guard) {
            super(alt, index, guard);
            this.kind = kind;
            channel = kind.channel;
        }

        @Override SpinLock source() {
            return channel;
        }

        @Override void makeKnown() {
            channel.lock();
            channel.noteSender();
            channel.unlock();
        }

        @Override boolean canBeAlone() {
            return true;
        }

        @Override boolean happensAlone() {
            return channel.takesAlone();
        }

        @Override boolean ended() {
            return channel.hasEnded() || (kind.end != null && !kind.end.inService());
        }

        @Override void requireUsable() {
            if (kind.end != null) kind.end.requireInService();
            channel.requireOpen("choice of sending to");
        }

        @Override boolean happens() {
            if (kind.maker != null) {
                given = channel.giveMade(kind.maker, this);
            } else {
                item = kind.value;
                given = channel.give(channel.element(item));
            }
            return given != LocalChannel.NO_ROOM;
        }

        @Override void settle() throws Exception {
            T value = channel.element(item);
            var partner = given;
            item = null;
            given = null;
            if (partner instanceof Waiter receiver && receiver.extended) {
                alt.waitChosen(index);
                receiver.held = this;
                channel.handOver(value, partner);
                alt.awaitChosen(this);
            } else {
                channel.handOver(value, partner);
            }
        }

        @Override void register() {
            item = kind.value;
            channel.addSender(this);
            registered = true;
        }

        @Override void withdraw() {
            if (!registered) return;
            registered = false;
            channel.withdraw(this);
            item = null;
        }

        /// A partner needs the element at once, so it is made here. If that fails, it is the choice that fails, not the partner.
        @Override boolean fill() {
            if (kind.maker == null) return true;
            try {
                channel.made(kind.maker, this);
                return true;
            } catch (Throwable failure) {
                finish(new Thrown(failure));
                return false;
            }
        }

        @Override void handle(@Nullable Object item, @Nullable Waiter held) throws Exception {
            kind.sent.run();
        }

        @Override Throwable failure(Object why) {
            return why instanceof Thrown ? super.failure(why) : channel.failure("choice of sending to", why);
        }
    }
}
