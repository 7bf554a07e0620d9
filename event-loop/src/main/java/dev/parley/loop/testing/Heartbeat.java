package dev.parley.loop.testing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts steps for a watcher on another thread.
final class Heartbeat {
    private static final VarHandle BEATS;

    static {
        try {
            BEATS = MethodHandles.lookup().findVarHandle(Heartbeat.class, "beats", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // through BEATS
    private long beats;
    private long count;

    /// By the carrier only. Opaque: the watcher needs to see progress some time, and nothing else through it.
    void beat() {
        BEATS.setOpaque(this, ++count);
    }

    long beats() {
        return (long) BEATS.getOpaque(this);
    }
}
