package dev.parley.csp;

/// An element was received.
///
/// @param <T> the elements of the channel
/// @param value the element
public record Received<T>(T value) implements Reception<T> {}
