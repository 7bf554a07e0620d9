package dev.parley.csp.foreign;

import dev.parley.loop.testing.Simulation;
import java.util.concurrent.LinkedTransferQueue;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What the suite reports of queues of the JDK 25, each as the smallest program that asserts what its documentation says.
final class QueuePrograms {
    private QueuePrograms() {}

    /// A poll "returns null if this queue is empty", and this one never is.
    public static class APollFindsWhatIsThere implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            var queue = new LinkedTransferQueue<Integer>();
            queue.put(1);
            sim.spawn("replaces", () -> {
                queue.put(2);
                queue.take();
            });
            assertNotNull(queue.poll(), "the queue was never empty");
        }
    }

    /// A transfer that is tried succeeds "if there exists a consumer already waiting", and one always does.
    public static class ATransferFindsWhoWaits implements Simulation.Body {
        private boolean answered;

        @Override public void run(Simulation sim) throws Exception {
            answered = false;
            var queue = new LinkedTransferQueue<Integer>();
            sim.spawn("waits", queue::take);
            sim.settle();
            sim.spawn("waits too", queue::take);
            sim.spawn("serves the first", () -> {
                while (!answered && queue.getWaitingConsumerCount() < 2) Thread.yield();
                if (!answered) queue.put(1);
            });
            boolean found = queue.tryTransfer(2);
            answered = true;
            assertTrue(found, "somebody waited all the time");
            sim.abandon();
        }
    }
}
