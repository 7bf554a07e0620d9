package dev.parley.csp;

import dev.parley.loop.waiting.Waiting;
import java.time.Duration;

/// A point in time, by the clock that the calling process waits by: that of its loop, or virtual time in a simulation. Unlike a duration it can be
/// kept while other things happen, so that what repeats does not drift:
///
/// ```java
/// var tick = Deadline.in(ofSeconds(1));
/// while (running) {
///     await(tick);
///     tick = tick.plus(ofSeconds(1));
/// }
/// ```
///
/// Deadlines of one clock can be compared, those of different clocks cannot.
public final class Deadline implements Comparable<Deadline> {
    final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// The point in time `fromNow` from now; now, if that is negative. At most some 146 years ahead.
    public static Deadline in(Duration fromNow) {
        return new Deadline(Waiting.current().nanoTime() + Nanos.of(fromNow));
    }

    /// The point in time `later` than this one, or earlier if that is negative.
    public Deadline plus(Duration later) {
        return new Deadline(nanoTime + (later.isNegative() ? -Nanos.of(later.negated()) : Nanos.of(later)));
    }

    /// How long it is until then; zero if it is over.
    public Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - Waiting.current().nanoTime()));
    }

    /// Whether the time has come.
    public boolean isOver() {
        return nanoTime - Waiting.current().nanoTime() <= 0;
    }

    @Override public int compareTo(Deadline other) {
        return Long.signum(nanoTime - other.nanoTime);
    }

    @Override public boolean equals(Object other) {
        return other instanceof Deadline deadline && nanoTime == deadline.nanoTime;
    }

    @Override public int hashCode() {
        return Long.hashCode(nanoTime);
    }

    @Override public String toString() {
        return "in " + left();
    }
}
