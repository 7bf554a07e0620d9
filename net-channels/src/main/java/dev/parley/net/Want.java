package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Counted;

/// Somebody who waits for what is published under a name.
sealed interface Want {
    Location location();

    default String name() {
        return location().name();
    }

    /// What it is for and of, for messages: `send to Channel`.
    String purpose();

    /// What it must be, for messages: `Channel`.
    String kind();

    /// Asks the home for it, as end `id`.
    Counted question(int id);

    /// The home is another node, and has attached the end.
    NearEnd end(Link link, int id, long limit);

    /// The home is this node.
    void endHere(Publication home);

    void fail(Throwable why);

    /// What to fail with when the node is gone that has it, or could have had it.
    RuntimeException lost(LinkLost loss);

    /// An end of a channel.
    ///
    /// @param <T> the elements
    sealed interface OfChannel<T> extends Want {
        /// Of the codec.
        String fingerprint();

        /// Whether the end is to receive.
        boolean receives();

        @Override default String purpose() {
            return receives() ? "receive from Channel" : "send to Channel";
        }

        @Override default String kind() {
            return "Channel";
        }

        @Override default RuntimeException lost(LinkLost loss) {
            return new ChannelPoisoned(name(), "connect to Channel " + location(), LinkLost.STRENGTH, loss);
        }

        @Override default Counted question(int id) {
            return new Frame.Attach(id, receives(), name(), fingerprint());
        }

        @Override default void endHere(Publication home) {
            if (!(home instanceof Published<?> channel))
                fail(new IllegalArgumentException(
                        "cannot " + purpose() + " \"" + name() + "\" of this node: it is a Barrier"));
            else
                if (!channel.fingerprint.equals(fingerprint()))
                    fail(new IllegalArgumentException(
                            "cannot " + purpose() + " \"" + name() + "\" of this node: it carries "
                                    + channel.fingerprint
                                    + ", but this codec is for " + fingerprint()));
                else {
                    @SuppressWarnings("unchecked") // the fingerprints are equal, so the elements have one type
                    var sameType = (Published<T>) channel;
                    endOf(sameType);
                }
        }

        void endOf(Published<T> home);
    }

    record ToSend<T>(Location location, Codec<T> codec, String fingerprint,
            Recipient<Sender<T>> recipient) implements OfChannel<T> {
        @Override public boolean receives() {
            return false;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new SendingEnd(link, name(), id, limit);
            recipient.give(new RemoteSender<>(end, codec));
            return end;
        }

        @Override public void endOf(Published<T> home) {
            recipient.give(home.sender());
        }

        @Override public void fail(Throwable why) {
            recipient.fail(why);
        }
    }

    record ToReceive<T>(Location location, Codec<T> codec, String fingerprint,
            Recipient<ReceiverEnd<T>> recipient) implements OfChannel<T> {
        @Override public boolean receives() {
            return true;
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new ReceivingEnd<>(link, name(), id, codec);
            recipient.give(new RemoteReceiver<>(end));
            return end;
        }

        @Override public void endOf(Published<T> home) {
            recipient.give(home.receiver());
        }

        @Override public void fail(Throwable why) {
            recipient.fail(why);
        }
    }

    /// A barrier.
    record ToMeet(Location location, Recipient<Barrier> recipient) implements Want {
        @Override public String purpose() {
            return "take part in Barrier";
        }

        @Override public String kind() {
            return "Barrier";
        }

        @Override public RuntimeException lost(LinkLost loss) {
            return new IllegalStateException("cannot take part in Barrier " + location() + ": " + loss.getMessage(),
                    loss);
        }

        @Override public Counted question(int id) {
            return new Frame.AttachBarrier(id, name());
        }

        @Override public NearEnd end(Link link, int id, long limit) {
            var end = new BarrierEnd(link, name(), id);
            recipient.give(link.barriers.only(end));
            return end;
        }

        @Override public void endHere(Publication home) {
            if (home instanceof PublishedBarrier published) recipient.give(published.barrier());
            else
                fail(new IllegalArgumentException(
                        "cannot " + purpose() + " \"" + name() + "\" of this node: it is a Channel"));
        }

        @Override public void fail(Throwable why) {
            recipient.fail(why);
        }
    }
}
