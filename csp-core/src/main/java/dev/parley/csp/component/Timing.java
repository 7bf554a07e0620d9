package dev.parley.csp.component;

import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.loop.Tasks;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Processes that deal with time, under the names they have in JCSP. They end as those of [Plumbing] do, and follow the clock of the loop or
/// simulation they run in.
///
/// **No drift.** What happens once in a period happens at multiples of it from the start: lateness of one time does not move the next ones.
/// An instant that is over before its turn, because the receiver was late, is left out rather than made up for.
///
/// The laws that each obeys are tests: `TimingTest`.
public final class Timing {
    private Timing() {}

    /// Passes on each element `time` after receiving it, and receives none meanwhile.
    public static <T> Proc fixedDelay(Duration time, Receiver<? extends T> in, Sender<? super T> out) {
        return Component.of("fixedDelay", in, out, () -> {
            for (var x : in) {
                Tasks.sleep(time);
                out.send(x);
            }
        });
    }

    /// Makes a stream of any rate one of a constant rate: gives the newest element once in each `period`, again and again if none has come since.
    /// The first period begins with the first element. At the end of the input, gives the newest element once more if it was not given.
    public static <T> Proc regulate(Duration period, Receiver<? extends T> in, Sender<? super T> out) {
        long nanos = nanos(period);
        return Component.of("regulate", in, out, () -> {
            if (!(in.receiveOrClosed() instanceof Received<? extends T>(var first))) return;
            new Periods<T>(nanos, in, out).run(first, true);
        });
    }

    /// Looks at a stream once in each `period`, from the start on: gives the newest element that came within it, if any. The others are dropped.
    /// At the end of the input, gives the newest element if it was not given.
    public static <T> Proc sample(Duration period, Receiver<? extends T> in, Sender<? super T> out) {
        long nanos = nanos(period);
        return Component.of("sample", in, out, () -> new Periods<T>(nanos, in, out).run(null, false));
    }

    /// Gives 1, 2, … at the end of each `period`; a number left out tells of a receiver that was late.
    public static Proc ticks(Duration period, Sender<? super Long> out) {
        long nanos = nanos(period);
        return Component.of("ticks", List.of(), List.of(out), () -> {
            var waiting = Waiting.current();
            long start = waiting.nanoTime();
            for (long tick = 1;; tick = Math.max(tick + 1, Math.ceilDiv(waiting.nanoTime() - start, nanos))) {
                Tasks.sleep(Duration.ofNanos(start + tick * nanos - waiting.nanoTime()));
                out.send(tick);
            }
        });
    }

    private static long nanos(Duration period) {
        if (period.isNegative() || period.isZero())
            throw new IllegalArgumentException("a period must be longer than nothing, but was " + period);
        return period.toNanos();
    }

    /// Receives all the time, and gives at the ends of periods.
    private static final class Periods<T> {
        private final long period;
        private final Receiver<? extends T> in;
        private final Sender<? super T> out;
        private final Waiting waiting = Waiting.current();
        private final long start = waiting.nanoTime();

        Periods(long period, Receiver<? extends T> in, Sender<? super T> out) {
            this.period = period;
            this.in = in;
            this.out = out;
        }

        void run(@Nullable T first, boolean repeating) throws InterruptedException {
            T newest = first;
            boolean given = false;
            long next = start + period;
            while (true) {
                long left = next - waiting.nanoTime();
                if (left > 0) {
                    switch (in.receive(Duration.ofNanos(left))) {
                        case Received<? extends T>(var x) -> {
                            newest = x;
                            given = false;
                        }
                        case Empty<? extends T>() -> {}
                        case Closed<? extends T>() -> {
                            if (newest != null && !given) {
                                Tasks.sleep(Duration.ofNanos(next - waiting.nanoTime()));
                                out.send(newest);
                            }
                            return;
                        }
                    }
                } else {
                    if (newest != null && (repeating || !given)) {
                        out.send(newest);
                        given = true;
                    }
                    next += Math.max(1, Math.ceilDiv(waiting.nanoTime() - next, period)) * period;
                }
            }
        }
    }
}
