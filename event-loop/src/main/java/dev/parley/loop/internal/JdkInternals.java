package dev.parley.loop.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;

/// The only class that reflects on the JDK: virtual threads on a scheduler of our own.
///
/// The JDK has such a builder, `ThreadBuilders.VirtualThreadBuilder(Executor)`, but does not publish it (the Loom project
/// plans to). It can be reached when `java.base/java.lang` is open to this module; [#missing] says what to do when it is not.
@SuppressWarnings("ReferenceEquality") // schedulers
public final class JdkInternals {
    private static final @Nullable MethodHandle NEW_BUILDER;
    private static final @Nullable MethodHandle CURRENT_CARRIER;
    private static final @Nullable Executor DEFAULT_SCHEDULER;
    private static final @Nullable MethodHandle SCHEDULER;
    private static final @Nullable String MISSING;

    static {
        MethodHandle builder = null;
        MethodHandle currentCarrier = null;
        Executor defaultScheduler = null;
        MethodHandle schedulerOf = null;
        String missing = null;
        try {
            var type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            var constructor = type.getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            builder = MethodHandles.lookup().unreflectConstructor(constructor)
                    .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
            var carrier = Thread.class.getDeclaredMethod("currentCarrierThread");
            carrier.setAccessible(true);
            currentCarrier = MethodHandles.lookup().unreflect(carrier);
            var virtualThread = Class.forName("java.lang.VirtualThread");
            var scheduler = virtualThread.getDeclaredMethod("defaultScheduler");
            scheduler.setAccessible(true);
            defaultScheduler = (Executor) scheduler.invoke(null);
            var own = virtualThread.getDeclaredField("scheduler");
            own.setAccessible(true);
            schedulerOf = MethodHandles.lookup().unreflectGetter(own)
                    .asType(MethodType.methodType(Executor.class, Thread.class));
        } catch (RuntimeException closed) {
            var module = JdkInternals.class.getModule();
            missing = "java.lang is not open to Parley; start Java with --add-opens java.base/java.lang="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
        } catch (ReflectiveOperationException changed) {
            missing = "this JDK (" + Runtime.version() + ") keeps its virtual thread builder elsewhere: " + changed;
        }
        NEW_BUILDER = builder;
        CURRENT_CARRIER = currentCarrier;
        DEFAULT_SCHEDULER = defaultScheduler;
        SCHEDULER = schedulerOf;
        MISSING = missing;
    }

    private static volatile boolean pollersStarted;

    private JdkInternals() {}

    /// Why [#virtualThreadsOn] cannot be used here and what to do about it; null if it can.
    public static @Nullable String missing() {
        return MISSING;
    }

    /// The virtual thread that `continuation`, as the JDK gave it to a scheduler of ours, continues.
    ///
    /// @throws IllegalStateException if [#missing]
    public static Thread threadOf(Runnable continuation) {
        try {
            return (Thread) Continuations.THREAD.invokeExact(continuation);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// The scheduler of a virtual thread; null for a platform thread.
    ///
    /// @throws IllegalStateException if [#missing]
    public static @Nullable Executor schedulerOf(Thread thread) {
        if (!thread.isVirtual()) return null;
        if (SCHEDULER == null) throw new IllegalStateException(MISSING);
        try {
            return (Executor) SCHEDULER.invokeExact(thread);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// A builder of virtual threads whose every continuation is run by `scheduler`. A scheduler that is a
    /// `ForkJoinPool` also gets the timed waits of its threads, through its `schedule` method.
    ///
    /// @throws IllegalStateException if [#missing]
    public static Thread.Builder.OfVirtual virtualThreadsOn(Executor scheduler) {
        if (NEW_BUILDER == null) throw new IllegalStateException(MISSING);
        try {
            return (Thread.Builder.OfVirtual) NEW_BUILDER.invokeExact(scheduler);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// What the JDK hands to a scheduler is a method reference to the thread's own `runContinuation`: an object with one
    /// field, the thread. One class serves all threads, so it is looked at once.
    private static final class Continuations {
        static final MethodHandle THREAD;

        static {
            var given = new ArrayList<Runnable>();
            virtualThreadsOn(given::add).start(() -> {});
            var continuation = given.getFirst();
            try {
                var thread = continuation.getClass().getDeclaredFields()[0];
                thread.setAccessible(true);
                THREAD = MethodHandles.lookup().unreflectGetter(thread)
                        .asType(MethodType.methodType(Thread.class, Runnable.class));
            } catch (ReflectiveOperationException | RuntimeException changed) {
                throw new IllegalStateException("this JDK (" + Runtime.version() + ") hides whose continuation "
                        + continuation + " is; simulations need JDK 25", changed);
            }
            continuation.run();
        }
    }

    /// Whether the calling thread is virtual and on a scheduler that is not the JDK's.
    ///
    /// @throws IllegalStateException if [#missing]
    public static boolean onAnotherScheduler() {
        var scheduler = schedulerOf(Thread.currentThread());
        return scheduler != null && scheduler != DEFAULT_SCHEDULER;
    }

    /// A builder of virtual threads on the JDK's own scheduler, whichever thread asks. (The JDK's public builder gives a
    /// thread of a loop more threads of that loop.) Works also where [#missing].
    public static Thread.Builder.OfVirtual virtualThreadsOfTheJdk() {
        return DEFAULT_SCHEDULER == null ? Thread.ofVirtual() : virtualThreadsOn(DEFAULT_SCHEDULER);
    }

    /// The platform thread that the calling thread runs on: itself, or the carrier if it is virtual. A JVM intrinsic.
    ///
    /// @throws IllegalStateException if [#missing]
    public static Thread currentCarrier() {
        if (CURRENT_CARRIER == null) throw new IllegalStateException(MISSING);
        try {
            return (Thread) CURRENT_CARRIER.invokeExact();
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Starts the threads by which the JDK waits for sockets, on the JDK's own scheduler. Later calls do nothing.
    ///
    /// Those threads are virtual. The JDK starts them from the thread that first waits for a socket, so in a loop they would
    /// be threads of that loop, and all socket I/O of the JVM would depend on it, and end with it. From a platform thread
    /// they start on the JDK's scheduler.
    ///
    /// @throws IllegalStateException if this JDK does it otherwise
    public static void startSocketPollers() {
        if (pollersStarted) return;
        var poller = "sun.nio.ch.Poller";
        var start = new FutureTask<>(() -> Class.forName(poller));
        Thread.ofPlatform().daemon().name("parley-starts-pollers").start(start);
        boolean interrupted = false;
        while (true) {
            try {
                start.get();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (ExecutionException changed) {
                throw new IllegalStateException("cannot start the JDK's socket pollers: this JDK (" + Runtime.version()
                        + ") has no " + poller, changed.getCause());
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        pollersStarted = true;
    }
}
