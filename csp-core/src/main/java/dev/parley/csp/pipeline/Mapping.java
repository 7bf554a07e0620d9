package dev.parley.csp.pipeline;

/// What a stage does with an element. It may wait and may throw.
///
/// @param <T> the elements that come
/// @param <R> what becomes of them, never null
@FunctionalInterface public interface Mapping<T, R> {
    /// What becomes of `element`.
    R apply(T element) throws Exception;
}
