package dev.parley.csp;

import org.jspecify.annotations.Nullable;

/// How a channel stores elements between its senders and its receivers: a queue of some kind, and what happens when it is full. Bring one of
/// your own to [Channel#buffered(String, BufferPolicy)].
///
/// A policy belongs to one channel, which calls it under its lock: one call at a time, each seeing what those before it did. So a policy
/// needs no synchronisation; but it must be quick, must not block, and must not touch a channel. If [#add] throws, that send throws it, or, if it
/// had to wait for room, [ChannelPoisoned] with it as cause; the channel goes on. The other methods must not throw.
///
/// @param <T> the elements
public interface BufferPolicy<T> {
    /// Whether [#add] may be called. A send that finds no room waits until an element has been taken; a policy that drops always has room.
    boolean hasRoom();

    /// Takes `element` in. Called only when there is room.
    ///
    /// @return an element that is dropped in its place, `element` itself perhaps, which goes to the channel's discard hook; null if none is
    @Nullable T add(T element);

    /// Takes out the element that is next; null if there is none.
    @Nullable T take();

    /// How many elements [#take] could give.
    int size();

    /// How many that can be at most.
    int capacity();

    /// What kind of channel this makes, in one word.
    @Override String toString();
}
