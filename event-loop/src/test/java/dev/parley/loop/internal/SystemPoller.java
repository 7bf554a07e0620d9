package dev.parley.loop.internal;

import dev.parley.loop.waiting.Poller;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/// Waits in the system, as a poller of sockets does, and so keeps the carrier's thread. No event ever comes but its wake-ups. Ends with its engine.
@SuppressWarnings("restricted") // it calls the system
final class SystemPoller implements Poller {
    private static final MethodHandle EVENTFD = system("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle PPOLL = system("ppoll",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle READ = system("read",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE = system("write",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final int NON_BLOCKING = 0x800;
    private static final int READABLE = 1;
    private static final long SECOND = 1_000_000_000;

    private final CarrierEngine engine;
    private final int descriptor;
    private final MemorySegment one, count, descriptors, time;
    private final AtomicInteger polls = new AtomicInteger();
    private volatile boolean waits;

    private SystemPoller(CarrierEngine engine) {
        this.engine = engine;
        var memory = Arena.ofAuto();
        one = memory.allocate(JAVA_LONG);
        count = memory.allocate(JAVA_LONG);
        descriptors = memory.allocate(JAVA_LONG); // struct pollfd, of which there is one
        time = memory.allocate(JAVA_LONG, 2); // struct timespec
        try {
            descriptor = (int) EVENTFD.invokeExact(0, NON_BLOCKING); // stays open, as a wake-up may come late; there are few
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
        if (descriptor < 0) throw new IllegalStateException("there is no descriptor for events left");
        one.set(JAVA_LONG, 0, 1);
        descriptors.set(JAVA_INT, 0, descriptor);
        descriptors.set(JAVA_INT, 4, READABLE);
    }

    private static MethodHandle system(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    /// Returns once `engine`, which is new, hosts it.
    static SystemPoller on(CarrierEngine engine) {
        var poller = new SystemPoller(engine);
        var host = new CompletableFuture<Boolean>();
        engine.start("host", () -> host.complete(Poller.host("poller", poller) != null));
        if (!host.join()) throw new IllegalStateException("a new carrier does not host a poller");
        return poller;
    }

    /// Whether the carrier rests in it.
    boolean waits() { return waits; }

    /// How often it has had its turn.
    int polls() { return polls.get(); }

    @Override public void work() {}

    @Override public void poll(long nanos, BooleanSupplier mayWait) {
        polls.incrementAndGet();
        if (nanos == 0 || hasEnded() || !mayWait.getAsBoolean()) return;
        var limit = MemorySegment.NULL;
        if (nanos != FOREVER) {
            time.setAtIndex(JAVA_LONG, 0, nanos / SECOND);
            time.setAtIndex(JAVA_LONG, 1, nanos % SECOND);
            limit = time;
        }
        try {
            waits = true;
            int ready = (int) PPOLL.invokeExact(descriptors, 1L, limit, MemorySegment.NULL);
            waits = false;
            if (ready <= 0) return; // its time has come, or a signal
            long got = (long) READ.invokeExact(descriptor, count, 8L);
            if (got != 8) throw new IllegalStateException("what has been said cannot be read: " + got);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override public void wakeUp() {
        try {
            long written = (long) WRITE.invokeExact(descriptor, one, 8L);
            if (written != 8) throw new IllegalStateException("cannot be woken: " + written);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override public boolean hasEnded() { return engine.retired(); }
}
