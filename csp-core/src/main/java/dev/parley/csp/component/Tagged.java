package dev.parley.csp.component;

/// An element and the number of the channel it came from or goes to.
///
/// @param index the number, from 0
/// @param value the element
/// @param <T> the element
public record Tagged<T>(int index, T value) {}
