package dev.parley.loop.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;

/// The recorded operations of a run, and the one order of their events.
final class History {
    private final ArrayList<Recorded> operations = new ArrayList<>();
    private int events;

    Recorded begin(SimulatedThread caller, String name) {
        if (caller.operation != null)
            throw new IllegalStateException(
                    "recorded operations cannot be nested, but " + caller.name + " is in one already and began "
                            + name);
        var operation = new Recorded(caller.name, name, ++events);
        operations.add(operation);
        caller.operation = operation;
        return operation;
    }

    void end(SimulatedThread caller, Recorded operation) {
        operation.returned = ++events;
        caller.operation = null;
    }

    /// A thread has parked. That is the wait of its operation, unless it is for a lock: who waits for a lock has no place in a
    /// queue of the object yet.
    void parked(SimulatedThread thread) {
        var operation = thread.operation;
        if (operation != null && operation.waited == Operation.NEVER
                && !(LockSupport.getBlocker(thread.thread) instanceof AbstractOwnableSynchronizer))
            operation.waited = ++events;
    }

    List<Operation> snapshot() {
        return operations.stream().map(Recorded::snapshot).toList();
    }
}
