package dev.parley.net;

import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Large elements that the other side of a link has announced, and the room for them here.
///
/// ```
/// ANNOUNCED --somebody wants it--> WAITING --there is room, PULL--> COMING --the last piece--> HERE --given back, others need the room--> ANNOUNCED
/// each of them --the element is decided--> OVER
/// ```
///
/// **Idea.** The other side keeps an element until there is somebody here for it, so what nobody receives costs no room and no time of the connection. Room is given in the order in which it is
/// wanted. An element that has come, and whose receiver has gone meanwhile, stays in its channel as if it had been sent from here; but if others have waited for its room, it is dropped:
/// its sender waits and has it still, so that it can come again.
///
/// - V5 of the elements for channels here, those that are COMING or HERE have at most `most` bytes, and so have those for receivers here; what is kept for one grows with the bytes that came, to twice its size at most
/// - V6 pieces said by the peer are at most what it was told; that is at most [#WINDOW] more than came
/// - V7 an element is asked for when nothing of it is here, and taken as complete when exactly its size has come
/// - V8 one that is HERE is given back only if it has had a whole tick of the link to be received, and if it certainly was not; one that a process of this node holds makes room, too, since it is that process's now
///
/// **Nobody waits for ever.** What is COMING comes, or the link ends. What is HERE is received, or given back when somebody waits; or a receiver holds it, with its sender. That may be a process of another node, to which it has yet to travel: so elements for receivers here, who wait, have room of their own, which is
/// only taken while they come. If they shared it, two nodes could each wait for room at the other. Who must not wait long, a try, gives up instead ([Taker#waits]). Confined to the loop.
final class Inflow {
    /// Bytes of pieces that may be under way, at most.
    static final int WINDOW = 512 << 10;
    private static final byte[] NONE = {};

    /// Who an element is for.
    interface Taker {
        /// A piece of it has come: a moment to see whether that has become pointless.
        void look();

        /// It has waited for room for `ticks` of the link.
        void waits(int ticks);

        /// All of it has come.
        void here(byte[] element);

        /// Others need its room.
        ///
        /// @return whether it is kept for the channel no more: it will not be received, or a process here has it
        boolean giveBack();
    }

    private enum Stage { ANNOUNCED, WAITING, COMING, HERE, OVER }

    /// One of them.
    final class Value {
        private final long number;
        private final int size;
        private final Room room;
        private Stage stage = Stage.ANNOUNCED;
        private @Nullable Taker taker;
        private byte[] bytes = NONE;
        private int come;
        private int waited;
        private long since; // the tick in which it was complete

        private Value(long number, int size, Room room) {
            this.number = number;
            this.size = size;
            this.room = room;
        }

        boolean isAnnounced() {
            return stage == Stage.ANNOUNCED;
        }

        /// Whether it waits for room.
        boolean waits() {
            return stage == Stage.WAITING;
        }

        /// There is somebody for it.
        void want(Taker taker) {
            this.taker = taker;
            stage = Stage.WAITING;
            waited = 0;
            room.waiting.add(this);
            room.make();
        }

        private void come(byte[] piece) {
            var taker = this.taker;
            if (stage != Stage.COMING || taker == null)
                throw new ProtocolError("a piece of element " + number + ", for which nobody asked");
            if (piece.length == 0 || piece.length > size - come)
                throw new ProtocolError("a piece of " + piece.length + " bytes of element " + number + ", of which "
                        + (size - come) + " of " + size + " are missing");
            if (bytes.length - come < piece.length)
                bytes = Arrays.copyOf(bytes, (int) Math.min(size, Math.max(come + (long) piece.length, 2L * come)));
            System.arraycopy(piece, 0, bytes, come, piece.length);
            come += piece.length;
            if (come < size) {
                taker.look();
                return;
            }
            var element = bytes;
            bytes = NONE;
            stage = Stage.HERE;
            since = ticks;
            here.add(this);
            taker.here(element);
        }

        private void leave() {
            if (stage == Stage.COMING || stage == Stage.HERE) room.free += size;
            room.waiting.remove(this);
            here.remove(this);
            bytes = NONE;
            come = 0;
        }

        private boolean giveBack() {
            var taker = this.taker;
            if (taker == null || !taker.giveBack()) return false;
            if (stage == Stage.OVER) return true;
            leave();
            stage = Stage.ANNOUNCED;
            return true;
        }

        /// The element is decided; the rest of it, if any is on its way, is passed over.
        void over() {
            if (stage == Stage.OVER) return;
            leave();
            stage = Stage.OVER;
            values.remove(number);
            room.make();
        }
    }

    /// Room for elements.
    private final class Room {
        final Set<Value> waiting = new LinkedHashSet<>();
        int free = most;
        private boolean making;

        /// Lets come what there is room for.
        void make() {
            if (making || ended) return;
            making = true;
            while (!waiting.isEmpty()) {
                var first = waiting.iterator().next();
                if (first.size > free) dropFor(first);
                if (first.stage != Stage.WAITING) continue; // giving back others can decide it
                if (first.size > free) break;
                waiting.remove(first);
                free -= first.size;
                first.stage = Stage.COMING;
                link.out.sayPull(first.number);
            }
            making = false;
        }

        private void dropFor(Value first) {
            for (var value : new ArrayList<>(here)) {
                if (first.size <= free || ticks - value.since < 2) return; // in the order in which they came
                if (value.room == this) value.giveBack();
            }
        }

        void tick() {
            for (var value : new ArrayList<>(waiting))
                if (value.taker != null) value.taker.waits(++value.waited);
            make();
        }
    }

    private final Link link;
    private final int most, window;
    private final Map<Long, Value> values = new HashMap<>();
    private final Set<Value> here = new LinkedHashSet<>();
    private final Room forChannels, forReceivers;
    private long lastValue, ticks;
    private long come, told;
    private boolean ended;

    /// @param most bytes of elements
    Inflow(Link link, int most) {
        this.link = link;
        this.most = most;
        this.forChannels = new Room();
        this.forReceivers = new Room();
        this.window = Math.min(WINDOW, most / 2);
    }

    /// An element for a channel was announced.
    Value announced(long number, int size) {
        return announced(number, size, forChannels);
    }

    /// An element for a process that waits here was announced.
    Value announcedDelivery(long number, int size) {
        return announced(number, size, forReceivers);
    }

    private Value announced(long number, int size, Room room) {
        if (number != lastValue + 1)
            throw new ProtocolError("element " + number + " came after element " + lastValue);
        lastValue = number;
        if (size < 1 || size > most)
            throw new ProtocolError("an element of " + size + " bytes was announced; the most is " + most);
        var value = new Value(number, size, room);
        values.put(number, value);
        return value;
    }

    void came(long number, byte[] piece) {
        come += piece.length;
        if (come > told) throw new ProtocolError("its pieces have " + come + " bytes, allowed were " + told);
        var value = values.get(number);
        if (value != null) value.come(piece);
        else
            if (number > lastValue || number < 1)
                throw new ProtocolError("a piece of element " + number + ", which was never announced");
        if (told - come <= window - window / 4) link.out.sayPieces(toTell(), most);
    }

    /// What is allowed from here on.
    long toTell() {
        told = come + window;
        return told;
    }

    /// Largest element.
    int most() {
        return most;
    }

    void tick() {
        ticks++;
        forChannels.tick();
        forReceivers.tick();
    }

    /// The link is over: nothing more comes.
    void end() {
        ended = true;
    }
}
