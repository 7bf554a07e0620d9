package dev.parley.loop;

import dev.parley.loop.EventLoop.Config;
import dev.parley.loop.EventLoop.EngineChoice;
import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import javax.management.ObjectName;

/// Programs behind the numbers in the module's README, each run in a JVM of its own by MustHoldTest. Each prints one number.
public final class MustHold {
    private static final int ROUNDS = 50;

    private MustHold() {}

    public static void main(String[] arguments) throws Exception {
        var config = Config.standard().engine(EngineChoice.valueOf(arguments[1]));
        System.out.println("result " + switch (arguments[0]) {
            case "shield" -> shieldedSecond(config);
            case "timers" -> timers(config);
            case "sleepers" -> sleepers(config);
            case "yield" -> yieldAgainstContinuation(config);
            case "spawn" -> spawnAgainstJdk(config);
            case "switch" -> againstJdk(config, MustHold::pingPong);
            case "giveWay" -> againstJdk(config, MustHold::giveWays);
            case "sleep" -> againstJdk(config, MustHold::sleeps);
            case "call" -> alone(config.carriers(Integer.getInteger("carriers", 1)), MustHold::calls);
            case "execute" -> againstJdk(config, MustHold::executes);
            case "cancel" -> againstJdk(config, MustHold::cancels);
            default -> throw new IllegalArgumentException(arguments[0]);
        });
    }

    private static long cpuNanos() throws Exception {
        return (Long) ManagementFactory.getPlatformMBeanServer().getAttribute(
                new ObjectName("java.lang:type=OperatingSystem"),
                "ProcessCpuTime");
    }

    private static long heapAfterGc() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Milliseconds of CPU while a shielded child ignores cancellation for a second: the least of some rounds, as the JVM compiles
    /// meanwhile what ran before.
    private static double shieldedSecond(Config config) throws Exception {
        double[] spent = {Double.MAX_VALUE};
        EventLoop.run(config, () -> {
            for (int round = 0; round < 6; round++)
                CancelScope.moveOnAfter(Duration.ofMillis(1), () -> TaskGroup.run(group -> {
                    group.fork(() -> CancelScope.shielded(() -> {
                        Tasks.sleep(Duration.ofMillis(200));
                        long before = cpuNanos();
                        Tasks.sleep(Duration.ofSeconds(1));
                        spent[0] = Math.min(spent[0], (cpuNanos() - before) / 1e6);
                    }));
                }));
        });
        return spent[0];
    }

    /// Megabytes by which the heap has grown after ten million timers, set and cancelled; fails if a timer is left.
    private static double timers(Config config) throws Exception {
        try (var loop = EventLoop.open(config)) {
            loop.call(() -> setAndCancel(loop, 100_000));
            long before = heapAfterGc();
            loop.call(() -> setAndCancel(loop, 10_000_000));
            if (loop.waitingTimers() != 0) throw new AssertionError(loop.waitingTimers() + " timers are left");
            return (heapAfterGc() - before) / 1e6;
        }
    }

