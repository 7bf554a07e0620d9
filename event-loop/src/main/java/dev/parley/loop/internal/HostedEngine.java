package dev.parley.loop.internal;

import dev.parley.loop.waiting.Waiting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Threads that run wherever another seam starts them: on the JDK's scheduler, or on the simulated one of the thread that
/// opens the loop. Confines nothing by itself.
public final class HostedEngine implements Engine {
    private final @Nullable Waiting host;

    private HostedEngine(@Nullable Waiting host) {
        this.host = host;
    }

    /// Threads started as `host` starts them, on its clock.
    public static HostedEngine by(Waiting host) {
        return new HostedEngine(host);
    }

    /// Threads on the JDK's own scheduler, also for a caller that runs elsewhere.
    public static HostedEngine byTheJdk() {
        return new HostedEngine(null);
    }

    @Override public Thread start(@Nullable String name, Runnable body) {
        if (host != null) return host.start(name == null ? "" : name, body);
        return Resident.settle(JdkInternals.virtualThreadsOfTheJdk(), name, body).start(body);
    }

    @Override public long nanoTime() { return host == null ? System.nanoTime() : host.nanoTime(); }

    @Override public void retire() {}

    @Override public List<Lane> lanes() { return List.of(); }

    @Override public boolean runs(Thread thread) { return thread.getState() == Thread.State.RUNNABLE; }

    @Override public boolean simulated() { return host != null; }

    @Override public String kind() { return host == null ? "JDK scheduler" : "hosted"; }
}
