package dev.parley.loop.internal;

import org.jspecify.annotations.Nullable;

/// The body of a thread that can be found from inside the thread: an engine makes it the thread's uncaught exception handler.
///
/// That is the one field of a thread which its starter may set and which costs nothing to read. A scoped value would do as
/// well, but the JVM gives each thread that reads one a cache of 144 bytes, which a parked thread keeps.
///
/// Its `run` calls [Engine#begins] first and [Engine#ends] last, so that no frame of the engine has to lie below it.
public interface Resident extends Runnable, Thread.UncaughtExceptionHandler {
    /// A handler that stands in for the body it runs.
    interface Host extends Thread.UncaughtExceptionHandler {
        /// What runs in the thread.
        Runnable body();
    }

    /// The body of the calling thread; null if that is no resident.
    static @Nullable Resident current() {
        var handler = Thread.currentThread().getUncaughtExceptionHandler();
        if (handler instanceof Resident body) return body;
        return handler instanceof Host host && host.body() instanceof Resident body ? body : null;
    }

    /// A builder for a thread of this name, if any, in which `body` is to be found if it is a resident.
    static Thread.Builder.OfVirtual settle(Thread.Builder.OfVirtual builder, @Nullable String name, Runnable body) {
        if (name != null) builder.name(name);
        if (body instanceof Resident resident) builder.uncaughtExceptionHandler(resident);
        return builder;
    }
}
