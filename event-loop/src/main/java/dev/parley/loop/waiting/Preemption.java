package dev.parley.loop.waiting;

/// Marks the places where another thread may come between: before each lock, compare-and-set, volatile access and park of
/// the concurrent code of Parley. A simulated scheduler switches threads there; in production the call compiles to nothing.
public final class Preemption {
    /// Whether this JVM simulates, by the system property `dev.parley.preemption`.
    public static final boolean ON = Boolean.getBoolean("dev.parley.preemption");

    private Preemption() {}

    /// Another thread may run here.
    public static void point() {
        if (ON) Waiting.current().preempt();
    }
}
