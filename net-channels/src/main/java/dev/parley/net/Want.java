package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;

/// A process that waits for an end of a channel with this name.
///
/// @param <T> the elements
sealed interface Want<T> {
    String name();

    Codec<T> codec();

    /// Of the codec.
    String fingerprint();

    /// Whether the end is to receive.
    boolean receives();

    /// What the end is for, for messages.
    default String purpose() {
        return receives() ? "receive from" : "send to";
    }

    /// The home is another node, and has attached the end.
    NearEnd end(Link link, int id, long limit);

    /// The home is this node.
    void endHere(Published<T> home);

    void fail(Throwable why);

    record ToSend<T>(String name, Codec<T> codec, String fingerprint, Answer<Sender<T>> answer) implements Want<T> {
        @Override public boolean receives() {
            return false;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new SendingEnd(link, name, id, limit);
            answer.give(new RemoteSender<>(end, codec));
            return end;
        }

        @Override public void endHere(Published<T> home) {
            answer.give(home.sender());
        }

        @Override public void fail(Throwable why) {
            answer.fail(why);
        }
    }

    record ToReceive<T>(String name, Codec<T> codec, String fingerprint,
            Answer<ReceiverEnd<T>> answer) implements Want<T> {
        @Override public boolean receives() {
            return true;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new ReceivingEnd<>(link, name, id, codec);
            answer.give(new RemoteReceiver<>(end));
            return end;
        }

        @Override public void endHere(Published<T> home) {
            answer.give(home.receiver());
        }

        @Override public void fail(Throwable why) {
            answer.fail(why);
        }
    }
}
