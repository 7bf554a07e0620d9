package dev.parley.net;

/// The cause of a [dev.parley.csp.ChannelPoisoned] that nobody asked for: the link to another node ended while a channel was using it. At a remote end
/// it says what became of the operation that threw, also as the cause of a [dev.parley.csp.BrokenBarrier]; at a home it says to receivers that the stream is not complete, and as the cause of a
/// [dev.parley.csp.ReceiverFailed] to a sender that its element was on the way to a receiver that is lost.
public final class LinkLost extends Exception {
    private static final long serialVersionUID = 1;

    /// What became of the operation that threw. `NOT_TAKEN`: it did not happen, no element was or will be taken. `UNKNOWN`: of a send, that the element went out and no
    /// answer came; it was taken once or not at all, and no protocol can tell more to a survivor. Of a receive, that it asked and no answer came; an element
    /// may have been taken for it that nobody received, and its sender is then told `UNKNOWN`, too. Of an arrival at a barrier, that the meeting may have been.
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
