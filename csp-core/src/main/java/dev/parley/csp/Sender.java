package dev.parley.csp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

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

    /// Says that no more will be sent from here. On a channel itself that closes it: later sends fail; what is
    /// buffered and what senders already wait with is still delivered, then receivers see the end. On a counted end
    /// ([Channel#sender]) it retires that end, and the last one to retire closes the channel. Idempotent.
    @Override void close();

    /// Ends the channel at once for both sides, as a failure: see [Channel#poison].
    ///
    /// @return whether this call did it
    boolean poison(Throwable cause);

    /// The name of the channel.
    String name();
}
