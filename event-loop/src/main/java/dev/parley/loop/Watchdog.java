package dev.parley.loop;

import dev.parley.loop.internal.Lane;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One platform thread of the JVM that looks whether a loop, or a carrier of a group, stands still because a task, or a
/// hosted poller, does not let go.
final class Watchdog {
    // Guarded by LOCK: WATCHED, thread. The thread exists while there is a loop to watch; it samples the counts of
    // slices four times per limit, so a stall is told when it has lasted between one limit and one and a quarter.

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final List<Watch> WATCHED = new ArrayList<>();
    private static @Nullable Thread thread;

    private Watchdog() {}

    /// What is known of one loop; touched by the watchdog's thread alone, except for `loop` and `limit`.
    private static final class Watch {
        final EventLoop loop;
        final long limit;
        private final List<Slice> slices = new ArrayList<>();

        Watch(EventLoop loop, long limit) {
            this.loop = loop;
            this.limit = limit;
        }

        void look(long now) {
            var lanes = loop.engine().lanes();
            while (slices.size() < lanes.size()) slices.add(new Slice(lanes.get(slices.size())));
            for (Slice slice : slices) {
                long lasted = slice.lasted(now);
                if (slice.told || lasted < limit) continue;
                // One who has been given its turn but has not begun is not seen yet; it is the machine that is slow then.
                var culprit = find(loop.root(), slice.lane);
                Thread running = culprit != null ? culprit.thread() : slice.lane.runningPoller();
                if (culprit != null || running != null || lasted >= 4 * limit) {
                    slice.told = true;
                    tell(culprit, running, lasted);
                }
            }
        }

        private void tell(@Nullable Task<?> culprit, @Nullable Thread running, long duration) {
            loop.eyes().stalled(new LoopObserver.Stall(loop.name(), culprit == null ? null : culprit.name(),
                    Duration.ofNanos(duration), running == null ? List.of() : List.of(running.getStackTrace())));
        }

        private static @Nullable Task<?> find(Cancellable node, Lane lane) {
            Thread thread = node instanceof Task<?> task ? task.thread() : null;
            if (thread != null && lane.runs(thread)) return (Task<?>) node;
            var children = new ArrayList<Cancellable>();
            node.forEachChild(children::add);
            for (Cancellable child : children) {
                var found = find(child, lane);
                if (found != null) return found;
            }
            return null;
        }
    }

    /// What is known of the slice in one lane.
    private static final class Slice {
        final Lane lane;
        boolean told;
        private long number = -1;
        private long since;

        Slice(Lane lane) {
            this.lane = lane;
        }

        long lasted(long now) {
            long current = lane.slices();
            if (current != number || !lane.running()) {
                number = current;
                since = now;
                told = false;
            }
            return now - since;
        }
    }

    static void watch(EventLoop loop, Duration limit) {
        LOCK.lock();
        try {
            WATCHED.add(new Watch(loop, EventLoop.nanos(limit)));
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("parley-watchdog").inheritInheritableThreadLocals(false)
                        .start(Watchdog::run);
            } else {
                Waiting.ofTheJdk().unpark(thread); // its limit may be shorter
            }
        } finally {
            LOCK.unlock();
        }
    }

    static void forget(EventLoop loop) {
        LOCK.lock();
        try {
            WATCHED.removeIf(watch -> watch.loop.equals(loop));
            if (WATCHED.isEmpty() && thread != null) Waiting.ofTheJdk().unpark(thread);
        } finally {
            LOCK.unlock();
        }
    }

    private static void run() {
        var waiting = Waiting.ofTheJdk();
        while (true) {
            List<Watch> now;
            LOCK.lock();
            try {
                if (WATCHED.isEmpty()) {
                    thread = null;
                    return;
                }
                now = List.copyOf(WATCHED);
            } finally {
                LOCK.unlock();
            }
            long shortest = Long.MAX_VALUE;
            for (Watch watch : now) {
                watch.look(waiting.nanoTime());
                shortest = Math.min(shortest, watch.limit);
            }
            waiting.parkUntil(Watchdog.class, waiting.nanoTime() + Math.max(1_000_000, shortest / 4));
        }
    }
}
