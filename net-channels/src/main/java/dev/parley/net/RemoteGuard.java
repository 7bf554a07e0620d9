package dev.parley.net;

import dev.parley.csp.Event;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A guard of a remote end, for any number of choices at once.
///
/// **Idea.** A choice is decided where it is made: only an Alt itself knows whether it is still undecided. So the home of a channel does not decide for it, but
/// says TURN when the guard may be able to happen; the Alt then reserves itself, and asks the home to let exactly this guard happen, or not. While it waits for
/// that answer it is nobody else's. Between two choices the home goes on watching, and what it says then is a reason to ask when the next one begins: see [Standing].
///
/// **Pauses.** Two choices that each have an own channel and the other's as a remote guard can, again and again, both be reserved when the other's try comes, and so both fail. After
/// two tries in vain a guard waits before it tries again, for a random time that doubles on average: one of the two will be first.
/// See [Watching] for this side, and [Choices] for the home.
///
/// @param <V> what the choice is given
final class RemoteGuard<V> implements Event.Distant<V> {
    private static final long PAUSE = 100_000;
    private static final int MOST_DOUBLINGS = 10, IN_VAIN = 2;

    private final NearEnd end;
    private final boolean extended;
    private final @Nullable Supplier<OutgoingEnds.Packed> element;
    private volatile int failed; // tries in a row, on the loop
    private volatile long notBefore; // the next try, in nanoseconds
    private final ConcurrentHashMap<Offer<V>, Watching<V>> watching = new ConcurrentHashMap<>();
    private @Nullable Standing known; // of the thread that chose last; a hint

    /// To send what `element` encodes, asked when it is about to be sent.
    RemoteGuard(NearEnd end, Supplier<OutgoingEnds.Packed> element) {
        this.end = end;
        this.extended = false;
        this.element = element;
    }

    /// To receive.
    RemoteGuard(NearEnd end, boolean extended) {
        this.end = end;
        this.extended = extended;
        this.element = null;
    }

    private Standing standing() {
        long thread = Thread.currentThread().threadId();
        var last = known;
        if (last == null || last.thread != thread || last.isOver()) known = last = end.standing(thread);
        return last;
    }

    @Override public boolean isLikely() {
        return standing().isLikely() && pause() == 0;
    }

    @Override public void ask(Offer<V> offer) {
        end.submit(new Watching<>(standing(), offer, element, extended, this::tried));
    }

    @Override public void passedOver() {
        if (pause() == 0) standing().want();
    }

    @Override public void register(Offer<V> offer) {
        var wait = new Watching<>(standing(), offer, element, extended, Duration.ofNanos(pause()),
                this::tried);
        watching.put(offer, wait);
        end.submit(wait);
    }

    /// Nanoseconds until it may try again.
    private long pause() {
        return failed < IN_VAIN ? 0 : Math.max(0, notBefore - Waiting.current().nanoTime());
    }

    private void tried(boolean happened) {
        int failures = happened ? 0 : failed + 1;
        if (failures >= IN_VAIN) {
            var now = Waiting.current();
            notBefore = now.nanoTime() + PAUSE * now.random(1 << Math.min(failures, MOST_DOUBLINGS));
        }
        failed = failures;
    }

    @Override public void withdraw(Offer<V> offer) {
        var wait = watching.remove(offer);
        if (wait != null) wait.leave();
    }

    @Override public String toString() {
        return end.name() + (element == null ? "?" : "!");
    }
}
