package dev.parley.loop;

import dev.parley.loop.internal.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A place where tasks run: one at a time, or on several carriers in parallel.
///
/// ```java
/// var page = EventLoop.run(() -> {
///     try (var group = TaskGroup.open()) {
///         var a = group.fork(() -> fetch(first));
///         var b = group.fork(() -> fetch(second));
///         group.join();
///         return a.result() + b.result();
///     }
/// });
/// ```
///
/// A task is a virtual thread, so its code is plain and blocking. In a loop of one carrier (the default) a task runs until
/// it waits, and no other task of the loop runs meanwhile; what one task did is visible to the next. With
/// [Config#carriers] above 1 tasks run in parallel.
///
/// **Engines.** The carrier engine runs tasks on a platform thread of its own. A task may then wait in any way: for a channel,
/// a JDK lock, a socket, in `Thread.sleep`. It needs `--add-opens java.base/java.lang=ALL-UNNAMED` (the name of our module
/// instead of `ALL-UNNAMED` on the module path; `Add-Opens` in the manifest of a jar and `JDK_JAVA_OPTIONS` work too).
/// Without that flag the baton engine runs the tasks on the JDK's own scheduler and lets them take turns. There a task that
/// waits by other means than this library's holds up the whole loop until it goes on; such calls belong into an offload.
///
/// **Fairness** of a loop of one carrier: a task that is ready as k-th of those that are begins after at most 4k slices of others
/// (a slice lasts from being resumed to the next wait), and tasks made ready by other threads or by time join these after
/// at most 16 slices. Tasks start in the order in which one thread spawns them.
///
/// All methods may be called by any thread, unless they say otherwise.
public final class EventLoop implements Executor, AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /// What kind of loop to make. Immutable: each method returns another configuration.
    public static final class Config {
        private static final Config STANDARD = new Config();

        EngineChoice engine = EngineChoice.AUTOMATIC;
        int carriers = 1;
        @Nullable String name;
        @Nullable BiConsumer<? super Task<?>, ? super Throwable> unhandled;
        List<LoopObserver> observers = List.of();
        Duration stallAfter = Duration.ofMillis(500);
        Duration grace = Duration.ofSeconds(10);

        private Config() {}

        private Config with(Consumer<Config> change) {
            var copy = new Config();
            copy.engine = engine;
            copy.carriers = carriers;
            copy.name = name;
            copy.unhandled = unhandled;
            copy.observers = observers;
            copy.stallAfter = stallAfter;
            copy.grace = grace;
            change.accept(copy);
            return copy;
        }

        /// One carrier, the engine chosen by what the JVM allows.
        public static Config standard() { return STANDARD; }

        /// Insists on an engine, or leaves the choice again.
        public Config engine(EngineChoice choice) { return with(copy -> copy.engine = choice); }

        /// How many tasks can run at the same time. More than 1 makes a loop group: its carriers steal work from each other,
        /// and tasks that share data need the usual care. Without the carrier engine a group runs on the JDK's scheduler.
        ///
        /// @throws IllegalArgumentException if not 1 to 64
        public Config carriers(int n) {
            if (n < 1 || n > 64)
                throw new IllegalArgumentException("a loop has 1 to 64 carriers, but was asked for " + n
                        + "; with 1 its tasks take turns, with more they run in parallel");
            return with(copy -> copy.carriers = n);
        }

        /// The name of the loop, in messages and of its threads.
        public Config named(String loopName) { return with(copy -> copy.name = loopName); }

        /// Who is told of a task that failed while nobody waited for it; by default it is logged as an error. Called in the
        /// thread of that task.
        public Config onUnhandled(BiConsumer<? super Task<?>, ? super Throwable> handler) {
            return with(copy -> copy.unhandled = handler);
        }

        /// One more observer.
        public Config observer(LoopObserver observer) {
            return with(copy -> copy.observers = Stream.concat(observers.stream(), Stream.of(observer)).toList());
        }

        /// How long one slice may take before the watchdog reports the task, with its stack. Half a second unless set; zero
        /// means never. On the JDK's scheduler nobody watches.
        public Config stallAfter(Duration limit) { return with(copy -> copy.stallAfter = limit); }

        /// For how long [EventLoop#run] keeps the JVM from ending, while its tasks clean up after INT or TERM. Ten seconds unless
        /// set; zero means that it leaves signals alone.
        public Config grace(Duration time) { return with(copy -> copy.grace = time); }
    }

    /// Which engine a loop runs on.
    ///
    /// - `AUTOMATIC`: the carrier engine where the JVM allows it, else the baton engine
    /// - `CARRIER`: the carrier engine; opening the loop fails where the JVM does not allow it
    /// - `BATON`: the baton engine
    public enum EngineChoice { AUTOMATIC, CARRIER, BATON }

    private final String name;
    private final Engine engine;
    private final TaskGroup root;
    private final Timers timers;
    private final Eyes eyes;
    private final Set<Runnable> once = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private boolean watched;

    private EventLoop(Config config) {
        name = config.name != null ? config.name : "loop-" + COUNT.incrementAndGet();
        engine = EngineSelection.make(name, config);
        timers = new Timers(engine);
        root = TaskGroup.root(this);
        eyes = new Eyes(this, config.observers, config.unhandled);
    }

    /// Runs `main` as a task of a new loop, and returns what it returns. Then cancels the tasks that are still there, waits
    /// until they have ended, and closes the loop.
    ///
    /// **Interruption.** If the caller is interrupted, `main` is cancelled; this then waits until all have ended. The same
    /// happens on INT and TERM (and when any thread calls `System.exit`): the JVM ends when the loop has, or when
    /// [Config#grace] is over.
    ///
    /// @throws Exception what `main` threw
    /// @throws IllegalStateException if the caller is a task of a loop
    public static <T> T run(Callable<? extends T> main) throws Exception {
        return run(Config.standard(), main);
    }

    /// As [#run(Callable)], in a loop of this kind.
    public static <T> T run(Config config, Callable<? extends T> main) throws Exception {
        var around = Task.currentOrNull();
        if (around != null)
            throw new IllegalStateException("EventLoop.run is called in task \"" + around.name() + "\" of "
                    + around.loop()
                    + ", which would stand still meanwhile; call the code directly, or fork it into a TaskGroup");
        var loop = open(config);
        ShutdownHook hook = null;
        try {
            Task<T> task = loop.root.fork("main", main, true);
            if (config.grace.isPositive() && !loop.engine.simulated()) hook = new ShutdownHook(task, config.grace);
            return loop.resultOf(task);
        } finally {
            loop.close();
            if (hook != null) hook.close();
        }
    }

    /// Runs `main`, which returns nothing, as [#run(Callable)] does.
    ///
    /// @throws Exception what `main` threw
    public static void run(Action<? extends Exception> main) throws Exception {
        run(Config.standard(), main);
    }

    /// Runs `main`, which returns nothing, in a loop of this kind.
    ///
    /// @throws Exception what `main` threw
    public static void run(Config config, Action<? extends Exception> main) throws Exception {
        run(config, Tasks.callable(main));
    }

    /// Opens a loop that runs until it is closed. Its threads do not keep the JVM alive.
    public static EventLoop open() {
        return open(Config.standard());
    }

    /// Opens a loop of this kind.
    ///
    /// @throws IllegalStateException if the configuration insists on an engine that cannot run here
    public static EventLoop open(Config config) {
        var loop = new EventLoop(config);
        loop.show(config);
        return loop;
    }

    private void show(Config config) {
        if (engine.simulated()) return;
        watched = config.stallAfter.isPositive() && !engine.lanes().isEmpty();
        if (watched) Watchdog.watch(this, config.stallAfter);
        OpenLoops.add(this);
    }

    /// The loop of the calling task.
    ///
    /// @throws IllegalStateException if the caller is not a task
    public static EventLoop current() {
        return Task.current().loop();
    }

    /// Starts a task that belongs to the loop itself. If it fails and nobody waits for it then, the failure is reported as
    /// unhandled.
    ///
    /// @throws IllegalStateException if the loop is closed
    public <T> Task<T> spawn(Callable<? extends T> body) {
        return root.fork(body);
    }

    /// Starts a named task that belongs to the loop itself.
    ///
    /// @throws IllegalStateException if the loop is closed
    public <T> Task<T> spawn(String taskName, Callable<? extends T> body) {
        return root.fork(taskName, body);
    }

    /// Starts a task that returns nothing.
    ///
    /// @throws IllegalStateException if the loop is closed
    public Task<Void> spawn(Action<? extends Exception> body) {
        return root.fork(body);
    }

    /// Starts a named task that returns nothing.
    ///
    /// @throws IllegalStateException if the loop is closed
    public Task<Void> spawn(String taskName, Action<? extends Exception> body) {
        return root.fork(taskName, body);
    }

    /// Starts a task and returns a future of its result, for code outside of loops.
    ///
    /// @throws IllegalStateException if the loop is closed
    public <T> CompletableFuture<T> submit(Callable<? extends T> body) {
        var future = new CompletableFuture<T>();
        root.fork(() -> {
            try {
                future.complete(body.call());
            } catch (Throwable failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /// Runs `body` as a task and waits for it; for threads outside of the loop.
    ///
    /// **Interruption.** If the caller is interrupted, the task is cancelled, and this waits until it has ended.
    ///
    /// @throws Exception what `body` threw
    /// @throws IllegalStateException if the caller is a task of this loop, or the loop is closed
    public <T> T call(Callable<? extends T> body) throws Exception {
        checkOutside("call", "use TaskGroup, or spawn the task and await it");
        return resultOf(root.fork(null, body, true));
    }

    /// Runs `body`, which returns nothing, as [#call(Callable)] does.
    ///
    /// @throws Exception what `body` threw
    public void call(Action<? extends Exception> body) throws Exception {
        call(Tasks.callable(body));
    }

    private <T> T resultOf(Task<T> task) throws Exception {
        try {
            task.awaitEnd();
        } catch (InterruptedException interrupt) {
            task.cancel("the thread that waits for it in EventLoop.call was interrupted");
            task.awaitEndUninterruptibly();
            if (!(task.outcome() instanceof Outcome.Succeeded<T>)) throw interrupt;
            Thread.currentThread().interrupt();
        }
        return switch (task.outcome()) {
            case Outcome.Failed<T> ended -> throw Tasks.sneaky(ended.cause());
            case null, default -> task.result();
        };
    }

    /// Starts `callback` as a task.
    ///
    /// @throws RejectedExecutionException if the loop is closed
    @Override public void execute(Runnable callback) {
        try {
            root.fork(() -> callback.run());
        } catch (IllegalStateException late) {
            throw new RejectedExecutionException(late.getMessage(), late);
        }
    }

    /// Starts `callback` as a task, unless an equal one has been given and has not begun yet: then once is enough.
    ///
    /// @throws RejectedExecutionException if the loop is closed
    public void executeOnce(Runnable callback) {
        if (!once.add(callback)) return;
        try {
            execute(() -> {
                once.remove(callback);
                callback.run();
            });
        } catch (RejectedExecutionException late) {
            once.remove(callback);
            throw late;
        }
    }

    /// Starts `callback` as a task when `delay` is over. Timers of the same time start in the order in which they were set.
    ///
    /// @throws IllegalStateException if the loop is closed
    public Timer after(Duration delay, Runnable callback) {
        var timer = new Timer(this, callback);
        if (closed || !timers.add(timer.entry(), nanoTime() + nanos(delay))) throw closedFailure();
        return timer;
    }

    /// How many timers wait for their time.
    int waitingTimers() { return timers.size(); }

    /// On the keeper of the timers.
    void runTimer(Runnable callback) {
        if (!closed) execute(callback);
    }

    /// Cancels the tasks that still run, waits until they have ended, and ends the loop. Idempotent; later callers wait, too.
    ///
    /// A task that ignores cancellation keeps this waiting.
    ///
    /// **Interruption.** This waits all the same; an interrupt is kept for the caller's next wait.
    ///
    /// @throws IllegalStateException if the caller is a task of this loop
    @Override public void close() {
        checkOutside("close", "let its tasks end, and close it where it was opened");
        closed = true;
        root.shutDown(this + " was closed");
        timers.close();
        engine.retire();
        if (watched) Watchdog.forget(this);
        OpenLoops.remove(this);
    }

    private void checkOutside(String what, String remedy) {
        var task = Task.currentOrNull();
        if (task != null && task.loop() == this)
            throw new IllegalStateException(what + " of " + this
                    + " is called by its own task \"" + task.name() + "\", for whose end it would wait; " + remedy);
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(this + " is closed and takes no more timers; open another");
    }

    /// The tasks of this loop, what each waits for, and who waits for it.
    public Snapshot snapshot() { return Snapshot.of(this); }

    /// Counts of this loop.
    public Metrics metrics() { return eyes.metrics(); }

    Eyes eyes() { return eyes; }

    TaskGroup root() { return root; }

    Engine engine() { return engine; }

    Timers timers() { return timers; }

    long nanoTime() { return engine.nanoTime(); }

    /// In nanoseconds, cut off where the sum with a point in time could overflow.
    static long nanos(Duration duration) {
        long most = Long.MAX_VALUE >> 2;
        return duration.compareTo(Duration.ofNanos(most)) > 0 ? most : Math.max(0, duration.toNanos());
    }

    public String name() { return name; }

    @Override public String toString() {
        return "EventLoop[" + name + ", " + engine.kind() + (closed ? ", closed" : "") + "]";
    }
}
