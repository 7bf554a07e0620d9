package dev.parley.csp;

/// Nothing came in time; something may come later.
///
/// @param <T> the elements of the channel
public record Empty<T>() implements Attempt<T> {}
