package dev.parley.csp;

/// The channel is closed and empty: nothing more will come.
///
/// @param <T> the elements of the channel
public record Closed<T>() implements Reception<T> {}
