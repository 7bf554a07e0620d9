package dev.parley.csp.pipeline;

import dev.parley.csp.ChannelException;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Reception;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A sink as a subscription: it publishes what it receives, as fast as it is asked for.
final class FlowOutput<T> implements Flow.Subscription {
    //  One process, that of the sink, calls onNext; when the Par has ended, which happens after, its caller calls onComplete or onError.
    //  So signals are serial (rule 1.3). Anybody may call request and cancel.
    //
    //  O1  demand is what was asked for and not yet published; Long.MAX_VALUE means without limit
    //  O2  the sink waits only for: an element, demand, or the end of the subscription. Whoever brings one of these writes it (volatile) and
    //      then rings; the sink writes its thread (volatile) before it looks. So one of them sees the other.
    //  O3  once cancelled, no signal begins. A receive that is pending then is taken back.

    private volatile Flow.@Nullable Subscriber<? super T> subscriber; // null once ended: a publisher must not keep it (rule 3.13)
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private boolean told; // how it ended; by the caller of the Par
    private volatile @Nullable IllegalArgumentException broken;
    private volatile @Nullable Waiting waiting;
    private volatile @Nullable Thread sink;

    private FlowOutput(Flow.Subscriber<? super T> subscriber) {
        this.subscriber = subscriber;
    }

    static <T> FlowOutput<T> open(Flow.Subscriber<? super T> subscriber) {
        var output = new FlowOutput<T>(subscriber);
        subscriber.onSubscribe(output);
        return output;
    }

    /// Runs `pipeline`, whose sink is this, on a thread of its own.
    void start(CompletePipeline<?> pipeline) {
        Waiting.current().start(pipeline.name(), () -> {
            try {
                pipeline.run();
            } catch (Exception | Error failure) {
                if (!told) throw new CompletionException(failure); // nobody else would hear of it
            }
        });
    }

    /// Publishes what `in` receives, until its end or that of the subscription.
    void run(Receiver<T> in) throws InterruptedException {
        waiting = Waiting.current();
        sink = Thread.currentThread();
        Preemption.point();
        while (next(in) instanceof Received<T>(var element)) {
            if (!await(() -> demand.get() > 0)) return;
            demand.updateAndGet(asked -> asked == Long.MAX_VALUE ? asked : asked - 1);
            publish(element);
        }
    }

    private void publish(T element) {
        var to = subscriber;
        if (to == null) return;
        try {
            to.onNext(element);
        } catch (Throwable failure) {
            cancelled = true; // who throws breaks rule 2.13 and is told nothing more
            throw failure;
        }
    }

    /// The next element, or the end of the input or of the subscription.
    private Reception<T> next(Receiver<T> in) throws InterruptedException {
        switch (in.tryReceive()) {
            case Received<T> received -> {
                return received;
            }
            case Closed<T> closed -> {
                return closed;
            }
            case Empty<T> _ -> {}
        }
        var pending = in.receiveAsync();
        var _ = pending.whenComplete((_, _) -> ring());
        try {
            if (!await(pending::isDone)) return new Closed<>();
            return pending.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ChannelException end) throw end;
            throw failed;
        } finally {
            pending.cancel(false); // without effect if it is done
        }
    }

    /// Waits for `fact`; false if the subscription ended before.
    private boolean await(BooleanSupplier fact) throws InterruptedException {
        while (true) {
            var rule = broken;
            if (rule != null) throw rule;
            if (cancelled) return false;
            if (fact.getAsBoolean()) return true;
            Preemption.point();
            Waiting.current().park(this);
            if (Thread.interrupted()) throw new InterruptedException("interrupted while publishing");
        }
    }

    private void ring() {
        Preemption.point();
        var thread = sink;
        var seam = waiting;
        if (thread != null && seam != null) seam.unpark(thread);
    }

    @Override public void request(long n) {
        if (n <= 0)
            broken = new IllegalArgumentException(
                    "a subscriber asks for at least 1 element, but asked for " + n + " (Reactive Streams, rule 3.9)");
        else
            demand.accumulateAndGet(n, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
        ring();
    }

    @Override public void cancel() {
        cancelled = true;
        ring();
    }

    /// Tells the subscriber how the pipeline ended, if it still wants to hear.
    void ended(@Nullable Throwable failure) {
        var to = subscriber;
        subscriber = null;
        if (to == null || cancelled) return;
        cancelled = true;
        told = true;
        if (failure == null) to.onComplete();
        else to.onError(failure);
    }
}
