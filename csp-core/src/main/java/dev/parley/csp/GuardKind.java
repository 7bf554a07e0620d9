package dev.parley.csp;

/// What a guard waits for. It makes the [Branch] through which one Alt waits for it.
sealed interface GuardKind permits InputGuard, OutputGuard, TimerGuard, SkipGuard, BarrierGuard, EventGuard {
    Branch branch(Alt alt, int index, Guard guard);
}
