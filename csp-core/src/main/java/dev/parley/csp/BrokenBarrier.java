package dev.parley.csp;

/// A meeting at a [Barrier] that will never be, since one of those who are enrolled cannot come: see [Barrier#poison]. The cause says why. All meetings before this one have been.
public final class BrokenBarrier extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String barrier;
    private final long meeting;

    /// @param barrier the barrier's name
    /// @param operation what was tried, for instance `sync`
    /// @param meeting the number of the meeting that will not be
    /// @param cause why
    public BrokenBarrier(String barrier, String operation, long meeting, Throwable cause) {
        super(operation + " Barrier \"" + barrier + "\": broken in meeting " + meeting + " by " + cause
                + "; it stays so, make another for those who are left", cause);
        this.barrier = barrier;
        this.meeting = meeting;
    }

    /// The name of the barrier.
    public String barrier() {
        return barrier;
    }

    /// The number of the meeting that will not be, as [Barrier#sync()] counts them.
    public long meeting() {
        return meeting;
    }
}
