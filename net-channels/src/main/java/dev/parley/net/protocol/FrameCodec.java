package dev.parley.net.protocol;

import dev.parley.net.protocol.Frame.Ack;
import dev.parley.net.protocol.Frame.Attach;
import dev.parley.net.protocol.Frame.AttachBarrier;
import dev.parley.net.protocol.Frame.Attached;
import dev.parley.net.protocol.Frame.Broken;
import dev.parley.net.protocol.Frame.Bytes;
import dev.parley.net.protocol.Frame.Change;
import dev.parley.net.protocol.Frame.ChooseLargeOffer;
import dev.parley.net.protocol.Frame.ChooseOffer;
import dev.parley.net.protocol.Frame.ChooseRequest;
import dev.parley.net.protocol.Frame.Deliver;
import dev.parley.net.protocol.Frame.Delivered;
import dev.parley.net.protocol.Frame.Detach;
import dev.parley.net.protocol.Frame.Enroll;
import dev.parley.net.protocol.Frame.Enrolled;
import dev.parley.net.protocol.Frame.Failed;
import dev.parley.net.protocol.Frame.Failure;
import dev.parley.net.protocol.Frame.Found;
import dev.parley.net.protocol.Frame.GaveUp;
import dev.parley.net.protocol.Frame.GoAway;
import dev.parley.net.protocol.Frame.Hello;
import dev.parley.net.protocol.Frame.LargeDeliver;
import dev.parley.net.protocol.Frame.LargeOffer;
import dev.parley.net.protocol.Frame.Listening;
import dev.parley.net.protocol.Frame.Lost;
import dev.parley.net.protocol.Frame.Offer;
import dev.parley.net.protocol.Frame.Offers;
import dev.parley.net.protocol.Frame.Piece;
import dev.parley.net.protocol.Frame.Pieces;
import dev.parley.net.protocol.Frame.Ping;
import dev.parley.net.protocol.Frame.Poison;
import dev.parley.net.protocol.Frame.Poisoned;
import dev.parley.net.protocol.Frame.Poll;
import dev.parley.net.protocol.Frame.Polled;
import dev.parley.net.protocol.Frame.Pong;
import dev.parley.net.protocol.Frame.Proof;
import dev.parley.net.protocol.Frame.Publish;
import dev.parley.net.protocol.Frame.Pull;
import dev.parley.net.protocol.Frame.Ready;
import dev.parley.net.protocol.Frame.Refusal;
import dev.parley.net.protocol.Frame.Refuse;
import dev.parley.net.protocol.Frame.Reject;
import dev.parley.net.protocol.Frame.Release;
import dev.parley.net.protocol.Frame.Request;
import dev.parley.net.protocol.Frame.Seek;
import dev.parley.net.protocol.Frame.Self;
import dev.parley.net.protocol.Frame.Sync;
import dev.parley.net.protocol.Frame.Taken;
import dev.parley.net.protocol.Frame.TakenMany;
import dev.parley.net.protocol.Frame.Turn;
import dev.parley.net.protocol.Frame.Unknown;
import dev.parley.net.protocol.Frame.Unreached;
import dev.parley.net.protocol.Frame.Unseek;
import dev.parley.net.protocol.Frame.Unwatch;
import dev.parley.net.protocol.Frame.Watch;
import dev.parley.net.protocol.Frame.Welcome;
import dev.parley.net.protocol.Frame.Withdraw;
import dev.parley.net.protocol.Frame.Withdrawn;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

import static dev.parley.net.protocol.Fields.putNumber;
import static dev.parley.net.protocol.Fields.putText;

/// Frames as a type and a body of bytes, and back.
public final class FrameCodec {
    public static final int MAGIC = 0x50524C59; // "PRLY"
    public static final int VERSION = 5;
    static final int NONCE = 32;

