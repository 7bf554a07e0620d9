package dev.parley.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One operation of a remote end, from the call to the verdict: an element on its way to another node, or a wait for one that is to come.
///
/// A stage says who may decide it. QUEUED: whoever moves it on, by compare-and-set: the loop to SENT, or its owner to DECIDED, which takes it
/// back for certain and without asking anybody. SENT: only the loop, when the home has answered or the link is over.
///
/// - O1 the verdict is told exactly once, by whoever moved the stage to DECIDED
/// - O2 an offer taken back while QUEUED never reaches the wire
abstract class Offer implements Loop.Command {
    private static final int QUEUED = 0, SENT = 1, DECIDED = 2;
    private static final VarHandle STAGE;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(Offer.class, "stage", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final byte[] NONE = {};

    final NearEnd end;
    /// The element; none if one is to come.
    final byte[] payload;
    private final List<MobileEnd> ends;
    /// Whether the sender of the element that comes is to stay.
    final boolean extended;
    private volatile int stage = QUEUED;

    // Confined to the loop once submitted
    /// Wants an answer now, not a place in line.
    boolean eager;
    long id;
    /// Where it stands in what was said in the session.
    long position;
    /// The element, if it is a large one that has been announced.
    Outflow.@Nullable Value large;
    /// WITHDRAW was sent.
    boolean withdrawing;
    /// What WITHDRAWN means to the owner, if not just "not taken".
    Verdict.@Nullable Ended instead;

    /// To send `element`.
    Offer(NearEnd end, OutgoingEnds.Packed element, boolean eager) {
        this.end = end;
        this.payload = element.bytes();
        this.ends = element.ends();
        this.eager = eager;
        this.extended = false;
    }

    /// To receive.
    Offer(NearEnd end, boolean eager, boolean extended) {
        this.end = end;
        this.payload = NONE;
        this.ends = List.of();
        this.eager = eager;
        this.extended = extended;
    }

    /// The owner learns the verdict. Called once.
    abstract void told(Verdict verdict);

    /// How many of the end's numbers it has, from `id` on.
    int count() {
        return 1;
    }

    /// Whether the home has yet to answer number `number`.
    boolean awaits(long number) {
        return number == id && isSent();
    }

    /// The home has answered number `number`.
    ///
    /// @return whether there is nothing more to be answered
    boolean answered(long number, Verdict verdict) {
        decideSent(verdict);
        return true;
    }

    /// Where that stands in what was said which the home must have heard for this to have happened.
    final long decisive() {
        return large == null ? position : large.position();
    }

    /// Puts it on the wire's side.
    ///
    /// @return false if its owner took it back
    final boolean leave() {
        return STAGE.compareAndSet(this, QUEUED, SENT);
    }

    /// Takes it back as long as it has not left.
    final boolean takeBack() {
        return STAGE.compareAndSet(this, QUEUED, DECIDED);
    }

    final boolean isQueued() {
        return stage == QUEUED;
    }

    final boolean isSent() {
        return stage == SENT;
    }

    /// Decides it if it has not left.
    final void decideQueued(Verdict verdict) {
        if (takeBack()) told(verdict);
    }

    /// Decides it after it left; on the loop.
    final void decideSent(Verdict verdict) {
        stage = DECIDED;
        if (large != null) large.over();
        // a receiver that gave up had it, or was to have it: what it made of the ends is told at its home
        if (Verdict.happened(verdict))
            for (var end : ends) end.arrived();
        told(meant(verdict));
    }

    /// What `verdict` of the home means to the owner.
    final Verdict meant(Verdict verdict) {
        return verdict == Verdict.Plain.NOT_TAKEN && instead != null ? instead : verdict;
    }

    @Override public void run() {
        end.offered(this);
    }

    @Override public void refused() {
        decideQueued(end.nodeClosed());
    }
}
