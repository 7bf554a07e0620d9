package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;

/// Somebody who waits for an end of a channel.
///
/// @param <T> the elements
sealed interface Want<T> {
    Location location();

    Codec<T> codec();

    /// Of the codec.
    String fingerprint();

    /// Whether the end is to receive.
    boolean receives();

    default String name() {
        return location().name();
    }

    /// What the end is for, for messages.
    default String purpose() {
        return receives() ? "receive from" : "send to";
    }

    /// The home is another node, and has attached the end.
    NearEnd end(Link link, int id, long limit);

    /// The home is this node.
    void endHere(Published<T> home);

    void fail(Throwable why);

    record ToSend<T>(Location location, Codec<T> codec, String fingerprint,
            Recipient<Sender<T>> recipient) implements Want<T> {
        @Override public boolean receives() {
            return false;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new SendingEnd(link, name(), id, limit);
            recipient.give(new RemoteSender<>(end, codec));
            return end;
        }

        @Override public void endHere(Published<T> home) {
            recipient.give(home.sender());
        }

        @Override public void fail(Throwable why) {
            recipient.fail(why);
        }
    }

    record ToReceive<T>(Location location, Codec<T> codec, String fingerprint,
            Recipient<ReceiverEnd<T>> recipient) implements Want<T> {
        @Override public boolean receives() {
            return true;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new ReceivingEnd<>(link, name(), id, codec);
            recipient.give(new RemoteReceiver<>(end));
            return end;
        }

        @Override public void endHere(Published<T> home) {
            recipient.give(home.receiver());
        }

        @Override public void fail(Throwable why) {
            recipient.fail(why);
        }
    }
}