    private static void setAndCancel(EventLoop loop, int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            loop.after(Duration.ofHours(1), () -> {}).cancel();
            if (i % 1024 == 0) Tasks.giveWay();
        }
    }

    /// What the heap consists of, the largest first.
    private static String classHistogram() throws Exception {
        var all = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                new Object[]{new String[0]}, new String[]{String[].class.getName()});
        return all.lines().limit(30).collect(Collectors.joining("\n"));
    }

    /// Megabytes of heap for a million tasks that sleep; after some rounds of tasks that have slept and ended, if `before` says so.
    private static double sleepers(Config config) throws Exception {
        try (var loop = EventLoop.open(config)) {
            int n = 1_000_000;
            for (int round = Integer.getInteger("before", 0); round > 0; round--) loop.call(() -> sleepAndEnd(20_000));
            long before = heapAfterGc();
            long started = loop.metrics().started();
            loop.call(() -> {
                for (int i = 0; i < n; i++) {
                    loop.spawn(() -> Tasks.sleep(Duration.ofHours(1)));
                    if (i % 1024 == 0) Tasks.giveWay();
                }
            });
            Until.holds("all sleep", () -> loop.metrics().started() >= started + n); // call starts one more
            loop.call(() -> Tasks.giveWay());
            double used = (heapAfterGc() - before) / 1e6;
            System.out.println("metrics " + loop.metrics());
            if (Boolean.getBoolean("histogram")) System.out.println(classHistogram());
            Runtime.getRuntime().halt(report(used)); // to end a million tasks is not what is measured
            return used;
        }
    }

    private static void sleepAndEnd(int n) throws Exception {
        TaskGroup.run(group -> {
            for (int i = 0; i < n; i++) {
                group.fork(() -> Tasks.sleep(Duration.ofMillis(200)));
                if (i % 1024 == 0) Tasks.giveWay();
            }
        });
    }

    private static int report(double number) {
        System.out.println("result " + number);
        return 0;
    }

    private interface Measured {
        /// Returns how often it was done.
        int run() throws Exception;
    }

    /// How much dearer the first is than the second, by the medians of many short turns: so a machine that is busy is so for both, and
    /// what happens to some turns only does not count.
    private static double ratio(String names, Measured first, Measured second) throws Exception {
        var ours = new double[ROUNDS];
        var theirs = new double[ROUNDS];
        for (int i = -ROUNDS; i < ROUNDS; i++) {
            double mine = nanosEach(first);
            double other = nanosEach(second);
            if (i < 0) continue; // until the code is compiled
            ours[i] = mine;
            theirs[i] = other;
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        System.out.printf(names + "; the best turns %.0f and %.0f%n", ours[ROUNDS / 2], theirs[ROUNDS / 2], ours[0],
                theirs[0]);
        return ours[ROUNDS / 2] / theirs[ROUNDS / 2];
    }

    private static double nanosEach(Measured measured) throws Exception {
        long begin = System.nanoTime();
        int n = measured.run();
        return (System.nanoTime() - begin) / (double) n;
    }

    /// How much dearer a yield between two tasks is than the bare switch of a continuation (one run and one yield).
    private static double yieldAgainstContinuation(Config config) throws Exception {
        return ratio("yield %.0f ns, continuation %.0f ns", () -> giveWays(config), () -> continuation(50_000));
    }

    private static int continuation(int n) throws Exception {
        var type = Class.forName("jdk.internal.vm.Continuation");
        var scopeType = Class.forName("jdk.internal.vm.ContinuationScope");
        var lookup = MethodHandles.lookup();
        Object scope = scopeType.getConstructor(String.class).newInstance("raw");
        MethodHandle yield = lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scopeType))
                .bindTo(scope);
        Runnable body = () -> {
            try {
                for (int i = 0; i < n; i++) {
                    boolean resumed = (boolean) yield.invokeExact();
                    if (!resumed) throw new AssertionError("pinned");
                }
            } catch (Throwable failure) {
                throw new AssertionError(failure);
            }
        };
        Object continuation = type.getConstructor(scopeType, Runnable.class).newInstance(scope, body);
        MethodHandle run = lookup.findVirtual(type, "run", MethodType.methodType(void.class)).bindTo(continuation);
        try {
            for (int i = 0; i <= n; i++) run.invokeExact();
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
        return n;
    }

    /// Start and end of a task, relative to that of a virtual thread of the JDK.
    private static double spawnAgainstJdk(Config config) throws Exception {
        int n = 20_000;
        return ratio("spawn and join %.0f ns, JDK %.0f ns", () -> {
            EventLoop.run(config, () -> TaskGroup.run(group -> {
                for (int i = 0; i < n; i++) group.fork(() -> {}).await();
            }));
            return n;
        }, () -> {
            var failure = new AtomicReference<Throwable>();
            Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < n; i++) Thread.startVirtualThread(() -> {}).join();
                } catch (InterruptedException unexpected) {
                    failure.set(unexpected);
                }
            }).join();
            if (failure.get() != null) throw new AssertionError(failure.get());
            return n;
        });
    }

    private interface Operation {
        /// Returns how often it was done.
        int on(Config config) throws Exception;
    }

    /// What an operation costs, relative to the same between the same tasks on the JDK's scheduler.
    private static double againstJdk(Config config, Operation operation) throws Exception {
        var jdk = config.engine(EngineChoice.BATON).carriers(2);
        return ratio("%.0f ns, JDK %.0f ns", () -> operation.on(config), () -> operation.on(jdk));
    }

    /// Nanoseconds, with nothing else in this JVM. For what wakes threads of the system: by turns with another it takes another
    /// time than by itself, and why is not known (see DESIGN).
    private static double alone(Config config, Operation operation) throws Exception {
        var nanos = new double[ROUNDS];
        for (int i = -ROUNDS; i < ROUNDS; i++) {
            double each = nanosEach(() -> operation.on(config));
            if (i >= 0) nanos[i] = each;
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    private static int giveWays(Config config) throws Exception {
        int tasks = Integer.getInteger("tasks", 2);
        int n = 40_000 / tasks;
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            for (int t = 0; t < tasks; t++) group.fork(() -> {
                for (int i = 0; i < n; i++) Tasks.giveWay();
            });
        }));
        return tasks * n;
    }

    private static int sleeps(Config config) throws Exception {
        int n = 20;
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            for (int t = 0; t < 100; t++) group.fork(() -> {
                for (int i = 0; i < n; i++) Tasks.sleep(Duration.ofNanos(10_000));
            });
        }));
        return 100 * n;
    }

    /// From another thread, which waits for each.
    private static int calls(Config config) throws Exception {
        int n = 1_000;
        try (var loop = EventLoop.open(config)) {
            for (int i = 0; i < n; i++) loop.call(() -> 1);
        }
        return n;
    }

    private static int executes(Config config) throws Exception {
        int n = 20_000;
        var done = new CountDownLatch(n);
        try (var loop = EventLoop.open(config)) {
            loop.call(() -> {
                for (int i = 0; i < n; i++) loop.execute(done::countDown);
            });
            done.await();
        }
        return n;
    }

    private static int cancels(Config config) throws Exception {
        int n = 4_000;
        EventLoop.run(config, () -> {
            for (int i = 0; i < n; i++) {
                var task = EventLoop.current().spawn(() -> Tasks.sleepForever());
                Tasks.giveWay();
                task.cancel("enough");
                Tasks.settle(task::await);
            }
        });
        return n;
    }

    private static volatile int turn;

    private static int pingPong(Config config) throws Exception {
        int n = 20_000;
        turn = 2; // nobody's
        var sides = new AtomicReferenceArray<Side>(2);
        EventLoop.run(config, () -> TaskGroup.run(group -> {
            for (int t = 0; t < 2; t++) {
                int me = t;
                group.<Integer>start("side" + t, ready -> {
                    var waiting = Waiting.current();
                    sides.set(me, new Side(waiting, Thread.currentThread()));
                    ready.accept(me);
                    for (int i = 0; i < n; i++) {
                        while (turn != me) waiting.park(sides);
                        turn = 1 - me;
                        sides.get(1 - me).wake();
                    }
                });
            }
            turn = 0;
            sides.get(0).wake();
        }));
        return 2 * n;
    }

    private record Side(Waiting waiting, Thread thread) {
        void wake() { waiting.unpark(thread); }
    }
}
