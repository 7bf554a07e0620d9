package dev.parley.net.protocol;

import java.util.List;

/// What nodes say to each other. PROTOCOL.md shows every frame byte by byte.
@SuppressWarnings("ArrayRecordComponent") // frames are not compared, and an element is not copied on its way
public sealed interface Frame {
    /// Bytes of a channel's name in UTF-8.
    int NAME = 255;
    /// Bytes of a codec's fingerprint.
    int FINGERPRINT = 512;
    /// Bytes of two addresses.
    int ADDRESSES = 2 * 80;
    /// Bytes of text that says why.
    int CAUSE = 256;
    /// Bytes of text that says why an end was not attached.
    int REASON = 4 * CAUSE;

    /// Offers that one frame is about, at most.
    int MANY = 1024;

    /// Bytes of an element that travels with its offer; a larger one is announced, and comes in pieces when it is asked for.
    int EAGER = 16 << 10;
    /// Bytes of a piece.
    int PIECE = 64 << 10;

    /// Bytes of memory that this takes while it waits for its acknowledgement, about.
    default int weight() {
        return 64;
    }

    /// Has a place in the sequence of a session: said again if the connection is lost before the peer acknowledged it, and heard once.
    sealed interface Counted extends Frame {}

    /// Answers a question of the peer, so that there are no more of them than it asked.
    sealed interface Reply extends Counted {}

    // The opening of a connection

    /// What a node says of itself.
    ///
    /// @param secret whether it proves itself by a shared secret
    /// @param longest bytes of a frame that it accepts
    /// @param nonce 32 fresh random bytes
    record Self(boolean secret, Identity identity, int longest, byte[] nonce) {}

    /// Who connects, and what for.
    ///
    /// @param session to be resumed, or [Id#NONE]
    record Hello(int lowest, int highest, Self self, Id session) implements Frame {}

    /// Who answers.
    ///
    /// @param session the one that begins, or is resumed
    record Welcome(int version, Self self, Id session) implements Frame {}

    /// Who connects proves itself.
    ///
    /// @param received counted frames of the session heard so far
    record Proof(long received, byte[] mac) implements Frame {}

    record Ready(long received, byte[] mac) implements Frame {}

    record Refuse(Refusal code, String why) implements Frame {
        public Refuse {
            why = Fields.cut(why, CAUSE);
        }
    }

    /// Why a connection is not let in. Codes are those of the order, from 1.
    enum Refusal {
        VERSION(1), SECURITY(2), PROOF(3), SESSION(4);

        final int code;

        Refusal(int code) {
            this.code = code;
        }
    }

    // Names and ends

    record Publish(String name) implements Counted {}

    /// Asks for an end.
    ///
    /// @param receives whether the end is to receive elements, else to send them
    record Attach(int end, boolean receives, String name, String fingerprint) implements Counted {}

    /// There it is.
    ///
    /// @param limit offers allowed; 0 for an end that receives
    record Attached(int end, long limit) implements Reply {}

    record Reject(int end, String why) implements Reply {
        public Reject {
            why = Fields.cut(why, REASON);
        }

        @Override public int weight() {
            return 64 + why.length();
        }
    }

    record Detach(int end) implements Counted {}

    record Bytes(long limit) implements Counted {}

    // Offers and their answers

    /// An element.
    ///
    /// @param waits or wants an answer now
    record Offer(int end, long offer, boolean waits, byte[] element) implements Counted {}

    /// Elements of one end, in order: each as an [Offer] that waits, with the numbers from `first` on.
    ///
    /// @param elements 1 to [#MANY]
    record Offers(int end, long first, List<byte[]> elements) implements Counted {}

    record Taken(int end, long offer, long limit) implements Reply {}

    /// As a [Taken] for each of `count` offers, from `first` on.
    ///
    /// @param count 2 to [#MANY]
    record TakenMany(int end, long first, int count, long limit) implements Reply {}

    /// Asks for an offer back, or takes back a request.
    record Withdraw(int end, long offer) implements Counted {}

    record Withdrawn(int end, long offer, long limit) implements Reply {}

    record Failed(int end, long offer, long limit, Failure why, int strength, String cause) implements Reply {
        public Failed {
            cause = Fields.cut(cause, CAUSE);
        }

        @Override public int weight() {
            return 64 + cause.length();
        }
    }

    /// Why an offer failed. Codes are those of the order, from 1. RECEIVER: an extended one took the element and failed. LOST: the home gave it to a third
    /// node, which may or may not have it. UNDELIVERED: that node never had it. UNREACHED: the home could not attach an end in the element.
    enum Failure {
        CLOSED(1), POISONED(2), HOME_LEFT(3), RECEIVER(4), LOST(5), UNDELIVERED(6), UNREACHED(7);

        final int code;

        Failure(int code) {
            this.code = code;
        }
    }

    // Requests and their answers; those that fail are answered as offers are

    /// Asks for an element.
    ///
    /// @param waits or wants an answer now
    record Request(int end, long request, boolean waits) implements Counted {}

    // Choice

    /// A choice waits for this end among others.
    ///
    /// @param choice tells which choices of the peer are one; of two that meet, the lower goes first
    record Watch(int end, long watch, long choice) implements Counted {}

    /// The choice is decided otherwise.
    record Unwatch(int end, long watch) implements Counted {}

    /// The choice may be able to happen here, now.
    record Turn(int end, long watch) implements Reply {}

    /// As [Offer], of a choice that now waits for the answer and for nothing else. Ends the watch.
    record ChooseOffer(int end, long watch, long offer, byte[] element) implements Counted {}

