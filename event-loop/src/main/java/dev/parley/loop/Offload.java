package dev.parley.loop;

import dev.parley.loop.internal.JdkInternals;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs code elsewhere, so that the other tasks of the loop can go on: code that blocks, or that computes for long.
///
/// ```java
/// String text = Offload.blocking().call(() -> Files.readString(path));
/// ```
///
/// The code runs outside of the loop: it is no task, and must not touch data that the loop confines. Values bound by
/// [Tasks#where] are bound there, too. To call back into the loop it uses [EventLoop#call].
///
/// Immutable; keep one, or make one per call.
public final class Offload {
    private static final Offload BLOCKING = new Offload(
            body -> JdkInternals.virtualThreadsOfTheJdk().name("offload").start(body),
            false, null);
    private static final Offload COMPUTE = new Offload(processors(), false, null);

    private final Executor where;
    private final boolean abandoned;
    private final @Nullable Limiter limiter;

    private Offload(Executor where, boolean abandoned, @Nullable Limiter limiter) {
        this.where = where;
        this.abandoned = abandoned;
        this.limiter = limiter;
    }

    private static Executor processors() {
        int n = Runtime.getRuntime().availableProcessors();
        var number = new AtomicInteger();
        var pool = new ThreadPoolExecutor(n, n, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                body -> Thread.ofPlatform().daemon().name("compute-" + number.incrementAndGet()).unstarted(body));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /// For code that waits or blocks: each call has a virtual thread on the JDK's scheduler. As many at a time as ask for it;
    /// [#within] bounds that.
    public static Offload blocking() { return BLOCKING; }

    /// For code that computes: as many platform threads as there are processors, first come, first served, shared by the
    /// whole JVM.
    public static Offload compute() { return COMPUTE; }

    /// The same, but a caller that is cancelled does not wait for the code to end: it is interrupted and left to itself, and what
    /// it returns or throws is dropped.
    public Offload abandonedOnCancel() { return new Offload(where, true, limiter); }

    /// The same, with a place of `bound` taken for each call.
    public Offload within(Limiter bound) { return new Offload(where, abandoned, bound); }

    /// Runs `body` elsewhere, waits for it, and returns what it returned.
    ///
    /// **Interruption.** If the caller is interrupted or cancelled, the code is interrupted (or never begun, if it still
    /// waits for a processor). Then this waits until it has ended, and returns its value all the same if it has one.
    ///
    /// @throws Exception what `body` threw
    public <T> T call(Callable<? extends T> body) throws Exception {
        Tasks.checkpoint();
        var task = Task.currentOrNull();
        var context = task == null ? null : task.context;
        Callable<? extends T> bound = context == null ? body : () -> context.call(body::call);
        var job = new Job<T>(bound, limiter == null ? null : limiter.enter());
        try {
            where.execute(job);
        } catch (Throwable notStarted) {
            job.revoke();
            throw notStarted;
        }
        if (job.waiter.await()) return job.result();
        if (job.revoke()) {
            if (where instanceof ThreadPoolExecutor pool) pool.remove(job);
            throw new InterruptedException();
        }
        if (abandoned) throw new InterruptedException();
        job.waiter.awaitUninterruptibly();
        return job.resultAfterInterrupt();
    }

    /// Runs `body`, which returns nothing, elsewhere, and waits for it.
    ///
    /// @throws Exception what `body` threw
    public void run(Action<? extends Exception> body) throws Exception {
        call(Tasks.callable(body));
    }

    /// One call. A place belongs to the code, not to the caller, who may leave earlier.
    private static final class Job<T> implements Runnable {
        // Guarded by lock: revoked, thread. value and failure are written before the waiter is woken, and read after.
        // thread is reset under the lock before the job's thread does anything else, so no interrupt reaches the next job.

        final Waiter waiter = new Waiter("offloaded work");
        private final Callable<? extends T> body;
        private final Limiter.@Nullable Place place;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean revoked;
        private boolean begun;
        private @Nullable Thread thread;
        private @Nullable T value;
        private @Nullable Throwable failure;

        Job(Callable<? extends T> body, Limiter.@Nullable Place place) {
            this.body = body;
            this.place = place;
        }

        @Override public void run() {
            if (!begin()) return;
            try {
                value = body.call();
            } catch (Throwable thrown) {
                failure = thrown;
            }
            lock.lock();
            try {
                thread = null;
            } finally {
                lock.unlock();
            }
            Thread.interrupted();
            if (place != null) place.close();
            waiter.wake();
        }

        private boolean begin() {
            lock.lock();
            try {
                if (revoked) return false;
                begun = true;
                thread = Thread.currentThread();
                return true;
            } finally {
                lock.unlock();
            }
        }

        /// Returns true if the code has not begun, and now never will; else interrupts it.
        boolean revoke() {
            lock.lock();
            try {
                if (thread != null) thread.interrupt();
                if (begun || revoked) return false;
                revoked = true;
            } finally {
                lock.unlock();
            }
            if (place != null) place.close();
            return true;
        }

        @SuppressWarnings("NullAway") // a body may return null where its type says so
        T result() {
            if (failure != null) throw Tasks.sneaky(failure);
            return value;
        }

        T resultAfterInterrupt() throws InterruptedException {
            if (failure != null && Cancellation.isSignOf(failure)) throw new InterruptedException();
            Thread.currentThread().interrupt();
            return result();
        }
    }
}
