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
/// - V5 the elements that are COMING or HERE have at most `most` bytes, and what is kept for one grows with the bytes that came, to twice its size at most
/// - V6 pieces said by the peer are at most what it was told; that is at most [#WINDOW] more than came
/// - V7 an element is asked for when nothing of it is here, and taken as complete when exactly its size has come
/// - V8 one that is HERE is given back only if it has had a whole tick of the link to be received, and only by who would receive it: if it may have been received it stays
///
/// **Nobody waits for ever.** What is COMING comes, or the link ends. What is HERE is received, or given back when somebody waits. Confined to the loop.
final class Inflow {
    /// Bytes of pieces that may be under way, at most.
    static final int WINDOW = 512 << 10;
    private static final byte[] NONE = {};

    /// Who an element is for.
    interface Taker {
        /// A piece of it has come, or it still waits for room: a moment to see whether that has become pointless.
        void look();

        /// All of it has come.
        void here(byte[] element);

        /// Others need its room.
        ///
        /// @return whether it certainly was not and will not be received, and is kept no more
        boolean giveBack();
    }

    private enum Stage { ANNOUNCED, WAITING, COMING, HERE, OVER }

    /// One of them.
    final class Value {
        private final long number;
        private final int size;
        private Stage stage = Stage.ANNOUNCED;
        private @Nullable Taker taker;
        private byte[] bytes = NONE;
        private int come;
        private long since; // the tick in which it was complete

        private Value(long number, int size) {
            this.number = number;
            this.size = size;
        }

        boolean isAnnounced() {
            return stage == Stage.ANNOUNCED;
        }

        /// There is somebody for it.
        void want(Taker taker) {
            this.taker = taker;
            stage = Stage.WAITING;
            waiting.add(this);
            makeRoom();
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
            if (stage == Stage.COMING || stage == Stage.HERE) room += size;
            waiting.remove(this);
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
            makeRoom();
        }
    }

    private final Link link;
    private final int most, window;
    private final Map<Long, Value> values = new HashMap<>();
    private final Set<Value> waiting = new LinkedHashSet<>(), here = new LinkedHashSet<>();
    private long lastValue, ticks;
    private int room;
    private long come, told;
    private boolean making, ended;

    /// @param most bytes of elements
    Inflow(Link link, int most) {
        this.link = link;
        this.most = most;
        this.room = most;
        this.window = Math.min(WINDOW, most / 2);
    }

    /// An element was announced.
    Value announced(long number, int size) {
        if (number != lastValue + 1)
            throw new ProtocolError("element " + number + " came after element " + lastValue);
        lastValue = number;
        if (size < 1 || size > most)
            throw new ProtocolError("an element of " + size + " bytes was announced; the most is " + most);
        var value = new Value(number, size);
        values.put(number, value);
        return value;
    }

    void came(long number, byte[] piece) {
        come += piece.length;
        if (come > told) throw new ProtocolError("its pieces have " + come + " bytes, allowed were " + told);
        var value = values.get(number);
        if (value != null) value.come(piece);
        else if (number > lastValue || number < 1)
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

    /// Lets come what there is room for.
    private void makeRoom() {
        if (making || ended) return;
        making = true;
        while (!waiting.isEmpty()) {
            var first = waiting.iterator().next();
            if (first.size > room) dropFor(first.size);
            if (first.stage != Stage.WAITING) continue; // giving back others can decide it
            if (first.size > room) break;
            waiting.remove(first);
            room -= first.size;
            first.stage = Stage.COMING;
            link.out.sayPull(first.number);
        }
        making = false;
    }

    private void dropFor(int size) {
        for (var value : new ArrayList<>(here)) {
            if (size <= room || ticks - value.since < 2) return; // in the order in which they came
            value.giveBack();
        }
    }

    void tick() {
        ticks++;
        for (var value : new ArrayList<>(waiting)) if (value.taker != null) value.taker.look();
        makeRoom();
    }

    /// The link is over: nothing more comes.
    void end() {
        ended = true;
    }
}
