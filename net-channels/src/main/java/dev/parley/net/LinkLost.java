package dev.parley.net;

/// The cause of a [dev.parley.csp.ChannelPoisoned] that nobody asked for: the link to another node ended while a channel was using it. On
/// the sending side it says what became of the operation that threw; on the receiving side it says that the stream is not complete.
public final class LinkLost extends Exception {
    private static final long serialVersionUID = 1;

    /// What became of the operation that threw. `NOT_TAKEN`: it did not happen, no element was or will be taken. `UNKNOWN`: the element went out and no
    /// answer came; it was taken once or not at all, and no protocol can tell more to a survivor.
    public enum Outcome { NOT_TAKEN, UNKNOWN }

    /// Of the poison that it causes.
    static final int STRENGTH = Integer.MAX_VALUE;

    private final String peer;
    private final Outcome outcome;

    LinkLost(String peer, String why, Outcome outcome) {
        super("link to " + peer + " lost: " + why + "; outcome " + outcome);
        this.peer = peer;
        this.outcome = outcome;
    }

    /// The address of the other node.
    public String peer() {
        return peer;
    }

    /// What became of the operation that threw.
    public Outcome outcome() {
        return outcome;
    }
}
