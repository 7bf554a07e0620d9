package dev.parley.csp;

import java.time.Duration;

/// Time limits of operations, in nanoseconds.
final class Nanos {
    /// No limit. The longest real limit is about 146 years, so that deadlines do not overflow.
    static final long FOREVER = Long.MAX_VALUE;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private Nanos() {}

    /// `timeout` as nanoseconds; not positive if there is no time to wait.
    static long of(Duration timeout) {
        return timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.isNegative() ? 0 : timeout.toNanos();
    }
}
