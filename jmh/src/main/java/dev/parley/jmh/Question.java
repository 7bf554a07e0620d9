package dev.parley.jmh;

/// What is measured: one piece of work that every contender does in the same way.
public interface Question {
    /// The name of the row.
    String id();

    /// How large the work is.
    int size();

    /// How large it is where time is short; the operations per invocation change, what an operation is does not.
    default int quickSize() { return Math.max(1, size() / 10); }

    /// How many operations a work of size `n` has; times are told for one.
    int operations(int n);

    /// The checksum of a work of size `n` that was done right.
    long expected(int n);

    /// The work, in the form for peers with blocking channels.
    long by(Peer peer, int n) throws Exception;

    /// Whether the work takes the time of a part of itself, by [Costs#own], and that is what counts.
    default boolean timesItself() { return false; }

    /// How many times as long as usual all contenders are warmed up: where an operation is short and two JVMs have to compile their halves of it.
    default int warmUp() { return 1; }

    /// What is sent as i-th element: a number that is boxed already, so that the boxes of one language are not measured.
    static int element(int i) { return i & 127; }

    /// The sum of the first `n` elements.
    static long sum(int n) {
        long full = n >> 7, rest = n & 127;
        return full * (127 * 128 / 2) + rest * (rest - 1) / 2;
    }
}
