package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import dev.parley.csp.Guard;
import dev.parley.csp.Proc;
import dev.parley.net.Verdict.Ended;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.Frame.Change;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// A barrier whose home is another node. All that is not about the calling thread is its [BarrierEnd]'s.
final class RemoteBarrier implements Barrier {
    private final BarrierEnd end;

    RemoteBarrier(BarrierEnd end) {
        this.end = end;
    }

    @Override public long sync() throws InterruptedException {
        return arrive(ThreadOffer.FOREVER);
    }

    @Override public boolean sync(Duration timeout) throws InterruptedException {
        return arrive(RemoteSender.nanos(timeout)) >= 0;
    }

    /// @return the number of the meeting, or -1 if the time was up
    private long arrive(long nanos) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting on " + this);
        end.requireElsewhere("sync");
        long next = end.meeting();
        var arrival = new ThreadOffer(end, nanos <= 0, false);
        end.submit(arrival);
        var verdict = arrival.await(nanos);
        return verdict == Verdict.Plain.NOT_TAKEN ? -1 : met(verdict, next);
    }

    @Override public CompletableFuture<Long> syncAsync() {
        long next = end.meeting();
        var arrival = new FutureOffer<>(end, false, verdict -> met(verdict, next));
        end.submit(arrival);
        return arrival.result();
    }

    private long met(Verdict verdict, long next) {
        return (long) item(verdict, "sync", next);
    }

    @Override public long enroll() {
        return ask(Change.ENROLL, "enroll at").meeting();
    }

    @Override public int enrolled() {
        return ask(Change.NONE, "ask about").enrolled();
    }

    @Override public void resign() {
        end.requireElsewhere("resign");
        if (end.ended() != null) return;
        var question = new BarrierEnd.Question(end, Change.RESIGN);
        end.submit(question);
        var verdict = question.await();
        if (!(verdict instanceof Ended)) item(verdict, "resign from", end.meeting());
    }

    private Frame.Enrolled ask(Change change, String operation) {
        end.requireElsewhere(operation);
        var question = new BarrierEnd.Question(end, change);
        end.submit(question);
        return (Frame.Enrolled) item(question.await(), operation, end.meeting());
    }

    /// @param next the meeting that it was about, which the loss of the link says nothing about
    private Object item(Verdict verdict, String operation, long next) {
        return switch (verdict) {
            case Verdict.Came(var item) -> item;
            case Verdict.Refused(var why) -> throw new IllegalStateException(why);
            case Ended ended -> throw new BrokenBarrier(name(), operation,
                    ended.cause() instanceof LinkLost ? next : end.meeting(), Objects.requireNonNull(ended.cause()));
            case Verdict.Plain plain -> throw new AssertionError(plain);
            case Verdict.ReceiverGaveUp gaveUp -> throw new AssertionError(gaveUp);
        };
    }

    @Override public boolean poison(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        end.requireElsewhere("poison");
        return end.poison(1, cause);
    }

    @Override public Guard on(Proc then) {
        throw new UnsupportedOperationException(this
                + " cannot be a guard: only the node where a barrier is at home can hold all choices that offer it."
                + " Publish it at the node that chooses, or let a process of its own sync and tell the choice through a channel");
    }

    @Override public String name() {
        return end.name();
    }

    @Override public String toString() {
        return "Barrier \"" + name() + "\" at " + end.peer();
    }
}
