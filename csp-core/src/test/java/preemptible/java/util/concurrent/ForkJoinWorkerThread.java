package preemptible.java.util.concurrent;

/// Stands in for what a copy of LinkedTransferQueue asks of its class: no virtual thread is a worker.
public abstract class ForkJoinWorkerThread extends Thread {
    /// Whether the caller's worker has more to do.
    public static boolean hasKnownQueuedWork() {
        return false;
    }
}
