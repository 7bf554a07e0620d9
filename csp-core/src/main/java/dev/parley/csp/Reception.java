package dev.parley.csp;

/// What a receive that waited as long as it takes found: an element or the end.
///
/// @param <T> the elements of the channel
public sealed interface Reception<T> extends Attempt<T> permits Received, Closed {}
