package dev.parley.loop;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/// What one loop tells: counts, observers, flight recorder events, the log.
final class Eyes {
    private static final System.Logger LOG = System.getLogger("dev.parley.loop");

    private final EventLoop loop;
    private final List<LoopObserver> observers;
    private final @Nullable BiConsumer<? super Task<?>, ? super Throwable> onUnhandled;
    private final LongAdder started = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder unhandled = new LongAdder();
    private final LongAdder stalls = new LongAdder();

    Eyes(EventLoop loop, List<LoopObserver> observers,
            @Nullable BiConsumer<? super Task<?>, ? super Throwable> onUnhandled) {
        this.loop = loop;
        this.observers = observers;
        this.onUnhandled = onUnhandled;
    }

    void started(Task<?> task) {
        started.increment();
        for (LoopObserver observer : observers) tell(() -> observer.started(task));
    }

    void ended(Task<?> task, Outcome<?> how) {
        (switch (how) {
            case Outcome.Succeeded<?> success -> succeeded;
            case Outcome.Failed<?> failure -> failed;
            case Outcome.Cancelled<?> stopped -> cancelled;
        }).increment();
        for (LoopObserver observer : observers) tell(() -> observer.ended(task, how));
    }

    void stalled(LoopObserver.Stall stall) {
        stalls.increment();
        var event = new StallEvent();
        if (event.isEnabled()) {
            event.loop = stall.loop();
            event.task = stall.task();
            event.stack = stall.toString();
            event.stalledFor = stall.duration().toNanos();
            event.commit();
        }
        LOG.log(Level.WARNING, stall.toString());
        for (LoopObserver observer : observers) tell(() -> observer.stalled(stall));
    }

    void unhandled(Task<?> task, Throwable failure) {
        unhandled.increment();
        var handler = onUnhandled;
        if (handler != null) tell(() -> handler.accept(task, failure));
        else
            LOG.log(Level.ERROR, "task \"" + task.name() + "\" of " + loop + " failed, and nobody waited for it",
                    failure);
    }

    private void tell(Runnable what) {
        try {
            what.run();
        } catch (Throwable thrown) {
            LOG.log(Level.ERROR, "an observer of " + loop + " threw", thrown);
        }
    }

    Metrics metrics() {
        return new Metrics(started.sum(), succeeded.sum(), failed.sum(), cancelled.sum(), unhandled.sum(),
                loop.engine().slices(), stalls.sum(), loop.waitingTimers());
    }
}