    private static final int HELLO = 0x01, WELCOME = 0x02, PROOF = 0x03, READY = 0x04, REFUSE = 0x05;
    private static final int PUBLISH = 0x10, ATTACH = 0x11, ATTACHED = 0x12, REJECT = 0x13, DETACH = 0x14, BYTES = 0x15,
            ATTACH_RECEIVER = 0x16, OFFERS = 0x17, TAKEN_MANY = 0x18;
    private static final int OFFER_LARGE = 0x19, TRY_LARGE = 0x1A, CHOOSE_LARGE = 0x1B, DELIVER_LARGE = 0x1C,
            PULL = 0x1D, PIECE = 0x1E, PIECES = 0x1F;
    private static final int OFFER = 0x20, TRY = 0x21, TAKEN = 0x22, WITHDRAW = 0x23, WITHDRAWN = 0x24, FAILED = 0x25,
            POLL = 0x26, POLLED = 0x27;
    private static final int REQUEST = 0x28, REQUEST_NOW = 0x29, DELIVER = 0x2A, DELIVERED = 0x2B, GAVE_UP = 0x2C;
    private static final int WATCH = 0x38, UNWATCH = 0x39, TURN = 0x3A, CHOOSE_OFFER = 0x3B, CHOOSE_REQUEST = 0x3C;
    private static final int UNREACHED = 0x3E, LOST = 0x3F;
    private static final int POISON = 0x30, POISONED = 0x31;
    private static final int ATTACH_BARRIER = 0x50, ENROLL = 0x51, RESIGN = 0x52, COUNT = 0x53, ENROLLED = 0x54,
            SYNC = 0x55, SYNC_NOW = 0x56, RELEASE = 0x57, BROKEN = 0x58;
    private static final int LISTENING = 0x59, SEEK = 0x5A, UNSEEK = 0x5B, FOUND = 0x5C;
    private static final int PING = 0x40, PONG = 0x41, GOAWAY = 0x42, ACK = 0x43;
    /// A type from here on may be ignored by who does not know it, and is never counted.
    private static final int FIRST_IGNORABLE = 0x80;

    private FrameCodec() {}

    static int type(Frame frame) {
        return switch (frame) {
            case Hello f -> HELLO;
            case Welcome f -> WELCOME;
            case Proof f -> PROOF;
            case Ready f -> READY;
            case Refuse f -> REFUSE;
            case Publish f -> PUBLISH;
            case Attach f -> f.receives() ? ATTACH_RECEIVER : ATTACH;
            case Attached f -> ATTACHED;
            case Reject f -> REJECT;
            case Detach f -> DETACH;
            case Bytes f -> BYTES;
            case Offer f -> f.waits() ? OFFER : TRY;
            case Offers f -> OFFERS;
            case LargeOffer f -> f.waits() ? OFFER_LARGE : TRY_LARGE;
            case ChooseLargeOffer f -> CHOOSE_LARGE;
            case LargeDeliver f -> DELIVER_LARGE;
            case Pull f -> PULL;
            case Piece f -> PIECE;
            case Pieces f -> PIECES;
            case Taken f -> TAKEN;
            case TakenMany f -> TAKEN_MANY;
            case Withdraw f -> WITHDRAW;
            case Withdrawn f -> WITHDRAWN;
            case Failed f -> FAILED;
            case Request f -> f.waits() ? REQUEST : REQUEST_NOW;
            case Deliver f -> DELIVER;
            case Delivered f -> DELIVERED;
            case GaveUp f -> GAVE_UP;
            case Lost f -> LOST;
            case Unreached f -> UNREACHED;
            case Poll f -> POLL;
            case Polled f -> POLLED;
            case Watch f -> WATCH;
            case Unwatch f -> UNWATCH;
            case Turn f -> TURN;
            case ChooseOffer f -> CHOOSE_OFFER;
            case ChooseRequest f -> CHOOSE_REQUEST;
            case Poison f -> POISON;
            case Poisoned f -> POISONED;
            case AttachBarrier f -> ATTACH_BARRIER;
            case Enroll f -> switch (f.change()) {
                case ENROLL -> ENROLL;
                case RESIGN -> RESIGN;
                case NONE -> COUNT;
            };
            case Enrolled f -> ENROLLED;
            case Sync f -> f.waits() ? SYNC : SYNC_NOW;
            case Release f -> RELEASE;
            case Broken f -> BROKEN;
            case Listening f -> LISTENING;
            case Seek f -> SEEK;
            case Unseek f -> UNSEEK;
            case Found f -> FOUND;
            case Ack f -> ACK;
            case Ping f -> PING;
            case Pong f -> PONG;
            case GoAway f -> GOAWAY;
            case Unknown f -> f.type();
        };
    }

    /// The body of `frame`, as it is signed.
    public static byte[] body(Frame frame) {
        var out = Unpooled.buffer();
        putBody(frame, out);
        return Fields.rest(out);
    }

