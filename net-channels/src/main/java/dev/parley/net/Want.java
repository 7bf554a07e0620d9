package dev.parley.net;

import dev.parley.csp.Sender;

/// A process that waits for a sender of a channel with this name.
///
/// @param <T> the elements
record Want<T>(String name, Codec<T> codec, String fingerprint, Answer<Sender<T>> answer) {
    void attached(SendingEnd end) {
        answer.give(new RemoteSender<>(end, codec));
    }

    void fail(Throwable why) {
        answer.fail(why);
    }
}
