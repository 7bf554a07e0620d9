package dev.parley.loop.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/// Whether something that works off what others bring is awake. How it comes to rest, and how it is called, so that neither
/// misses the other: the protocol of the carrier, of the monitor of a group, and of the baton.
final class Rest {
    //   I1  There is at most one owner, the one who is awake. It is who changed the state to AWAKE, or whom that one wakes
    //       or starts; so what belongs to the owner goes from one to the next through the CAS.
    //   I2  Work that was brought before a call is seen: by the owner before it rests, or by the caller, who gets to wake it.
    //
    // Memory. call(): bring the work (a release store is enough), fullFence, read the state. lieDown(): write the state,
    // fullFence, look for work. Of two such pairs at least one sees the other (Dekker); without one of the fences both may
    // see nothing, and the work is lost.
    //
    // Proof: RestStressTest fails without any one of: the fence in call, the fence in lieDown, the look in lieDown, the CAS in
    // either (EngineMutantsTest).

    static final int ENDED = 0;
    static final int AWAKE = 1;
    static final int ASLEEP = 2;

    /// How lying down has gone.
    ///
    /// - `RESTS`: the caller owns nothing any more
    /// - `WORKS`: it is awake, since there is work
    /// - `CALLED`: there was work, and somebody has called: who called is the owner now, or sees to one
    enum Outcome { RESTS, WORKS, CALLED }

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Rest.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private volatile int state;

    /// Not awake, but `ENDED` or `ASLEEP`.
    Rest(int state) {
        this.state = state;
    }

    boolean awake() { return state == AWAKE; }

    int state() { return state; }

    /// By anyone who has brought work. Returns `AWAKE` if there is nothing to do, else how it was at rest until now: the
    /// caller has then to wake it, or to start it anew.
    int call() {
        VarHandle.fullFence(); // I2
        int seen = state;
        return seen != AWAKE && STATE.compareAndSet(this, seen, AWAKE) ? seen : AWAKE;
    }

    /// By the owner, which has found no work and looks once more by `work`.
    Outcome lieDown(int how, BooleanSupplier work) {
        STATE.setRelease(this, how);
        VarHandle.fullFence(); // I2
        if (!work.getAsBoolean()) return Outcome.RESTS;
        return STATE.compareAndSet(this, how, AWAKE) ? Outcome.WORKS : Outcome.CALLED;
    }

    /// By the owner that wakes by itself. What it then finds to do need not be called for.
    void wake() { state = AWAKE; }
}