    static void putBody(Frame frame, ByteBuf out) {
        switch (frame) {
            case Hello f -> {
                out.writeInt(MAGIC).writeByte(f.lowest()).writeByte(f.highest());
                putSelf(out, f.self());
                Fields.putId(out, f.session());
            }
            case Welcome f -> {
                out.writeByte(f.version());
                putSelf(out, f.self());
                Fields.putId(out, f.session());
            }
            case Proof f -> {
                putNumber(out, f.received());
                out.writeBytes(f.mac());
            }
            case Ready f -> {
                putNumber(out, f.received());
                out.writeBytes(f.mac());
            }
            case Refuse f -> {
                putNumber(out, f.code().code);
                putText(out, f.why());
            }
            case Publish f -> putText(out, f.name());
            case Attach f -> {
                putNumber(out, f.end());
                putText(out, f.name());
                putText(out, f.fingerprint());
            }
            case Attached f -> putNumbers(out, f.end(), f.limit());
            case Reject f -> {
                putNumber(out, f.end());
                putText(out, f.why());
            }
            case Detach f -> putNumber(out, f.end());
            case Bytes f -> putNumber(out, f.limit());
            case Offer f -> {
                putNumbers(out, f.end(), f.offer());
                out.writeBytes(f.element());
            }
            case Offers f -> {
                putNumbers(out, f.end(), f.first());
                for (var element : f.elements()) {
                    putNumber(out, element.length);
                    out.writeBytes(element);
                }
            }
            case LargeOffer f -> putNumbers(out, f.end(), f.offer(), f.value(), f.size());
            case ChooseLargeOffer f -> putNumbers(out, f.end(), f.watch(), f.offer(), f.value(), f.size());
            case LargeDeliver f -> putNumbers(out, f.end(), f.request(), f.value(), f.size());
            case Pull f -> putNumber(out, f.value());
            case Piece f -> {
                putNumber(out, f.value());
                out.writeBytes(f.whole(), f.from(), f.length());
            }
            case Pieces f -> putNumbers(out, f.limit(), f.largest());
            case Taken f -> putNumbers(out, f.end(), f.offer(), f.limit());
            case TakenMany f -> putNumbers(out, f.end(), f.first(), f.count(), f.limit());
            case Withdraw f -> putNumbers(out, f.end(), f.offer());
            case Withdrawn f -> putNumbers(out, f.end(), f.offer(), f.limit());
            case Failed f -> {
                putNumbers(out, f.end(), f.offer(), f.limit(), f.why().code, f.strength());
                putText(out, f.cause());
            }
            case Request f -> putNumbers(out, f.end(), f.request());
            case Deliver f -> {
                putNumbers(out, f.end(), f.request());
                out.writeBytes(f.element());
            }
            case Delivered f -> putNumbers(out, f.end(), f.request());
            case GaveUp f -> {
                putNumbers(out, f.end(), f.request());
                putText(out, f.cause());
            }
            case Lost f -> {
                putNumber(out, f.end());
                putText(out, f.cause());
            }
            case Unreached f -> {
                putNumbers(out, f.end(), f.request(), f.which());
                putText(out, f.cause());
            }
            case Poll f -> putNumbers(out, f.end(), f.number());
            case Polled f -> putNumbers(out, f.end(), f.number(), f.full() ? 1 : 0);
            case Watch f -> {
                putNumbers(out, f.end(), f.watch());
                out.writeLong(f.choice());
            }
            case Unwatch f -> putNumbers(out, f.end(), f.watch());
            case Turn f -> putNumbers(out, f.end(), f.watch());
            case ChooseOffer f -> {
                putNumbers(out, f.end(), f.watch(), f.offer());
                out.writeBytes(f.element());
            }
            case ChooseRequest f -> putNumbers(out, f.end(), f.watch(), f.request());
            case Poison f -> {
                putNumbers(out, f.number(), f.strength());
                putText(out, f.name());
                putText(out, f.cause());
            }
            case Poisoned f -> putNumbers(out, f.number(), f.first() ? 1 : 0);
            case AttachBarrier f -> {
                putNumber(out, f.end());
                putText(out, f.name());
            }
            case Enroll f -> putNumbers(out, f.end(), f.offer());
            case Enrolled f -> putNumbers(out, f.end(), f.offer(), f.meeting(), f.enrolled());
            case Sync f -> putNumbers(out, f.end(), f.offer(), f.meeting());
            case Release f -> putNumbers(out, f.end(), f.offer(), f.meeting());
            case Broken f -> {
                putNumbers(out, f.end(), f.offer(), f.meeting());
                putText(out, f.cause());
            }
            case Listening f -> putText(out, f.address());
            case Seek f -> putText(out, f.name());
            case Unseek f -> putText(out, f.name());
            case Found f -> {
                putText(out, f.name());
                putText(out, f.addresses());
            }
            case Ack f -> putNumber(out, f.received());
            case Ping f -> putNumber(out, f.received());
            case Pong f -> putNumber(out, f.received());
            case GoAway f -> {
                putNumbers(out, f.code(), f.received());
                putText(out, f.why());
            }
            case Unknown f -> {}
        }
    }

