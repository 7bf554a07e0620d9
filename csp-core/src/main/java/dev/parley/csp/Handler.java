package dev.parley.csp;

/// What is done with an element that an [Alt] received.
///
/// @param <T> the element
@FunctionalInterface public interface Handler<T> {
    /// Handles `value`, on the thread that called `select`. What it throws, `select` throws; the element is then received all the same.
    void handle(T value) throws Exception;
}
