package dev.parley.csp.pipeline;

/// An element that a stage failed on, and how.
///
/// @param element the element
/// @param failure what the stage threw, the last time if it tried again
/// @param <T> the element
public record Failed<T>(T element, Exception failure) {}