    /// The frame of `type` whose body is all of `in`.
    ///
    /// @throws ProtocolError if the body is none of that type
    static Frame read(int type, ByteBuf in) {
        Frame frame = switch (type) {
            case HELLO -> {
                Fields.requireReadable(in, 6);
                if (in.readInt() != MAGIC) throw new ProtocolError("this is not a Parley node");
                yield new Hello(in.readUnsignedByte(), in.readUnsignedByte(), self(in), Fields.id(in));
            }
            case WELCOME -> {
                Fields.requireReadable(in, 1);
                yield new Welcome(in.readUnsignedByte(), self(in), Fields.id(in));
            }
            case PROOF -> new Proof(Fields.number(in), Fields.rest(in));
            case READY -> new Ready(Fields.number(in), Fields.rest(in));
            case REFUSE -> new Refuse(Fields.choice(in, Refusal.values(), "code"),
                    Fields.text(in, Frame.CAUSE, "reason"));
            case PUBLISH -> new Publish(Fields.name(in));
            case ATTACH, ATTACH_RECEIVER -> new Attach(end(in), type == ATTACH_RECEIVER, Fields.name(in),
                    Fields.text(in, Frame.FINGERPRINT, "fingerprint"));
            case ATTACHED -> new Attached(end(in), Fields.number(in));
            case REJECT -> new Reject(end(in), Fields.text(in, Frame.REASON, "reason"));
            case DETACH -> new Detach(end(in));
            case BYTES -> new Bytes(Fields.number(in));
            case OFFER, TRY -> new Offer(end(in), Fields.number(in), type == OFFER, Fields.rest(in));
            case OFFERS -> new Offers(end(in), Fields.number(in), elements(in));
            case OFFER_LARGE, TRY_LARGE -> new LargeOffer(end(in), Fields.number(in), type == OFFER_LARGE,
                    Fields.number(in), size(in));
            case CHOOSE_LARGE -> new ChooseLargeOffer(end(in), Fields.number(in), Fields.number(in), Fields.number(in),
                    size(in));
            case DELIVER_LARGE -> new LargeDeliver(end(in), Fields.number(in), Fields.number(in), size(in));
            case PULL -> new Pull(Fields.number(in));
            case PIECE -> piece(in);
            case PIECES -> new Pieces(Fields.number(in), size(in));
            case TAKEN -> new Taken(end(in), Fields.number(in), Fields.number(in));
            case TAKEN_MANY -> new TakenMany(end(in), Fields.number(in), many(in), Fields.number(in));
            case WITHDRAW -> new Withdraw(end(in), Fields.number(in));
            case WITHDRAWN -> new Withdrawn(end(in), Fields.number(in), Fields.number(in));
            case FAILED -> new Failed(end(in), Fields.number(in), Fields.number(in),
                    Fields.choice(in, Failure.values(), "reason"), Fields.strength(in),
                    Fields.text(in, Frame.CAUSE, "cause"));
            case REQUEST, REQUEST_NOW -> new Request(end(in), Fields.number(in), type == REQUEST);
            case DELIVER -> new Deliver(end(in), Fields.number(in), Fields.rest(in));
            case DELIVERED -> new Delivered(end(in), Fields.number(in));
            case GAVE_UP -> new GaveUp(end(in), Fields.number(in), Fields.text(in, Frame.CAUSE, "cause"));
            case LOST -> new Lost(end(in), Fields.text(in, Frame.CAUSE, "cause"));
            case UNREACHED -> new Unreached(end(in), Fields.number(in),
                    Fields.smallNumber(in, Integer.MAX_VALUE, "number of an end in an element"),
                    Fields.text(in, Frame.CAUSE, "cause"));
            case POLL -> new Poll(end(in), Fields.number(in));
            case POLLED -> new Polled(end(in), Fields.number(in), Fields.flag(in));
            case WATCH -> new Watch(end(in), Fields.number(in), Fields.fixed(in));
            case UNWATCH -> new Unwatch(end(in), Fields.number(in));
            case TURN -> new Turn(end(in), Fields.number(in));
            case CHOOSE_OFFER -> new ChooseOffer(end(in), Fields.number(in), Fields.number(in), Fields.rest(in));
            case CHOOSE_REQUEST -> new ChooseRequest(end(in), Fields.number(in), Fields.number(in));
            case POISON -> new Poison(Fields.number(in), Fields.strength(in), Fields.name(in),
                    Fields.text(in, Frame.CAUSE, "cause"));
            case POISONED -> new Poisoned(Fields.number(in), Fields.flag(in));
            case ATTACH_BARRIER -> new AttachBarrier(end(in), Fields.name(in));
            case ENROLL -> new Enroll(end(in), Fields.number(in), Change.ENROLL);
            case RESIGN -> new Enroll(end(in), Fields.number(in), Change.RESIGN);
            case COUNT -> new Enroll(end(in), Fields.number(in), Change.NONE);
            case ENROLLED -> new Enrolled(end(in), Fields.number(in), Fields.number(in),
                    Fields.smallNumber(in, Integer.MAX_VALUE, "number of the enrolled"));
            case SYNC, SYNC_NOW -> new Sync(end(in), Fields.number(in), Fields.number(in), type == SYNC);
            case RELEASE -> new Release(end(in), Fields.number(in), Fields.number(in));
            case BROKEN -> new Broken(end(in), Fields.number(in), Fields.number(in),
                    Fields.text(in, Frame.CAUSE, "cause"));
            case LISTENING -> new Listening(Fields.text(in, Frame.ADDRESSES, "address"));
            case SEEK -> new Seek(Fields.name(in));
            case UNSEEK -> new Unseek(Fields.name(in));
            case FOUND -> new Found(Fields.name(in), Fields.text(in, Frame.ADDRESSES, "addresses"));
            case PING -> new Ping(Fields.number(in));
            case PONG -> new Pong(Fields.number(in));
            case ACK -> new Ack(Fields.number(in));
            case GOAWAY -> new GoAway(Fields.smallNumber(in, 255, "code"), Fields.number(in),
                    Fields.text(in, Frame.CAUSE, "reason"));
            default -> {
                if (type < FIRST_IGNORABLE) throw new ProtocolError("unknown frame " + type);
                in.skipBytes(in.readableBytes());
                yield new Unknown(type);
            }
        };
        if (in.isReadable()) throw new ProtocolError("a frame has " + in.readableBytes() + " bytes too many");
        return frame;
    }

