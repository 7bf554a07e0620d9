package dev.parley.csp.testing;

import java.util.List;

/// What a channel is meant to be: all that the specification needs to know of it.
///
/// @param name for reports
/// @param capacity how many elements it holds; 0 for a rendezvous
/// @param storage what it does with them
/// @param immunity how strong a poison has no effect on it
public record Kind(String name, int capacity, Storage storage, int immunity) {
    /// What becomes of elements that no receiver waits for.
    ///
    /// - WAITS: first in, first out; when it is full, senders wait
    /// - DROPS_OLDEST: when it is full, the oldest element is dropped
    /// - DROPS_NEWEST: when it is full, the new element is dropped
    /// - NEWEST_FIRST: last in, first out; when it is full, senders wait
    /// - IN_BATCHES: first in, first out; once it is full, senders wait until it is empty
    /// - ONCE: written once, which closes it, and received by all
    public enum Storage { WAITS, DROPS_OLDEST, DROPS_NEWEST, NEWEST_FIRST, IN_BATCHES, ONCE }

    /// No buffer: a send returns when a receiver has the element.
    public static final Kind RENDEZVOUS = new Kind("rendezvous", 0, Storage.WAITS, 0);

    /// As many elements as there is memory.
    public static final Kind UNBOUNDED = new Kind("unbounded", Integer.MAX_VALUE, Storage.WAITS, 0);

    /// Only the newest element.
    public static final Kind LATEST = new Kind("latest", 1, Storage.DROPS_OLDEST, 0);

    /// Written once, received by all.
    public static final Kind PROMISE = new Kind("promise", 1, Storage.ONCE, 0);

    /// A channel that holds up to `capacity` elements.
    public static Kind buffered(int capacity) {
        return new Kind("buffered-" + capacity, capacity, Storage.WAITS, 0);
    }

    /// A channel that holds the newest `capacity` elements.
    public static Kind sliding(int capacity) {
        return new Kind("sliding-" + capacity, capacity, Storage.DROPS_OLDEST, 0);
    }

    /// A channel that holds up to `capacity` elements and drops what is sent while it is full.
    public static Kind dropping(int capacity) {
        return new Kind("dropping-" + capacity, capacity, Storage.DROPS_NEWEST, 0);
    }

    /// This kind, immune to poison of up to `strength`.
    public Kind immuneTo(int strength) {
        return new Kind(name + "-immune-" + strength, capacity, storage, strength);
    }

    /// Small channels of every kind that [dev.parley.csp.Channel] offers, beginning with the rendezvous.
    public static final List<Kind> OF_PARLEY = List.of(RENDEZVOUS, buffered(1), buffered(2), UNBOUNDED, sliding(2),
            LATEST, dropping(1), PROMISE, RENDEZVOUS.immuneTo(1), buffered(1).immuneTo(1));

    @Override public String toString() {
        return name;
    }
}
