package dev.parley.net;

/// A codec of elements in which ends of channels may be. Ends travel as references, and only between nodes: so the plain methods of such a codec refuse them.
///
/// @param <T> the elements
interface MobileCodec<T> extends Codec<T> {
    /// Whether there may be ends in its elements.
    boolean carriesEnds();

    /// As [#encode(Object)], with the ends in `value` told to `ends`.
    byte[] encode(T value, OutgoingEnds ends);

    /// As [#decode(byte[])], with the ends that `ends` gives for the references in `bytes`. Asks for them in the same order each time.
    T decode(byte[] bytes, IncomingEnds ends) throws Exception;
}