    private static void putNumbers(ByteBuf out, long... numbers) {
        for (long number : numbers) putNumber(out, number);
    }

    private static List<byte[]> elements(ByteBuf in) {
        var elements = new ArrayList<byte[]>();
        do {
            if (elements.size() == Frame.MANY) throw new ProtocolError("more than " + Frame.MANY + " elements");
            elements.add(Fields.bytes(in, Fields.smallNumber(in, in.readableBytes(), "bytes of an element")));
        } while (in.isReadable());
        return elements;
    }

    private static Piece piece(ByteBuf in) {
        long value = Fields.number(in);
        if (in.readableBytes() > Frame.PIECE)
            throw new ProtocolError("a piece must have at most " + Frame.PIECE + " bytes, but has "
                    + in.readableBytes());
        var bytes = Fields.rest(in);
        return new Piece(value, bytes, 0, bytes.length);
    }

    private static int size(ByteBuf in) {
        return Fields.smallNumber(in, Integer.MAX_VALUE, "bytes of an element");
    }

    private static int many(ByteBuf in) {
        int count = Fields.smallNumber(in, Frame.MANY, "number of offers");
        if (count < 2) throw new ProtocolError("more than one offer was expected, but not " + count);
        return count;
    }

    private static int end(ByteBuf in) {
        return Fields.smallNumber(in, Integer.MAX_VALUE, "number of an end");
    }

    private static void putSelf(ByteBuf out, Self self) {
        out.writeByte(self.secret() ? 1 : 0);
        Fields.putId(out, self.identity().node());
        out.writeLong(self.identity().epoch()).writeInt(self.longest()).writeBytes(self.nonce());
    }

    private static Self self(ByteBuf in) {
        Fields.requireReadable(in, 1 + 16 + 8 + 4 + NONCE);
        return new Self(in.readByte() == 1, new Identity(Fields.id(in), in.readLong()), in.readInt(),
                Fields.bytes(in, NONCE));
    }
}
