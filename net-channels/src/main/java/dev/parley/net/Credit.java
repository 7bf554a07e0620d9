package dev.parley.net;

import java.util.ArrayList;
import java.util.LinkedHashSet;

/// Bytes of elements under way on a link, in both directions, and which ends wait to send.
///
/// - K1 what we sent and that is not answered is at most what the peer allowed, an absolute count that only grows
/// - K2 the same towards us; the peer that goes over it loses the link
///
/// Confined to the loop.
final class Credit {
    /// What an element costs beside its own bytes, so that a great many empty ones are not free either.
    static final int OVERHEAD = 64;

    private final int most;
    private long sent, allowed;
    private long received, released, told;
    // first come, first served
    private final LinkedHashSet<NearEnd> unwritable = new LinkedHashSet<>();
    private final LinkedHashSet<SendingEnd> needBytes = new LinkedHashSet<>();
    private boolean pumping;

    /// @param most what we let be under way to us
    Credit(int most) {
        this.most = most;
    }

    static int cost(int bytes) {
        return bytes + OVERHEAD;
    }

    // Ours (K1)

    void allow(long limit) {
        allowed = Math.max(allowed, limit);
        pumpThoseWithoutBytes();
    }

    /// Whether `bytes` more may be under way; if not, `end` is pumped when they may.
    boolean reserve(SendingEnd end, int bytes) {
        boolean ours = needBytes.isEmpty() || needBytes.getFirst() == end;
        if (!ours || sent + cost(bytes) > allowed) {
            needBytes.add(end);
            return false;
        }
        needBytes.remove(end);
        sent += cost(bytes);
        return true;
    }

    void giveBack(int bytes) {
        sent -= cost(bytes);
    }

    boolean lacksBytes(SendingEnd end) {
        return needBytes.contains(end);
    }

    /// `end` waits for something else, or for nothing; those behind it must not wait for it.
    void needsNoBytes(SendingEnd end) {
        if (needBytes.remove(end)) pumpThoseWithoutBytes();
    }

    private void pumpThoseWithoutBytes() {
        if (pumping) return; // the loop below goes on with those that come first then
        pumping = true;
        while (!needBytes.isEmpty()) {
            var first = needBytes.getFirst();
            first.pump();
            if (!needBytes.isEmpty() && needBytes.getFirst() == first) break;
        }
        pumping = false;
    }

    /// `end` is pumped when the connection takes more.
    void awaitWritable(NearEnd end) {
        unwritable.add(end);
    }

    void writable() {
        var waiting = new ArrayList<>(unwritable);
        unwritable.clear();
        for (var end : waiting) end.pump();
    }

    // The peer's (K2)

    /// Counts an element that came.
    ///
    /// @return whether it was allowed
    boolean received(int bytes) {
        received += cost(bytes);
        return received <= told;
    }

    String breach() {
        return "its offers have " + received + " bytes, allowed were " + told;
    }

    /// An element that came is decided.
    ///
    /// @return whether the peer must be told [#toTell]
    boolean released(int bytes) {
        released += cost(bytes);
        return released + most - told >= most / 4;
    }

    /// What we allow from here on.
    long toTell() {
        told = released + most;
        return told;
    }
}
