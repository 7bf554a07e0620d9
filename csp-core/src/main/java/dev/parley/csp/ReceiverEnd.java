package dev.parley.csp;

/// A counted receiving end of a channel: when the last one retires, the channel is poisoned for its senders, since nobody would take
/// what they send.
///
/// @param <T> the elements
public interface ReceiverEnd<T> extends Receiver<T>, AutoCloseable {
    /// The same as [#retire], so that `try` retires the end.
    @Override default void close() {
        retire();
    }
}
