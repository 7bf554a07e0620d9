package dev.parley.net;

import dev.parley.net.protocol.ProtocolError;
import org.jspecify.annotations.Nullable;

/// An element that came, and is complete when the ends in it are here. Confined to the loop.
///
/// @param <T> the element
final class IncomingElement<T> {
    private final Codec<T> codec;
    private final byte[] bytes;
    private final String name;
    private final @Nullable IncomingEnds ends;
    private T value; // of the first time, if there are ends in it

    /// @param name of the channel that it came for
    /// @throws ProtocolError if it cannot be read
    IncomingElement(Names names, Codec<T> codec, byte[] bytes, String name) {
        this.codec = codec;
        this.bytes = bytes;
        this.name = name;
        this.ends = codec instanceof MobileCodec<T> mobile && mobile.carriesEnds() ? new IncomingEnds(names) : null;
        this.value = decoded();
    }

    private T decoded() {
        try {
            var value = ends != null && codec instanceof MobileCodec<T> mobile
                    ? mobile.decode(bytes, ends)
                    : codec.decode(bytes);
            if (value == null) throw new IllegalArgumentException("it is null");
            return value;
        } catch (Exception malformed) {
            if (ends != null) ends.throwAway();
            throw new ProtocolError(
                    "an element for Channel \"" + name + "\" cannot be read by " + codec + ": " + malformed, malformed);
        }
    }

    int bytes() {
        return bytes.length;
    }

    boolean isComplete() {
        return ends == null || ends.isComplete();
    }

    /// Runs `done` when it is complete, if it is not yet.
    void onceComplete(Runnable done) {
        if (ends != null) ends.onceComplete(done);
    }

    /// Tells which ends could not be had; when it is complete.
    void missing(IncomingEnds.Missing hearer) {
        if (ends != null) ends.missing(hearer);
    }

    /// The element, when it is complete. An end that could not be had tells why to whoever uses it.
    T value() {
        if (ends == null || ends.isEmpty()) return value;
        ends.replaceMissing();
        ends.serve();
        value = decoded();
        return value;
    }

    /// Nobody receives it: ends that were made for it are closed.
    void throwAway() {
        if (ends != null) ends.throwAway();
    }
}
