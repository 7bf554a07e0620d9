package dev.parley.loop.waiting;

import java.lang.invoke.VarHandle;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// How a thread waits, and by which clock: the one seam through which every module of Parley parks, wakes and reads time.
///
/// A plain thread, virtual or platform, waits as the JDK does. A loop engine that hands a baton around, a simulated
/// scheduler with its own clock, and a model checker that must see every wake-up each bring a `Waiting` of their own and
/// run their threads' bodies [#within] it. Whoever waits asks once for [#current], keeps it beside the [Thread], and lets
/// the one who wakes it use that same object.
public abstract class Waiting {
    private static final ScopedValue<Waiting> HERE = ScopedValue.newInstance();

    /// Plain on purpose: set before the first thread that needs it is started, and a start happens-before all that the
    /// thread does. Without it each wait of a plain thread would pay for looking up a binding that is not there.
    private static boolean anyBound;

    /// Knows the seam of threads that run [#within] none; for a scheduler that also gets threads it did not start.
    private static final AtomicReference<@Nullable Supplier<@Nullable Waiting>> UNBOUND = new AtomicReference<>();

    /// The seam of the calling thread.
    public static Waiting current() {
        if (!anyBound) return Plain.INSTANCE;
        if (Thread.currentThread().getUncaughtExceptionHandler() instanceof OfOneThread own) return own;
        if (HERE.isBound()) return HERE.get();
        var unbound = UNBOUND.get();
        var found = unbound == null ? null : unbound.get();
        return found == null ? Plain.INSTANCE : found;
    }

    /// From here on, `seam` is asked for the seam of a calling thread that runs [#within] none; null if it knows none, and then
    /// those named before are asked. Called once for each scheduler that there is, by the initialiser of its class.
    public static void ofUnbound(Supplier<@Nullable Waiting> seam) {
        UNBOUND.updateAndGet(earlier -> earlier == null ? seam : () -> {
            var found = seam.get();
            return found != null ? found : earlier.get();
        });
        anyBound = true;
    }

    /// The seam of threads that wait as the JDK does.
    public static Waiting ofTheJdk() { return Plain.INSTANCE; }

    /// Runs `body` with this as the calling thread's seam.
    public final void within(Runnable body) {
        anyBound = true;
        ScopedValue.where(HERE, this).run(body);
    }

    /// Waits until [#unpark] is called for this thread, or was since it last waited, or the thread is interrupted. May also
    /// return for no reason, so callers wait in a loop over their own condition.
    ///
    /// @param blocker the object waited for, shown by tools
    public abstract void park(Object blocker);

    /// As [#park], but returns at the latest when [#nanoTime] reaches `deadline`.
    public abstract void parkUntil(Object blocker, long deadline);

    /// Lets `thread`, which waits or will wait through this same object, return from [#park], and then see all that the caller has written before. Never blocks.
    public abstract void unpark(Thread thread);

    /// The clock that deadlines are told by, in nanoseconds from an arbitrary origin; differences may overflow to negative,
    /// as with [System#nanoTime].
    public abstract long nanoTime();

    /// Starts a thread that waits and tells time the way the calling thread does, in the same loop if the caller is in one.
    /// It may begin only when the caller waits; so learn of its end through a wait of your own, not through `Thread.join`.
    public abstract Thread start(String name, Runnable body);

    /// Called by [Preemption#point], where another thread may come between. Only a simulation does something here: it may
    /// let another thread run.
    public void preempt() {}

    /// A number from 0 to `bound - 1`, each equally likely; in a simulation it follows the seed.
    public int random(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    /// Lets the other threads that could run here run first. Keeps the order of those that give way to each other.
    @SuppressWarnings("ThreadPriorityCheck") // where there is no better scheduler than the JDK's, this is what it offers
    public void giveWay() { Thread.yield(); }

    /// Whether this seam itself notices when all its threads wait for each other, as a simulation does.
    public boolean noticesDeadlock() {
        return false;
    }

    /// A seam of one thread only, which is that thread's uncaught exception handler from its start, and is found so. It costs
    /// a thread less memory than [#within], whose binding the JVM caches in each thread that reads it.
    public abstract static class OfOneThread extends Waiting implements Thread.UncaughtExceptionHandler {
        @SuppressWarnings("StaticAssignmentInConstructor") // and never back
        protected OfOneThread() {
            if (!anyBound) anyBound = true;
        }
    }

    /// Where threads that wait as the JDK does start others: a service, of which there is one. Without it they start them on
    /// the JDK's own scheduler.
    public interface Home {
        /// Starts a virtual thread that waits as the JDK does.
        Thread start(String name, Runnable body);

        /// As [Poller#host].
        default @Nullable Thread host(String name, Poller poller) {
            return null;
        }
    }

    static @Nullable Thread host(String name, Poller poller) {
        return HomeOfPlainThreads.HOME.host(name, poller);
    }

    /// Found when it is first needed.
    private static final class HomeOfPlainThreads {
        static final Home HOME = ServiceLoader.load(Home.class, Home.class.getClassLoader()).findFirst()
                .orElse((name, body) -> Thread.ofVirtual().name(name).start(body));
    }

    /// Waiting as the JDK does it.
    private static final class Plain extends Waiting {
        static final Plain INSTANCE = new Plain();

        @Override public void park(Object blocker) { LockSupport.park(blocker); }

        @Override public void parkUntil(Object blocker, long deadline) {
            long left = deadline - System.nanoTime();
            if (left > 0) LockSupport.parkNanos(blocker, left);
        }

        /// The fence lets `thread` see what it waits for: unpark does nothing, and so orders nothing, where a virtual thread has its permit already; one that
        /// takes a permit left over from an earlier wait, looks, and parks again, would miss a write that is still under way.
        @Override public void unpark(Thread thread) {
            VarHandle.fullFence();
            LockSupport.unpark(thread);
        }

        @Override public long nanoTime() { return System.nanoTime(); }

        @Override public Thread start(String name, Runnable body) {
            return HomeOfPlainThreads.HOME.start(name, body);
        }
    }
}
