package dev.parley.csp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Processes side by side, as one process: each runs on a virtual thread of its own, and [#run] returns when all have ended.
///
/// ```java
/// new Par(
///     () -> { try (out) { for (var x : work) out.send(x); } },
///     () -> { for (var x : out) IO.println(x); }
/// ).run();
/// ```
///
/// **Failure.** The first process that throws cancels the others by interrupting them; `run` waits until all have ended and then throws what the first one threw,
/// with what others threw attached as suppressed, each with the name of its process. No process outlives `run`.
///
/// **Where.** The processes run where the caller does: in the same loop if it is a task of one, with the values that [dev.parley.loop.Tasks#where] has bound there.
/// A cancel scope around `run` ends it as an interruption does.
///
/// **Memory.** What the caller did before `run` happens-before every process; all that they do happens-before the return of `run`.
public final class Par implements Proc {
    private enum Option { COLLECTING, CONFINED, WATCHED }

    private static final AtomicInteger LAST = new AtomicInteger();

    private final String name;
    private final List<Proc> processes;
    private final Set<Option> options;
    private volatile @Nullable ParRun latest; // that runs, or is watched

    /// A Par of `processes`, named by a number.
    public Par(Proc... processes) {
        this(List.of(processes));
    }

    /// A Par of `processes`, named by a number.
    public Par(List<? extends Proc> processes) {
        this("par-" + LAST.incrementAndGet(), processes);
    }

    /// A Par of `processes`; reports call it `name`.
    public Par(String name, Proc... processes) {
        this(name, List.of(processes));
    }

    /// A Par of `processes`; reports call it `name`.
    public Par(String name, List<? extends Proc> processes) {
        this(name, List.copyOf(processes), Set.of());
    }

    private Par(String name, List<Proc> processes, Set<Option> options) {
        this.name = Objects.requireNonNull(name, "name");
        this.processes = processes;
        this.options = options;
    }

    /// A Par of the `n` processes that `process` gives for 0 to n-1.
    public static Par times(int n, IntFunction<? extends Proc> process) {
        if (n < 0) throw new IllegalArgumentException("a Par needs zero or more processes, but n was " + n);
        return new Par(IntStream.range(0, n).<Proc>mapToObj(process).toList());
    }

    /// A process that adds processes while it runs, and ends when its body and all of them have ended. They are the Par's like any other: the first
    /// failure, also of the body, cancels the others.
    ///
    /// ```java
    /// Par.forking("server", forks -> { for (var request : requests) forks.fork(() -> serve(request)); }).run();
    /// ```
    public static Proc forking(String name, Forking body) {
        Objects.requireNonNull(body, "body");
        var par = new Par(name, List.of(), Set.of());
        return Proc.named(name).does(() -> new ParRun(par, body).toEnd());
    }

    /// Runs `tasks` side by side.
    ///
    /// **Failure** and **interruption** as with [#run].
    ///
    /// @return what they returned, in the order of `tasks`
    /// @throws Exception what the first failing task threw
    public static <T extends @Nullable Object> List<T> results(List<? extends Callable<? extends T>> tasks)
            throws Exception {
        var results = new ArrayList<T>(Collections.nCopies(tasks.size(), null));
        times(tasks.size(), i -> {
            var task = tasks.get(i);
            return () -> results.set(i, task.call());
        }).run();
        return Collections.unmodifiableList(results);
    }

    /// This Par, but a failure does not cancel the other processes: all run to their end, then [#run] throws the first failure with all others attached.
    public Par collecting() {
        return with(Option.COLLECTING);
    }

    /// This Par, but [#run] ends with a [DeadlockException] when its processes can never go on: when all that have not ended wait, without a limit of time, on
    /// channels, barriers or choices among them. What is confined to the processes of this Par, and of the Pars that they run, is the use of those channels
    /// and barriers: a thread that is none of them and would send or receive there later comes too late.
    ///
    /// The others are then cancelled and awaited, as after a failure. It takes a fraction of a second until a deadlock is noticed; communication costs
    /// nothing more. Processes that wait for something else, such as a socket, a lock or a timer, are taken to go on. Not looked for in a simulation, which
    /// notices a deadlock itself.
    ///
    /// Of a Par that is not confined, a warning is logged (`dev.parley.csp`) when all its processes have waited so for ten seconds (system property
    /// `dev.parley.patience`) and nobody else was among the last to use their channels.
    public Par confined() {
        return with(Option.CONFINED);
    }

    /// This Par, but an account is kept of what its processes, and those of the Pars that they run, send and receive, for [#network]. It costs each
    /// communication some tens of nanoseconds, also elsewhere in this JVM. A warning is logged when some of its processes have for ten seconds waited only for
    /// such as wait with them or have ended, while others go on.
    public Par watched() {
        return with(Option.WATCHED);
    }

    private Par with(Option option) {
        var all = EnumSet.of(option);
        all.addAll(options);
        return new Par(name, processes, Set.copyOf(all));
    }

    /// The processes and channels of the latest run as they are now: who runs, who waits where and for whom. For a Par that is [#watched] also who has sent
    /// to whom how much, and this after it has ended, too. Of one that is not, nothing is known but while it runs, and its processes are shown as ended, also
    /// before they began. May be called by any thread.
    public Network network() {
        var run = latest;
        if (run != null) return Survey.of(run).network();
        return new Network(name, processes.stream()
                .map(process -> new Network.Member(process.name(), Network.State.ENDED, List.of(), "")).toList(),
                List.of());
    }

    /// What adds processes to a Par while it runs; given to the body of [#forking].
    public interface Forks {
        /// Starts `process` on a virtual thread of its own. Only for the body and processes of the Par, while they run.
        ///
        /// @throws IllegalStateException if all of them have ended
        void fork(Proc process);
    }

    /// The body of [#forking].
    @FunctionalInterface public interface Forking {
        /// Does what it does, adding processes by `forks`.
        void run(Forks forks) throws Exception;
    }

    /// Runs the processes and returns when all have ended. A Par may be run again.
    ///
    /// **Interruption.** Interrupts the processes, waits until all have ended, and throws `InterruptedException`, with what they threw attached.
    ///
    /// @throws InterruptedException if the caller is interrupted
    /// @throws Exception what the first failing process threw
    @Override public void run() throws Exception {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before " + this + " began");
        var run = new ParRun(this, null);
        latest = run;
        try {
            run.toEnd();
        } finally {
            if (!options.contains(Option.WATCHED) && latest == run) latest = null;
        }
    }

    List<Proc> processes() {
        return processes;
    }

    boolean isCollecting() {
        return options.contains(Option.COLLECTING);
    }

    boolean isConfined() {
        return options.contains(Option.CONFINED);
    }

    boolean isWatched() {
        return options.contains(Option.WATCHED);
    }

    @Override public String name() {
        return name;
    }

    @Override public String toString() {
        return "Par \"" + name + "\"";
    }
}
