package dev.parley.loop.testing;

import org.jspecify.annotations.Nullable;

/// An operation while it is recorded; see [Operation].
final class Recorded {
    private final String thread;
    private final String name;
    private final int invoked;
    int waited = Operation.NEVER;
    int returned = Operation.NEVER;
    @Nullable Object result;
    @Nullable Throwable failure;

    Recorded(String thread, String name, int invoked) {
        this.thread = thread;
        this.name = name;
        this.invoked = invoked;
    }

    Operation snapshot() {
        return new Operation(thread, name, result, failure, invoked, waited, returned);
    }
}
