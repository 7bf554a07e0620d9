package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Elements that are ends.
///
/// @param <E> the ends
abstract class EndCodec<E> implements MobileCodec<E> {
    private final String fingerprint;

    private EndCodec(String kind, Codec<?> elements) {
        this.fingerprint = "end:" + kind + ":" + elements.fingerprint();
    }

    static <T> Codec<Sender<T>> senderOf(Codec<T> elements) {
        return new EndCodec<>("sender", elements) {
            @Override Sender<T> arrived(String reference, IncomingEnds ends) {
                return ends.sender(reference, elements);
            }
        };
    }

    static <T> Codec<ReceiverEnd<T>> receiverOf(Codec<T> elements) {
        return new EndCodec<>("receiver", elements) {
            @Override ReceiverEnd<T> arrived(String reference, IncomingEnds ends) {
                return ends.receiver(reference, elements);
            }
        };
    }

    abstract E arrived(String reference, IncomingEnds ends);

    @Override public String fingerprint() {
        return fingerprint;
    }

    @Override public boolean carriesEnds() {
        return true;
    }

    @Override public byte[] encode(E end, OutgoingEnds ends) {
        return ends.leaves(end).getBytes(StandardCharsets.UTF_8);
    }

    @Override public E decode(byte[] bytes, IncomingEnds ends) throws CharacterCodingException {
        return arrived(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), ends);
    }

    @Override public byte[] encode(E end) {
        throw withoutNode();
    }

    @Override public E decode(byte[] bytes) {
        throw withoutNode();
    }

    static IllegalArgumentException withoutNode() {
        return new IllegalArgumentException("ends of channels travel only as elements of a channel between nodes");
    }

    @Override public String toString() {
        return "Codec[" + fingerprint + "]";
    }
}
