package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// Something of your own that an [Alt] can wait for: see [Alt#on(Event, Handler)]. It may stand in several Alts at once.
///
/// In each choice the Alt asks [#poll] first. If nothing is ready there nor elsewhere, it registers an [Offer], and takes it back with [#withdraw] when the
/// choice is decided, in whatever way. From [#register] on, the event may claim the offer; a claim succeeds only while the choice
/// is undecided, so one that comes late does no harm.
///
/// So an event keeps what happened and the offers that wait, under a lock of its own: what happens claims the first offer it can, else it is kept; `poll` and
/// `register` look there first.
///
/// @param <T> what happens, never null
public interface Event<T> {
    /// Takes what has happened, if anything, and never waits. Called while channels are locked: be quick, do not block, and do not touch a channel.
    ///
    /// For [Alt#priSelect] to be exact, what is ready must stay so until it is taken by this Alt.
    @Nullable T poll();

    /// From now on until [#withdraw], `offer` may be claimed, by any thread. What happened after [#poll] and before this call must be
    /// found here.
    void register(Offer<T> offer);

    /// Forgets `offer`. The choice is decided, so that it cannot be claimed any more.
    void withdraw(Offer<T> offer);

    /// An event of which nothing is known here until somebody has been asked, at another node perhaps. A choice that finds another guard ready never waits, and would never
    /// let it happen.
    ///
    /// So a choice asks before it looks at its other guards, where it is this guard's turn and there is a reason to; while it waits for the answer, nothing else of it can
    /// happen.
    ///
    /// @param <T> what happens, never null
    interface Distant<T> extends Event<T> {
        /// Nothing is known without asking.
        @Override default @Nullable T poll() {
            return null;
        }

        /// Whether, by what was heard last, it would happen if it were asked. Without locks; quick.
        boolean isLikely();

        /// Lets this happen or not: `offer` is claimed already, so one of [Offer#complete], [Offer#fail] and [Offer#release] follows, by any thread.
        void ask(Offer<T> offer);

        /// The calling thread has made a choice in which this guard was enabled, and did not wait; there may be more. So it is time to hear what is going on.
        void passedOver();
    }

    /// A choice that waits for this event, among others.
    ///
    /// @param <T> what the event gives
    interface Offer<T> {
        /// Reserves the choice: no other guard of it can happen until [#complete], [#fail] or [#release], one of which must follow. Keep it short: meanwhile
        /// partners on other channels find the choice busy, and their try forms may fail.
        ///
        /// @return false if the choice is decided or reserved otherwise
        boolean claim();

        /// Makes the event what is chosen, with `value`.
        void complete(T value);

        /// Makes the choice throw `failure`.
        void fail(Throwable failure);

        /// Takes this guard out of the choice, since it can never happen. The others go on; when none is left, the choice throws `why`. Not after a claim.
        ///
        /// @param why a [ChannelException] of this guard; null if it ended in order, as a channel does that is closed and empty
        void disable(@Nullable ChannelException why);

        /// Gives the choice back. It looks at all its guards again, and loses its place in the queues of its channels.
        void release();
    }
}
