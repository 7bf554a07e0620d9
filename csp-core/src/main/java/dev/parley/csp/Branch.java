package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// A guard in an [Alt], and that guard's waiter in the queue of its channel.
///
/// In each choice [Alt] calls, on the choosing thread: [#isLikely], [#ask], [#happensAlone] and [#ended] without locks, or with only its own; with the locks of all its guards held,
/// [#requireUsable], [#happens], [#register]; then, again without locks, [#settle] if it happened, or [#announce], and in the end [#withdraw].
abstract class Branch extends Waiter {
    final Alt alt;
    final int index;
    private final Guard guard;
    boolean enabled; // in this choice
    boolean registered;

    Branch(Alt alt, int index, Guard guard) {
        super(false);
        this.alt = alt;
        this.index = index;
        this.guard = guard;
    }

    final void enable() {
        enabled = guard.enabled();
    }

    /// Notes the calling thread as one who uses the channel.
    void makeKnown() {}

    /// The lock of what this waits for, if it has one of ours.
    @Nullable SpinLock source() {
        return null;
    }

    /// Whether, in a choice among several that are ready, this can be looked at alone.
    boolean canBeAlone() {
        return false;
    }

    /// Whether [#happens] would answer true, whatever other Alts decide meanwhile. Without the lock of [#source] only a hint.
    boolean happensAlone() {
        return false;
    }

    /// Without locks, a hint: whether [#requireUsable] may throw.
    boolean ended() {
        return false;
    }

    /// Whether this has to be asked whether it can happen: see [Event.Distant].
    boolean isAsked() {
        return false;
    }

    /// Of one that is asked: whether there is a reason to.
    boolean isLikely() {
        return false;
    }

    /// With the choice reserved for this one: asks.
    void ask() {
        throw new AssertionError(this + " is not one to ask");
    }

    /// Another guard happened without a wait.
    void passedOver() {}

    /// Under the locks: throws if this guard can never happen and so the choice fails.
    void requireUsable() {}

    /// Under the locks: lets this happen if it can, now.
    abstract boolean happens();

    /// Outside the locks, after it happened: tells the partner.
    void settle() throws Exception {}

    /// Under the locks, when nothing happened: lets partners find this.
    void register() {}

    /// Outside the locks, after all have registered.
    void announce() {}

    /// After the choice is decided: partners find this no more.
    void withdraw() {}

    /// Whether it is registered and may still happen.
    boolean live() {
        return registered;
    }

    /// Why it was taken out of the present choice, if it was a failure.
    @Nullable ChannelException lost() {
        return null;
    }

    /// Does what the guard says, after the choice. The Alt may be in use again.
    ///
    /// @param item what was received, if anything
    /// @param held the sender that waits for the end of this, if any
    abstract void handle(@Nullable Object item, @Nullable Waiter held) throws Exception;

    /// What the choice throws for an outcome that is not success.
    Throwable failure(Object why) {
        return why instanceof Thrown(var failure) ? failure : new AssertionError(why);
    }

    @Override
    @Nullable Thread owner() {
        return alt.owner();
    }

    @Override Claim claim() {
        return alt.take(alt.choice(), Alt.chosen(index));
    }

    @Override Claim hold() {
        return alt.take(alt.choice(), Alt.HELD);
    }

    @Override void commit() {
        alt.settle(Alt.chosen(index));
    }

    @Override void letGo() {
        alt.settle(Alt.FREE);
    }

    @Override void finish(Object outcome) {
        alt.finish(outcome);
    }

    @Override void sourceClosed() {
        throw new AssertionError(this + " has no source that closes");
    }

    @Override public String toString() {
        return guard.toString();
    }
}