    /// As [Request], of a choice that now waits for the answer and for nothing else. Ends the watch.
    record ChooseRequest(int end, long watch, long request) implements Counted {}

    record Deliver(int end, long request, byte[] element) implements Reply {
        @Override public int weight() {
            return 64 + element.length;
        }
    }

    /// The element is where it was to go: its sender may go on.
    record Delivered(int end, long request) implements Reply {}

    /// An extended receiver had the element and failed.
    record GaveUp(int end, long request, String cause) implements Reply {
        public GaveUp {
            cause = Fields.cut(cause, CAUSE);
        }

        @Override public int weight() {
            return 64 + cause.length();
        }
    }

    // Large elements: announced with their size, and sent in pieces when they are asked for

    /// As [Offer], of an element that comes in pieces.
    ///
    /// @param value its number among all large elements that this side has announced, from 1
    /// @param size bytes of the element
    record LargeOffer(int end, long offer, boolean waits, long value, int size) implements Counted {}

    /// As [ChooseOffer], of an element that comes in pieces.
    record ChooseLargeOffer(int end, long watch, long offer, long value, int size) implements Counted {}

    /// As [Deliver], of an element that comes in pieces.
    record LargeDeliver(int end, long request, long value, int size) implements Reply {}

    /// Asks for all pieces of an element that the other has announced.
    record Pull(long value) implements Counted {}

    /// The next bytes of an element: `length` of `whole`, beginning with `from`.
    record Piece(long value, byte[] whole, int from, int length) implements Counted {}

    /// How many bytes of pieces may be said, and what may be announced.
    ///
    /// @param limit bytes of pieces on this link, an absolute number
    /// @param largest bytes of an element
    record Pieces(long limit, int largest) implements Counted {}

    // Ends in elements

    /// As [Detach], of an end that nobody has any more, since it was lost on its way to another process.
    record Lost(int end, String cause) implements Counted {
        public Lost {
            cause = Fields.cut(cause, CAUSE);
        }
    }

    /// An end in an element that came could not be attached.
    ///
    /// @param which of the ends in the element, from 0
    record Unreached(int end, long request, int which, String cause) implements Reply {
        public Unreached {
            cause = Fields.cut(cause, CAUSE);
        }

        @Override public int weight() {
            return 64 + cause.length();
        }
    }

    // Names at third nodes

    /// To a node that is a directory for others, or from it.
    sealed interface OfDirectory extends Counted {}

    /// Others can connect to this node there, and so shall be told which names it publishes.
    ///
    /// @param address `host:port`, the host as a number; one that means any address stands for that of the connection
    record Listening(String address) implements OfDirectory {}

    /// Wants to be told where `name` is, now and whenever that changes.
    record Seek(String name) implements OfDirectory {}

    /// Does not any more.
    record Unseek(String name) implements OfDirectory {}

    /// The answer, and each that follows.
    ///
    /// @param addresses none if nobody publishes it; two, with a space between, if more than one does
    record Found(String name, String addresses) implements OfDirectory, Reply {
        @Override public int weight() {
            return 64 + name.length() + addresses.length();
        }
    }

    // Barriers. Arrivals and questions are numbered as offers are, and answered by Withdrawn or Failed as well

    /// About a barrier that is at home at one of the two nodes.
    sealed interface OfBarrier extends Counted {
        int end();
    }

    /// Asks for an end that stands for a barrier. Answered as [Attach] is.
    record AttachBarrier(int end, String name) implements OfBarrier {}

    /// What is to become of the number of those who are enrolled.
    enum Change { ENROLL, RESIGN, NONE }

    /// One more takes part through this end, or one less; or only asks how many do.
    record Enroll(int end, long offer, Change change) implements OfBarrier {}

    /// How many are enrolled now, through any end.
    ///
    /// @param meeting the number of the one that the end takes part in next
    record Enrolled(int end, long offer, long meeting, int enrolled) implements OfBarrier, Reply {}

    /// One of those who are enrolled through this end has arrived.
    ///
    /// @param waits or wants an answer now
    record Sync(int end, long offer, long meeting, boolean waits) implements OfBarrier {}

    /// All have.
    record Release(int end, long offer, long meeting) implements OfBarrier, Reply {}

    /// The barrier is broken: `meeting` will never be.
    record Broken(int end, long offer, long meeting, String cause) implements OfBarrier, Reply {
        public Broken {
            cause = Fields.cut(cause, CAUSE);
        }

        @Override public int weight() {
            return 64 + cause.length();
        }
    }

    record Poll(int end, long number) implements Counted {}

    record Polled(int end, long number, boolean full) implements Reply {}

    record Poison(long number, int strength, String name, String cause) implements Counted {
        public Poison {
            cause = Fields.cut(cause, CAUSE);
        }
    }

    record Poisoned(long number, boolean first) implements Reply {}

    // The connection itself

    /// So much was heard.
    ///
    /// @param received counted frames heard so far; so in the three that follow
    record Ack(long received) implements Frame {}

    record Ping(long received) implements Frame {}

    record Pong(long received) implements Frame {}

    /// The last word.
    ///
    /// @param code 0 in order, 1 the other broke the protocol
    record GoAway(int code, long received, String why) implements Frame {
        public GoAway {
            why = Fields.cut(why, CAUSE);
        }
    }

    /// Of a type from 0x80 on that this version does not know, and that may be passed over.
    record Unknown(int type) implements Frame {}
}
