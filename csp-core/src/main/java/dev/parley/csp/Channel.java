package dev.parley.csp;

import java.util.Objects;
import java.util.function.Consumer;

/// A channel between processes of one JVM, for any number of senders and receivers. It is itself a [Sender] and a [Receiver]; hand a process
/// only the one it needs.
///
/// | kind | `send` returns |
/// | --- | --- |
/// | [#rendezvous()] | when a receiver has taken the element: both are at the same point |
/// | [#buffered(int)] | when the element is in the buffer, which holds up to `capacity` of them |
/// | [#unbounded()] | at once; mind the memory |
/// | [#sliding(int)] | at once; when the buffer is full, its oldest element is dropped |
/// | [#dropping(int)] | at once; when the buffer is full, the new element is dropped |
/// | [#latest()] | at once; the receiver sees the newest element only |
/// | [#promise()] | at once; it is the only one, and every receive gets its value |
/// | [#buffered(String, BufferPolicy)] | as your own policy says |
///
/// **Order.** Elements of one sender arrive in the order it sent them. Whoever waits is served first come, first served; an [Alt] keeps its
/// place in each queue while it waits.
///
/// **Memory.** A send happens-before the receive that takes the element, the k-th receive happens-before the return of the
/// (k + capacity)-th send, and a close happens-before an operation that sees the end.
///
/// **The end.** [#close] is orderly and comes from the sending side; [#poison(int, Throwable)] is a failure and comes from either.
///
/// @param <T> the elements, never null
public sealed interface Channel<T> extends Sender<T>, Receiver<T> permits LocalChannel {
    /// A channel without a buffer, named after its kind and a number.
    static <T> Channel<T> rendezvous() {
        return new LocalChannel<>(null, null);
    }

