package dev.parley.net;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Netty's leak detector, remembering what it reports: buffers that were collected and had not been released. Named to Netty by a system property.
///
/// @param <T> what leaks
public final class Leaks<T> extends ResourceLeakDetector<T> {
    private static final ConcurrentLinkedQueue<String> REPORTS = new ConcurrentLinkedQueue<>();

    public Leaks(Class<?> resource, int samplingInterval) {
        super(resource, samplingInterval);
    }

    public Leaks(Class<?> resource, int samplingInterval, long maxActive) {
        this(resource, samplingInterval);
    }

    /// What was lost so far, after a collection.
    static List<String> found() {
        var canary = new WeakReference<>(new Object());
        do
            System.gc();
        while (canary.get() != null);
        // reports are made when a buffer is made; what the collection found may reach the detector a little later
        for (int i = 0; i < 1000 && REPORTS.isEmpty(); i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
            if (i % 100 == 0) System.gc();
        }
        return List.copyOf(REPORTS);
    }

    static void forget() {
        REPORTS.clear();
    }

    @Override protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
    }

    @Override protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
    }
}
