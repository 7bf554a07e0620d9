package dev.parley.csp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The end of a channel that elements are received from. Any number of processes may receive through one `Receiver`; each element goes
/// to exactly one of them. Sending happens-before the receiving of what was sent.
///
/// Every operation throws [ChannelPoisoned] once the channel is poisoned; at the orderly end, when the channel is closed and empty, each
/// says how it answers.
///
/// @param <T> the elements
public interface Receiver<T> extends Iterable<T> {
    /// Receives the next element, waiting for it. Receivers that wait are served first come, first served.
    ///
    /// **Interruption.** Throws if the thread is interrupted on entry or while it waits; then no element was taken. If the interruption comes
    /// too late, the element is returned and the thread's interrupt flag stays set.
    ///
    /// @throws ChannelClosed at the end; [#receiveOrClosed] returns instead
    T receive() throws InterruptedException;

    /// As [#receive()], but tells the end by a value: `switch (in.receiveOrClosed()) { case Received(var x) -> …; case Closed() -> …; }`.
    Reception<T> receiveOrClosed() throws InterruptedException;

    /// As [#receiveOrClosed], but waits no longer than `timeout`, and then answers [Empty]; no element is lost by that.
    Attempt<T> receive(Duration timeout) throws InterruptedException;

    /// Receives an element if there is one, and never waits. Answers [Empty] only if at some instant within the call there was none.
    Attempt<T> tryReceive();

    /// Receives the next element as [#receive()] does, but on a rendezvous channel its sender stays blocked until the result is closed: so the receiver can
    /// act on the element first, and tell the sender if that fails.
    ///
    /// ```java
    /// try (var held = requests.receiveExtended()) { log.write(held.value()); }
    /// ```
    ///
    /// The element is taken at once; a sender's interruption or time limit then comes too late. A sender that must not block (`trySend`) is not
    /// held. On a channel with a buffer this is `receive`: the sender was done when its element was stored.
    ///
    /// **Interruption.** As [#receive()].
    ///
    /// @throws ChannelClosed at the end
    Held<T> receiveExtended() throws InterruptedException;

    /// Receives the next element as [#receiveExtended()] does and handles it while the sender stays blocked. What `handler` throws, this throws, and the sender throws
    /// [ReceiverFailed] with it as the cause.
    ///
    /// **Interruption.** As [#receive()]; what the handler does with one is its own affair.
    default void receiveExtended(Handler<? super T> handler) throws Exception {
        try (var held = receiveExtended()) {
            try {
                handler.handle(held.value());
            } catch (Throwable failure) {
                held.fail(failure);
                throw failure;
            }
        }
    }

    /// A guard of an [Alt]: receive an element here and handle it.
    Guard on(Handler<? super T> handler);

    /// A guard of an [Alt]: receive an element here and handle it while its sender stays blocked, as [#receiveExtended(Handler)] does.
    Guard onExtended(Handler<? super T> handler);

    /// Receives what is there without waiting for more, into `target`; stops also at the end.
    ///
    /// @return how many elements
    default int drainTo(Collection<? super T> target) {
        int count = 0;
        while (tryReceive() instanceof Received(var value)) {
            target.add(value);
            count++;
        }
        return count;
    }

    /// Receives up to `max` elements: waits for the first, then takes what else is there.
    ///
    /// **Interruption.** As [#receive()]: if this throws, nothing was taken.
    ///
    /// @return the elements, at least one; none only at the end
    /// @throws IllegalArgumentException if `max` is less than 1
    default List<T> receiveBatch(int max) throws InterruptedException {
        if (max < 1) throw new IllegalArgumentException("a batch has at least 1 element, but max was " + max);
        if (!(receiveOrClosed() instanceof Received(var first))) return List.of();
        var batch = new ArrayList<T>();
        batch.add(first);
        try {
            while (batch.size() < max && tryReceive() instanceof Received(var value)) batch.add(value);
        } catch (ChannelPoisoned later) {
            // the next receive says so again; thrown here it would take the elements along that were received
        }
        return batch;
    }

    /// As [#receiveOrClosed] without waiting: the result completes with [Received] or [Closed], or exceptionally with
    /// [ChannelPoisoned]. Safe on threads that must not block. Cancelling the result withdraws: when `cancel` returns true, no element was
    /// or will be taken. Dependent stages may run on the sender's thread, so keep them short or use the `...Async` forms.
    CompletableFuture<Reception<T>> receiveAsync();

    /// As [#receiveExtended()] without waiting: the result completes with the element while its sender stays blocked until that is closed, or exceptionally
    /// with [ChannelClosed] at the end or [ChannelPoisoned]. All else is as with [#receiveAsync].
    CompletableFuture<Held<T>> receiveExtendedAsync();

    /// Says that nothing more will be received here. On a channel itself that poisons it for its senders. On a counted end
    /// ([Channel#receiver]) it retires that end, and the last one to retire poisons the channel. Harmless when the channel has ended
    /// already. Idempotent.
    void retire();

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

    /// Receives until the end: `for (var x : in)` ends quietly when the channel is closed and throws [ChannelPoisoned] when it is poisoned.
    /// `hasNext` takes the element from the channel, so an iterator left before `next` keeps the element it already has.
    ///
    /// **Interruption.** `hasNext` cannot throw `InterruptedException`; it throws `CancellationException` and leaves the interrupt flag
    /// set. No element was taken.
    @Override default Iterator<T> iterator() {
        return new Elements<>(this);
    }

    /// The elements until the end, as a sequential stream; each is received when the stream asks for it. Ends as [#iterator] does.
    default Stream<T> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false);
    }
}
