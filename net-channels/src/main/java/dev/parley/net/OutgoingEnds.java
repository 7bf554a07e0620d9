package dev.parley.net;

import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.List;

/// The ends in one element that leaves this node. They stay here, and count, until it is known what became of the element: see [MobileEnd].
final class OutgoingEnds {
    private final Names names;
    private final List<MobileEnd> left = new ArrayList<>();

    OutgoingEnds(Names names) {
        this.names = names;
    }

    /// Takes note of `end`. From any thread.
    ///
    /// @return the reference that travels
    String leaves(Object end) {
        if (left.size() == Limits.ENDS_IN_ELEMENT)
            throw new IllegalArgumentException("an element may carry " + Limits.ENDS_IN_ELEMENT
                    + " ends at most; send the others in further elements");
        var reference = switch (end) {
            case RemoteSender<?> sender -> sender.reference();
            case RemoteReceiver<?> receiver -> receiver.reference();
            default -> null;
        };
        if (reference != null) left.add(new MobileEnd(end, null));
        else {
            var home = home(end);
            left.add(new MobileEnd(end, home));
            reference = names.reference(end instanceof ReceiverEnd, home.name);
        }
        return reference.toString();
    }

    private Published<?> home(Object end) {
        var name = switch (end) {
            case Sender<?> sender -> sender.name();
            case ReceiverEnd<?> receiver -> receiver.name();
            default -> throw new IllegalArgumentException(end + " is no end of a channel");
        };
        if (!(names.published(name) instanceof Published<?> home) || !home.channel.hasEnd(end))
            throw new IllegalArgumentException("cannot send " + end
                    + " to another node: it must be a counted end, still in service, of a channel that this node publishes; publish Channel \""
                    + name + "\" and send its sender() or receiver()");
        return home;
    }

    /// The ends, in the order of their references.
    List<MobileEnd> left() {
        return left;
    }

    /// Bytes to travel, and the ends in them.
    @SuppressWarnings("ArrayRecordComponent") // it is not compared, and not copied on its way
    record Packed(byte[] bytes, List<MobileEnd> ends) {
        static <T> Packed of(Names names, Codec<T> codec, T value) {
            if (!(codec instanceof MobileCodec<T> mobile) || !mobile.carriesEnds())
                return new Packed(codec.encode(value), List.of());
            var outgoing = new OutgoingEnds(names);
            return new Packed(mobile.encode(value, outgoing), outgoing.left());
        }
    }
}
