package dev.parley.net;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An element of a remote sender on its way into its channel: its bytes may have to come still, and the ends in it.
///
/// ```
/// announced --it is first, and there is somebody for it--> its bytes come --> here --its ends are attached--> in the channel --> decided
///                                                                               in the channel --dropped--> announced
/// ```
///
/// Confined to the loop.
///
/// @param <T> the element
final class Entering<T> implements Inflow.Taker {
    /// What an element came for: a send that waits, a try, or a try of a choice.
    enum Kind { OFFER, TRY, CHOICE }

    static final int UNCOUNTED = -1;
    /// Ticks for which a try waits for room, its own or that of an element before it.
    private static final int PATIENCE = 3;

    final long offer;
    final Kind kind;
    private final HomeOfSender<T> end;
    private final int counted;
    final Choices.@Nullable Waits choice;
    private @Nullable IncomingElement<T> element;
    private Inflow.@Nullable Value large;
    private Runnable notWatching = () -> {};
    private boolean watching, waitsLong, dropped, heldHere;
    private @Nullable CompletableFuture<Void> sending;

    /// @param counted what the peer's credit was charged, if it was
    /// @param choice whose try it is
    Entering(HomeOfSender<T> end, long offer, Kind kind, int counted, Choices.@Nullable Waits choice) {
        this.end = end;
        this.offer = offer;
        this.kind = kind;
        this.counted = counted;
        this.choice = choice;
    }

    /// Bytes of the peer's credit, or [#UNCOUNTED].
    int counted() {
        return counted;
    }

    /// It wants an answer now, not a place in line.
    boolean isHasty() {
        return kind != Kind.OFFER;
    }

    /// Its bytes are to be asked for.
    void comesAs(Inflow.Value announced) {
        large = announced;
    }

    /// Its bytes are here.
    void comes(IncomingElement<T> element) {
        this.element = element;
        element.onceComplete(end::proceed);
    }

    boolean isLarge() {
        return large != null;
    }

    boolean awaitsBytes() {
        return element == null;
    }

    boolean isComplete() {
        return element != null && element.isComplete();
    }

    IncomingElement<T> element() {
        if (element == null) throw new AssertionError("its bytes are not here");
        return element;
    }

    /// Bytes that it keeps in memory beside the room for large elements.
    int kept() {
        return large != null || element == null ? 0 : element.bytes();
    }

    // Large ones

    /// Nobody was there for it yet.
    boolean isUnwanted() {
        return large != null && large.isAnnounced();
    }

    /// Whether nobody knows when its bytes will come.
    boolean isStuck() {
        return isUnwanted() || (waitsLong && awaitsBytes() && large != null && large.waits());
    }

    /// Has it told when somebody looks for an element, once.
    void watch() {
        if (watching) return;
        watching = true;
        notWatching = end.onceTaken(this);
    }

    /// There is somebody for it.
    void want() {
        stopWatching();
        waitsLong = false;
        if (large != null && large.isAnnounced()) large.want(this);
    }

    private void stopWatching() {
        watching = false;
        notWatching.run();
        notWatching = () -> {};
    }

    @Override public void look() {
        end.look(this);
    }

    @Override public void waits(int ticks) {
        waitsLong = ticks > PATIENCE;
        if (end.look(this) && waitsLong) end.lacksRoom(this);
    }

    @Override public void here(byte[] bytes) {
        comes(end.element(bytes));
        end.proceed();
    }

    /// It is in the channel.
    void isIn(CompletableFuture<Void> sending) {
        this.sending = sending;
    }

    @Override public boolean giveBack() {
        var sending = this.sending;
        if (sending == null) return false;
        if (sending.cancel(false)) {
            dropped = !isHasty(); // which is answered instead: it may be tried again
            return true;
        }
        if (heldHere) return true;
        end.onceHeldHere(this, () -> heldHere = true);
        return false;
    }

    /// Whether it was taken out of the channel to come again.
    boolean isDropped() {
        return dropped;
    }

    /// It is to be answered, also if it was dropped.
    void mustEnd() {
        dropped = false;
    }

    /// As it was when it was announced.
    void again() {
        element().throwAway();
        element = null;
        sending = null;
        dropped = false;
    }

    // The end

    /// It is decided.
    void over() {
        stopWatching();
        if (large != null) large.over();
    }

    /// It is decided, and nobody receives it.
    void throwAway() {
        over();
        if (element != null) element.throwAway();
    }
}
