package dev.parley.csp;

/// What an attempt to receive in limited time found.
///
/// @param <T> the elements of the channel
public sealed interface Attempt<T> permits Empty, Reception {}
