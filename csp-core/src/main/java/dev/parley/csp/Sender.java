package dev.parley.csp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// The end of a channel that elements are sent into. Any number of processes may send through one `Sender`; each one's elements
/// arrive in the order it sent them. Sending happens-before the receiving of what was sent.
///
/// Every operation throws `NullPointerException` for a null element, [ChannelClosed] once the channel is closed, and
/// [ChannelPoisoned] once it is poisoned.
///
/// @param <T> the elements
public interface Sender<T> extends AutoCloseable {
    /// Sends `value`: returns when a receiver has taken it or, on a channel with a buffer, when it is in the buffer. Senders that wait
    /// are served first come, first served.
    ///
    /// **Interruption.** Throws if the thread is interrupted on entry or while it waits; then `value` was not sent. If the
    /// interruption comes too late, `value` was sent, the method returns, and the thread's interrupt flag stays set.
    void send(T value) throws InterruptedException;

    /// As [#send(Object)], but waits no longer than `timeout`.
    ///
    /// @return whether `value` was sent; if not, no receiver will ever see it
    boolean send(T value, Duration timeout) throws InterruptedException;

    /// Sends `value` if a receiver waits for it or there is room, and never waits. Fails only if at some instant within the call there was
    /// neither.
    ///
    /// @return whether `value` was sent
    boolean trySend(T value);

    /// Sends `values` one after the other, waiting for each as [#send(Object)] does.
    ///
    /// **Interruption.** If this throws, in whatever way, a first part of `values` was sent and the rest was not.
    default void sendAll(Iterable<? extends T> values) throws InterruptedException {
        for (T value : values) send(value);
    }

    /// As [#send(Object)] without waiting: the result completes when `value` has been sent, or exceptionally with [ChannelClosed] or
    /// [ChannelPoisoned]. Safe on threads that must not block. Cancelling the result takes the offer back: when `cancel` returns
    /// true, `value` was not and will not be sent. Dependent stages may run on the receiver's thread, so keep them
    /// short or use the `...Async` forms.
    CompletableFuture<Void> sendAsync(T value);

    /// A guard of an [Alt]: send `value` here.
    default Guard offering(T value) {
        return offering(value, () -> {});
    }

    /// A guard of an [Alt]: send `value` here, then do `sent`.
    Guard offering(T value, Proc sent);

    /// A guard of an [Alt]: send what `value` gives here. It is asked only if the guard is chosen, then once; perhaps on the receiver's thread, and while
    /// the channel is locked: it must be quick, must not block, and must not touch a channel. What it throws, the choice throws; then nothing was sent, and
    /// the receiver goes on as if this guard had not been there.
    default Guard offering(Supplier<? extends T> value) {
        return offering(value, () -> {});
    }

    /// A guard of an [Alt]: send what `value` gives here, as [#offering(Supplier)] does, then do `sent`.
    Guard offering(Supplier<? extends T> value, Proc sent);

    /// Says that no more will be sent from here. On a channel itself that closes it: later sends fail; what is
    /// buffered and what senders already wait with is still delivered, then receivers see the end. On a counted end
    /// ([Channel#sender]) it retires that end, and the last one to retire closes the channel. Idempotent.
    @Override void close();

    /// Ends the channel at once for both sides, as a failure: see [Channel#poison(int, Throwable)].
    ///
    /// @param strength at least 1; a channel that is immune to it ([Channel#immuneTo]) is not ended
    /// @return whether this call did it
    boolean poison(int strength, Throwable cause);

    /// As [#poison(int, Throwable)], with strength 1.
    ///
    /// @return whether this call did it
    default boolean poison(Throwable cause) {
        return poison(1, cause);
    }

    /// The name of the channel.
    String name();
}