    /// A channel without a buffer, whose messages and errors call it `name`.
    static <T> Channel<T> rendezvous(String name) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), null);
    }

    /// A channel that holds up to `capacity` elements, named after its kind and a number.
    static <T> Channel<T> buffered(int capacity) {
        return new LocalChannel<>(null, Buffers.waiting(capacity));
    }

    /// A channel that holds up to `capacity` elements and whose messages and errors call it `name`.
    static <T> Channel<T> buffered(String name, int capacity) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Buffers.waiting(capacity));
    }

    /// A channel with a buffer of your own, whose messages and errors call it `name`.
    static <T> Channel<T> buffered(String name, BufferPolicy<T> policy) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Objects.requireNonNull(policy, "policy"));
    }

    /// A channel that holds as many elements as there is memory.
    static <T> Channel<T> unbounded() {
        return new LocalChannel<>(null, Buffers.unbounded());
    }

    /// A channel that holds as many elements as there is memory and whose messages and errors call it `name`.
    static <T> Channel<T> unbounded(String name) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Buffers.unbounded());
    }

    /// A channel that holds the newest `capacity` elements; older ones are dropped ([#onDiscard]).
    static <T> Channel<T> sliding(int capacity) {
        return new LocalChannel<>(null, Buffers.sliding(capacity));
    }

    /// A channel that holds the newest `capacity` elements and whose messages and errors call it `name`.
    static <T> Channel<T> sliding(String name, int capacity) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Buffers.sliding(capacity));
    }

    /// A channel that holds up to `capacity` elements; what is sent while it is full is dropped ([#onDiscard]).
    static <T> Channel<T> dropping(int capacity) {
        return new LocalChannel<>(null, Buffers.dropping(capacity));
    }

    /// A channel that holds up to `capacity` elements, drops what is sent while it is full, and whose messages and errors call it `name`.
    static <T> Channel<T> dropping(String name, int capacity) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Buffers.dropping(capacity));
    }

    /// A channel that holds only the newest element, the one before it being dropped ([#onDiscard]): for states, of which only the present one
    /// matters.
    static <T> Channel<T> latest() {
        return new LocalChannel<>(null, Buffers.latest());
    }

    /// A channel that holds only the newest element and whose messages and errors call it `name`.
    static <T> Channel<T> latest(String name) {
        return new LocalChannel<>(Objects.requireNonNull(name, "name"), Buffers.latest());
    }

    /// A channel that is written once: the first send gives it its value, never waits, and closes it, so that later sends fail. Every receive, however
    /// many there are, gets that value; so what receives until nothing is left ([#iterator], [#stream], [#drainTo], [#receiveBatch]) gets it once and ends.
    /// Closed before, it has no value and receivers see the end. Discarded ([#onDiscard]) is a value that nobody received before the channel was poisoned.
    static <T> Channel<T> promise() {
        return new PromiseChannel<>(null);
    }

    /// A channel that is written once, as [#promise()], and whose messages and errors call it `name`.
    static <T> Channel<T> promise(String name) {
        return new PromiseChannel<>(Objects.requireNonNull(name, "name"));
    }

    /// A new counted sending end. The last of them to be closed closes the channel; sending into a closed end throws [ChannelClosed].
    Sender<T> sender();

    /// A new counted receiving end. The last of them to retire poisons the channel; receiving from a retired end throws
    /// [ChannelClosed].
    ReceiverEnd<T> receiver();

    /// Whether `end` is a counted end of this channel, made by [#sender] or [#receiver], that was neither closed nor retired.
    boolean hasEnd(Object end);

    /// Closes the channel: later sends fail; elements in the buffer and those of senders that already wait are still delivered, and those
    /// senders go on waiting until then; after that, receivers see the end.
    ///
    /// @return whether this call did it, not an earlier close or poison
    boolean tryClose();

    /// The same as [#tryClose], for `try` and for callers that do not care who was first.
    @Override default void close() {
        tryClose();
    }

    /// Ends the channel at once: all that wait and all later operations of both sides throw [ChannelPoisoned] with `cause`. Elements in
    /// the buffer are discarded ([#onDiscard]); elements of waiting senders were never sent. A closed channel can still be poisoned.
    ///
    /// A channel between two networks can be made immune to weak poison ([#immuneTo]), so that one of them can be torn down and started again while the other goes
    /// on; a process that is told of a poison and passes it on should pass on its strength ([ChannelPoisoned#strength]).
    ///
    /// @param strength at least 1; nothing happens if the channel is immune to it
    /// @return whether this call did it
    @Override boolean poison(int strength, Throwable cause);

    @Override default boolean poison(Throwable cause) {
        return poison(1, cause);
    }

    /// Calls `ready` once, when a receive would not have to wait: an element can be received, or the channel has ended. For one who decides elsewhere whether
    /// to receive: it takes no part here, so others may be first, and it then asks again. Meanwhile it stands among the receivers that wait, and those who
    /// send pass it by.
    ///
    /// Called by this, or later by who makes the channel ready, perhaps while the channel is locked: so it must be quick, must not block, and must not touch a channel.
    ///
    /// @return takes this back; `ready` may be under way then
    Runnable onceReceivable(Runnable ready);

    /// As [#onceReceivable], for a send: somebody waits for an element, there is room, or the channel has ended.
    Runnable onceSendable(Runnable ready);

    /// Makes this channel immune to poison of up to `strength`; at first it is 0, so immune to none.
    ///
    /// @return this channel
    Channel<T> immuneTo(int strength);

    /// Calls `hook` exactly once for every element that the channel accepted and no one will ever receive: dropped from a full buffer, on the
    /// thread that sends, or left in the buffer, on the thread that poisons. What the hook throws, that operation throws, having happened.
    /// Replaces an earlier hook.
    ///
    /// @return this channel
    Channel<T> onDiscard(Consumer<? super T> hook);

    /// How many elements are in the buffer.
    default int size() {
        return statistics().buffered();
    }

    /// How full the channel is and how many wait, all at one instant.
    Statistics statistics();

    /// A channel at one instant. An [Alt] counts once for each of its guards here.
    ///
    /// @param buffered elements in the buffer
    /// @param capacity elements that the buffer can hold; 0 for a rendezvous
    /// @param waitingSenders senders that wait for a receiver or for room
    /// @param waitingReceivers receivers that wait for an element
    record Statistics(int buffered, int capacity, int waitingSenders, int waitingReceivers) {}
}
