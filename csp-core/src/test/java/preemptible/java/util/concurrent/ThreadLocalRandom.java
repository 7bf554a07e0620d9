package preemptible.java.util.concurrent;

/// Stands in for what a copy of LinkedTransferQueue asks of its class: how often to count the processors again.
public final class ThreadLocalRandom {
    private ThreadLocalRandom() {}

    /// Not random, so that runs can be repeated.
    public static int nextSecondarySeed() {
        return 0;
    }
}
