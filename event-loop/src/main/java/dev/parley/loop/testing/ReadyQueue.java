package dev.parley.loop.testing;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// The threads that can go on, the calm choice first: the one that has just given way at a preemption point, then the others in the
/// order they became ready.
final class ReadyQueue {
    private @Nullable SimulatedThread[] queue = new SimulatedThread[16];
    private int size;

    int size() {
        return size;
    }

    /// Whether the calm choice is to go on with the thread that ran last.
    boolean continues() {
        return size > 0 && at(0).preempted;
    }

    void add(SimulatedThread thread) {
        if (size == queue.length) queue = Arrays.copyOf(queue, 2 * size);
        if (thread.preempted) {
            System.arraycopy(queue, 0, queue, 1, size++);
            queue[0] = thread;
        } else {
            queue[size++] = thread;
        }
        thread.ready = true;
    }

    /// Takes out the thread at `place`. Only the step right after it gave way is calm for a preempted thread; one that is
    /// passed over queues behind all others.
    SimulatedThread remove(int place) {
        var thread = at(place);
        System.arraycopy(queue, place + 1, queue, place, --size - place);
        queue[size] = null;
        thread.ready = false;
        if (continues()) {
            var passedOver = at(0);
            passedOver.preempted = false;
            System.arraycopy(queue, 1, queue, 0, size - 1);
            queue[size - 1] = passedOver;
        }
        return thread;
    }

    void remove(SimulatedThread thread) {
        for (int place = 0; place < size; place++)
            if (at(place) == thread) {
                remove(place);
                return;
            }
    }

    private SimulatedThread at(int place) {
        var thread = queue[place];
        if (thread == null) throw new AssertionError("nothing at " + place + " of " + size);
        return thread;
    }
}
