package dev.parley.net;

import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Large elements that this side of a link has announced, and their pieces.
///
/// ```
/// ANNOUNCED --PULL--> LEAVING --the last piece--> GONE --PULL, since the peer has dropped it--> LEAVING
/// each of them --the element is decided--> over
/// ```
///
/// **Idea.** An element stays where it is, with its waiting sender or at its home, until the other side asks for it. Then its pieces leave one at a time, in turn with those of other
/// elements and as fast as the connection takes them; what else is said comes between. So no frame waits for more than [Inflow#WINDOW] bytes of pieces.
///
/// - V1 the pieces said after a PULL are the element from its first byte on, in order and without a gap
/// - V2 bytes of pieces said are at most what the peer allowed, an absolute count that only grows
/// - V3 [Value#position] is where the last piece stands in what was said, and [#NEVER] as long as it was not said since the last PULL: an element whose
///   last piece the peer has not heard has certainly not been received
/// - V4 of elements on their way to remote receivers, which are kept here encoded until the peer has heard all of them, there is one, or there are at most `most` bytes
///
/// Confined to the loop.
final class Outflow {
    static final long NEVER = Long.MAX_VALUE;
    /// Bytes of a piece: half of what a connection is given at once, so that each time it takes more, something else goes with a piece.
    private static final int PIECE = 32 << 10;
    private static final byte[] NONE = {};

    /// One of them.
    final class Value {
        private final long number;
        private final boolean toReceiver;
        private final int size;
        private byte[] bytes;
        private boolean leaving;
        private int left;
        private long position = NEVER;

        private Value(long number, byte[] bytes, boolean toReceiver) {
            this.number = number;
            this.bytes = bytes;
            this.size = bytes.length;
            this.toReceiver = toReceiver;
        }

        long number() {
            return number;
        }

        int size() {
            return size;
        }

        long position() {
            return position;
        }

        private void pull() {
            if (leaving) throw new ProtocolError("element " + number + " was asked for twice");
            leaving = true;
            left = 0;
            position = NEVER;
            pulled.add(this);
        }

        /// The element is decided, or its receiver has it: no more of it leaves.
        void over() {
            if (!announced.remove(number, this)) return;
            pulled.remove(this);
            bytes = NONE;
            if (!toReceiver) return;
            toReceivers -= size;
            var ends = new ArrayList<>(waiting);
            waiting.clear();
            for (var end : ends) end.pump();
        }
    }

    private final Link link;
    private final int most, longest;
    private final Map<Long, Value> announced = new HashMap<>();
    private final ArrayDeque<Value> pulled = new ArrayDeque<>(); // whose turn it is, first
    private final ArrayDeque<Value> delivered = new ArrayDeque<>(); // to receivers, whose last piece is perhaps not heard yet
    private final Set<HomeOfReceiver<?>> waiting = new LinkedHashSet<>(); // for an element before theirs to be over (V4)
    private long lastValue, said, allowed;
    private long toReceivers; // bytes

    /// @param most bytes of elements on their way to remote receivers
    /// @param longest bytes of a piece that the peer accepts
    Outflow(Link link, int most, int longest) {
        this.link = link;
        this.most = most;
        this.longest = Math.min(PIECE, longest);
    }

    /// An element that a process here sends.
    Value announce(byte[] bytes) {
        return announce(bytes, false);
    }

    /// An element that goes to a remote receiver; when [#mayDeliver].
    Value announceDelivery(byte[] bytes) {
        toReceivers += bytes.length;
        return announce(bytes, true);
    }

    private Value announce(byte[] bytes, boolean toReceiver) {
        var value = new Value(++lastValue, bytes, toReceiver);
        announced.put(lastValue, value);
        return value;
    }

    /// Whether an element of `bytes` may go to a remote receiver now (V4); if not, `end` is pumped when it may.
    boolean mayDeliver(HomeOfReceiver<?> end, int bytes) {
        if (toReceivers == 0 || toReceivers + bytes <= most) return true;
        waiting.add(end);
        askIfDelivered();
        return false;
    }

    /// The peer has heard all that was said up to `position`.
    void heard(long position) {
        while (!delivered.isEmpty() && delivered.getFirst().position <= position) delivered.removeFirst().over();
    }

    /// Somebody waits for what the peer may have heard, but not said so.
    private void askIfDelivered() {
        if (!waiting.isEmpty() && !delivered.isEmpty()) link.session().ask();
    }

    void pull(long number) {
        var value = announced.get(number);
        if (value != null) value.pull();
        else
            if (number > lastValue || number < 1)
                throw new ProtocolError("it asked for element " + number + ", which was never announced");
        pump(); // else it was decided meanwhile
    }

    void allow(long limit) {
        allowed = Math.max(allowed, limit);
        pump();
    }

    /// Says what can be said now.
    void pump() {
        boolean more = true;
        while (more) more = sayNext();
    }

    /// Says one piece.
    ///
    /// @return whether there was one that could be said
    boolean sayNext() {
        if (pulled.isEmpty() || said >= allowed || !link.mayWritePiece()) return false;
        var next = pulled.removeFirst();
        int length = (int) Math.min(Math.min(longest, allowed - said), next.size - next.left);
        long position = link.out.sayPiece(next.number, next.bytes, next.left, length);
        next.left += length;
        said += length;
        if (next.left < next.size) pulled.add(next);
        else {
            next.position = position;
            next.leaving = false;
            if (next.toReceiver) {
                delivered.add(next);
                askIfDelivered();
            }
        }
        return true;
    }
}
