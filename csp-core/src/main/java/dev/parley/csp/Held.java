package dev.parley.csp;

/// An element that was received while its sender stays blocked: see [Receiver#receiveExtended()]. End it with [#close], or the sender waits
/// for ever.
///
/// @param <T> the element
public interface Held<T> extends AutoCloseable {
    /// The element.
    T value();

    /// Lets the sender go on. Harmless when it already does.
    @Override void close();

    /// Lets the sender's operation throw [ReceiverFailed] with `cause`. Does nothing when the sender already goes on, or left before.
    void fail(Throwable cause);
}
