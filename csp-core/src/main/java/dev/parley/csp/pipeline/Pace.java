package dev.parley.csp.pipeline;

import dev.parley.csp.Attempt;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.loop.Tasks;
import dev.parley.loop.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Stages that deal with time.
final class Pace {
    private Pace() {}

    /// Lists of up to `count` elements, each given at the latest `time` after its first.
    static <T> void batch(int count, Duration time, Receiver<T> in, Link.Outlet<List<T>> out)
            throws InterruptedException {
        var waiting = Waiting.current();
        while (in.receiveOrClosed() instanceof Received<T>(var first)) {
            var batch = new ArrayList<T>();
            batch.add(first);
            long begin = waiting.nanoTime();
            boolean open = true;
            while (open && batch.size() < count) {
                Attempt<T> next = in.receive(time.minusNanos(waiting.nanoTime() - begin));
                switch (next) {
                    case Received<T>(var x) -> batch.add(x);
                    case Empty<T> _,Closed<T> _ -> open = false;
                }
            }
            out.send(List.copyOf(batch));
        }
    }

    /// The elements at distances of at least `distance`.
    static <T> void throttle(Duration distance, Receiver<T> in, Link.Outlet<T> out) throws InterruptedException {
        var waiting = Waiting.current();
        long nanos = distance.toNanos();
        long next = waiting.nanoTime();
        for (var x : in) {
            long now = waiting.nanoTime();
            if (next - now > 0) Tasks.sleep(Duration.ofNanos(next - now));
            else next = now;
            out.send(x);
            next += nanos;
        }
    }
}
