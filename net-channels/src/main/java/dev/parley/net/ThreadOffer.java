package dev.parley.net;

import dev.parley.loop.waiting.Waiting;
import org.jspecify.annotations.Nullable;

/// An offer whose owner is a thread that waits for the verdict.
///
/// `verdict` is volatile: set before the unpark, looked at again whenever the thread wakes.
final class ThreadOffer extends Offer {
    static final long FOREVER = Long.MAX_VALUE;

    private final Thread thread = Thread.currentThread();
    private final Waiting waiting = Waiting.current();
    private volatile @Nullable Verdict verdict;

    ThreadOffer(NearEnd end, OutgoingEnds.Packed element, boolean eager) {
        super(end, element, eager);
    }

    ThreadOffer(NearEnd end, boolean eager, boolean extended) {
        super(end, eager, extended);
    }

    @Override void told(Verdict verdict) {
        this.verdict = verdict;
        waiting.unpark(thread);
    }

    /// Waits for the verdict. After `nanos` or an interruption the offer is asked back, and the wait goes on until it is certain what became of it:
    /// it may have been taken all the same.
    Verdict await(long nanos) throws InterruptedException {
        long deadline = nanos == FOREVER ? 0 : waiting.nanoTime() + nanos;
        boolean expired = nanos <= 0; // an eager offer is answered in any case
        boolean interrupted = false;
        Verdict word;
        while ((word = verdict) == null) {
            if (nanos == FOREVER || expired) waiting.park(this);
            else if (deadline - waiting.nanoTime() > 0) waiting.parkUntil(this, deadline);
            else {
                expired = true;
                end.submit(new Ask(this, Ask.What.EXPIRE));
            }
            // cleared even when it comes too late, since park would not wait otherwise; set again below
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                if (takeBack()) {
                    end.submit(new Ask(this, Ask.What.FORGET));
                    throw interrupted();
                }
                end.submit(new Ask(this, Ask.What.WITHDRAW));
            }
        }
        if (interrupted && word == Verdict.Plain.NOT_TAKEN)
            throw interrupted();
        if (interrupted) thread.interrupt();
        return word;
    }

    private InterruptedException interrupted() {
        return new InterruptedException("interrupted while waiting to " + end.operation() + " \"" + end.name()
                + "\" at " + end.peer());
    }

    /// Waits for the verdict of an eager offer, which comes soon; an interruption is kept for later.
    Verdict awaitAnswer() {
        boolean interrupted = false;
        Verdict word;
        while ((word = verdict) == null) {
            waiting.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) thread.interrupt();
        return word;
    }
}
