package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.util.List;
import java.util.Map;

/// How elements of one type travel: as bytes there and back.
///
/// The sender's codec and the one the channel was published with must have the same [#fingerprint]; nodes compare it when the ends meet, so
/// that a wrong type fails there and not at the first element. No name in a fingerprint is ever looked up. Used by many threads at
/// once.
///
/// @param <T> the elements
public interface Codec<T> {
    /// Names the type and its form on the wire: at most 512 bytes of UTF-8.
    String fingerprint();

    /// The bytes of `value`, which the caller does not change afterwards.
    byte[] encode(T value);

    /// The value that [#encode] made `bytes` of. The bytes may come from a broken or hostile peer: any exception ends the link to it.
    T decode(byte[] bytes) throws Exception;

    /// The codec of `type`: `byte[]`, `String`, `Integer`, `Long`, `Double` and `Boolean` travel raw; everything else (records, enums, sealed
    /// interfaces with declared names) as CBOR (RFC 8949) through Jackson, whose module needs the type's package opened to it if that is in a
    /// named module (`opens my.orders to com.fasterxml.jackson.databind`). Records may have components of the types [Sender] and [ReceiverEnd], as in
    /// `record Question(String text, Sender<Answer> answer) {}`: see [Node] on ends that are sent.
    ///
    /// A raw `byte[]` is not copied on its way out: do not change it until the send has ended.
    static <T> Codec<T> of(Class<T> type) {
        return RawCodec.of(type).orElseGet(() -> CborCodec.of(type));
    }

    /// The codec of sending ends of channels whose elements travel by `elements`: see [Node].
    static <T> Codec<Sender<T>> senderOf(Codec<T> elements) {
        return EndCodec.senderOf(elements);
    }

    /// The codec of receiving ends of channels whose elements travel by `elements`: see [Node].
    static <T> Codec<ReceiverEnd<T>> receiverOf(Codec<T> elements) {
        return EndCodec.receiverOf(elements);
    }

    /// The codec of lists of `element`, as CBOR.
    static <E> Codec<List<E>> listOf(Class<E> element) {
        return CborCodec.listOf(element);
    }

    /// The codec of maps from `key` to `value`, as CBOR. Keys travel as text, so they are strings, numbers or enums.
    static <K, V> Codec<Map<K, V>> mapOf(Class<K> key, Class<V> value) {
        return CborCodec.mapOf(key, value);
    }
}
