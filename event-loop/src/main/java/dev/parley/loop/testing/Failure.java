package dev.parley.loop.testing;

import java.util.List;

import org.jspecify.annotations.Nullable;

/// Why a run failed, and where its threads were at that moment.
///
/// @param what one line
/// @param threads one line for each thread that had not ended, if asked for
/// @param hash of the decisions until then
/// @param exact whether nothing but its decisions led there, as far as the scheduler saw
record Failure(Kind kind, String what, @Nullable Throwable cause, List<String> threads, long hash, boolean exact) {
    /// - `DEADLOCK`: the body itself, among others, waits for ever.
    /// - `LEAK`: the body has ended, but others wait for ever.
    /// - `EXCEPTION`: a thread threw.
    /// - `LIVELOCK`: the run takes more steps than allowed.
    /// - `REAL_TIME`: a wait by the real clock, longer than a simulation puts up with.
    enum Kind { DEADLOCK, LEAK, EXCEPTION, LIVELOCK, REAL_TIME }

    /// Whether that one is the same bug as far as one can tell.
    boolean resembles(@Nullable Failure that) {
        if (that == null || kind != that.kind) return false;
        if (cause == null || that.cause == null) return cause == null && that.cause == null;
        return cause.getClass() == that.cause.getClass();
    }
}
