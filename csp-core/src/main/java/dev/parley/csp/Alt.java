package dev.parley.csp;

import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Choice: waits until one of several guards can happen, lets exactly that one happen, and does what it says.
///
/// ```java
/// var alt = Alt.of(
///     commands.on(this::obey),
///     readings.on(this::record).when(() -> !paused),
///     Alt.after(ofSeconds(1), this::blink));
/// while (running) alt.select();
/// ```
///
/// The choice is atomic with the transfer: the guards that were not chosen did not happen and leave no trace. The
/// same channel may stand in several guards and in both directions; an Alt never communicates with itself. While it waits, an Alt keeps its place
/// in every queue.
///
/// A guard whose input channel is closed and empty is out of the choice. An enabled guard on a poisoned channel, or an enabled output guard on a closed one,
/// makes the choice throw, whatever else is ready.
///
/// An Alt is prepared once and used again and again, by one thread at a time; choosing allocates nothing.
public final class Alt {
    //  The ticket says who decides: FREE while the Alt waits undecided; else the index of the guard that a partner, holding the lock of that
    //  guard's channel, took by compare-and-set; or one of the owner's own reasons to stop waiting, taken the same way.
    //
    //  A1  a branch is in a queue only between the owner's registration (all locks held) and its deregistration
    //  A2  between two choices no branch is in any queue, so a claim always means the present choice
    //  A3  whoever claimed calls finish exactly once, and the owner does not return before that
    //  A4  while the owner tries its guards it holds the locks of all their channels, and it is in no queue: so what it does is one atomic
    //      step, no partner can take it meanwhile, and two Alts that meet need no further agreement. That is also why priSelect sees all
    //      guards at one instant. Locks are taken in order of channel id, so that two Alts do not wait for each other's locks (Go's select).

    private static final int FREE = -1, TIMED_OUT = -2, INTERRUPTED = -3, EXHAUSTED = -4, NONE = -5;
    private static final VarHandle TICKET, FINISHED, IN_USE;

    static {
        try {
            var lookup = MethodHandles.lookup();
            TICKET = lookup.findVarHandle(Alt.class, "ticket", int.class);
            FINISHED = lookup.findVarHandle(Alt.class, "finished", boolean.class);
            IN_USE = lookup.findVarHandle(Alt.class, "inUse", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Branch[] branches;
    private final LocalChannel<?>[] channels; // each once, in order of id
    private int next; // where a fair choice begins to look

    @SuppressWarnings("unused") // through IN_USE
    private boolean inUse;
    private int ticket = NONE;
    @SuppressWarnings("UnusedVariable") // read through FINISHED
    private boolean finished;
    private @Nullable Object outcome;
    private volatile @Nullable Thread thread; // volatile, with waiting: read by one who closes a channel and has not claimed
    private volatile @Nullable Waiting waiting;

    private Alt(Guard[] guards) {
        branches = new Branch[guards.length];
        for (int i = 0; i < guards.length; i++) branches[i] = new Branch(i, Objects.requireNonNull(guards[i], "guard"));
        channels = Arrays.stream(branches).map(branch -> branch.channel).filter(Objects::nonNull).distinct()
                .sorted(Comparator.comparingLong(channel -> channel.id)).toArray(LocalChannel<?>[]::new);
    }

    /// An Alt over `guards`. Their order is the priority of [#priSelect].
    ///
    /// @throws IllegalArgumentException if there is none: such an Alt could never choose
    public static Alt of(Guard... guards) {
        if (guards.length == 0)
            throw new IllegalArgumentException("an Alt needs at least one guard, or it would wait for ever");
        return new Alt(guards);
    }

    /// A guard that is ready when the choice has lasted for `time`; at once if that is not positive.
    public static Guard after(Duration time, Proc then) {
        return new TimerGuard(Nanos.of(time), Objects.requireNonNull(then, "then"), null);
    }

    /// A guard that is chosen when no other is ready at the moment the choice begins, so that the choice never waits.
    public static Guard otherwise(Proc then) {
        return new SkipGuard(Objects.requireNonNull(then, "then"), null);
    }

    /// Waits for a guard and lets it happen; when several are ready, fairly: a guard that stays ready is chosen after at most n-1 others.
    ///
    /// **Interruption.** If interrupted on entry or while waiting, throws `InterruptedException` and no guard happened. If the interruption comes too late, the chosen
    /// guard happened, its handler runs, and the interrupt flag stays set.
    ///
    /// @return the index of the guard that happened, after its handler has run
    /// @throws InterruptedException see above
    /// @throws ChannelException if a guard can never happen, or [ChannelClosed] if no guard is left because all input channels are closed and empty
    /// @throws IllegalStateException if every guard is disabled by its precondition, or the Alt is in use by another thread
    /// @throws Exception what the handler throws; the guard happened all the same
    public int select() throws Exception {
        return happen(true);
    }

    /// As [#select], but when several guards are ready it is the first of them that happens: at the instant of choosing, no guard before the chosen one was
    /// ready.
    ///
    /// @return the index of the guard that happened, after its handler has run
    /// @throws Exception as [#select]
    public int priSelect() throws Exception {
        return happen(false);
    }

    /// Makes one choice and calls its handler. The Alt is in use until what was chosen is out of it: from then on the handler, or another
    /// thread, may choose again.
    private int happen(boolean fairly) throws Exception {
        if (!IN_USE.compareAndSet(this, false, true))
            throw new IllegalStateException(
                    this + " is in use by another thread; give each process an Alt of its own");
        Branch chosen;
        Object element;
        try {
            chosen = branches[choose(fairly ? next : 0)];
            element = chosen.item;
            chosen.item = null;
        } finally {
            IN_USE.setRelease(this, false);
        }
        Preemption.point();
        switch (chosen.guard) {
            case InputGuard<?> input -> input.handle(Objects.requireNonNull(element));
            case OutputGuard<?> output -> output.sent.run();
            case TimerGuard timer -> timer.then.run();
            case SkipGuard skip -> skip.then.run();
        }
        return chosen.index;
    }

    /// Looks at the guards from `start` on, and all around.
    private int choose(int start) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before waiting on " + this);
        enable();
        int chosen = decide(start);
        if (chosen == NONE) chosen = await();
        next = chosen + 1 == branches.length ? 0 : chosen + 1;
        return chosen;
    }

    private void enable() {
        boolean any = false;
        for (var branch : branches) {
            branch.enabled = branch.guard.enabled();
            any |= branch.enabled;
        }
        if (!any)
            throw new IllegalStateException("every guard of " + this + " is disabled, so that it would wait for ever");
    }

    /// Lets a ready guard happen, or registers with all channels.
    ///
    /// @return the guard that happened, or NONE
    private int decide(int start) {
        Branch chosen;
        for (var channel : channels) channel.lock();
        try {
            for (var branch : branches) if (branch.enabled) branch.requireUsable();
            chosen = tryFrom(start);
            if (chosen == null) register();
        } finally {
            for (var channel : channels) channel.unlock();
        }
        if (chosen == null) return NONE;
        switch (chosen.guard) {
            case InputGuard<?> input -> input.channel.taken(chosen);
            case OutputGuard<?> output -> given(output, chosen);
            case TimerGuard _,SkipGuard _ -> {}
        }
        return chosen.index;
    }

    private @Nullable Branch tryFrom(int start) {
        Branch skip = null;
        for (int i = start, left = branches.length; left > 0; left--, i = i + 1 == branches.length ? 0 : i + 1) {
            var branch = branches[i];
            if (!branch.enabled) continue;
            boolean happened = switch (branch.guard) {
                case InputGuard<?> input -> input.channel.takeFor(branch);
                case OutputGuard<?> output -> giveFor(output, branch);
                case TimerGuard timer -> timer.nanos <= 0;
                case SkipGuard _ -> {
                    if (skip == null) skip = branch;
                    yield false;
                }
            };
            if (happened) return branch;
        }
        return skip;
    }

    private <T> boolean giveFor(OutputGuard<T> output, Branch branch) {
        return output.channel.giveFor(branch, output.value);
    }

    private <T> void given(OutputGuard<T> output, Branch branch) {
        output.channel.given(branch, output.value);
    }

    private void register() {
        ticket = FREE;
        finished = false;
        outcome = null;
        thread = Thread.currentThread();
        waiting = Waiting.current();
        for (var branch : branches)
            branch.exhausted = branch.guard instanceof InputGuard<?> input && input.channel.ended();
        for (var branch : branches) if (branch.enabled && !branch.exhausted) branch.register();
    }

    /// Waits, registered, until a partner, the time, an interruption or the end of all channels decides.
    private int await() throws InterruptedException {
        var waiting = Objects.requireNonNull(this.waiting);
        var timer = earliestTimer();
        long deadline = timer == null ? 0 : waiting.nanoTime() + ((TimerGuard) timer.guard).nanos;
        boolean interrupted = false;
        boolean timed = timer != null;
        while (!(boolean) FINISHED.getAcquire(this)) { // pairs with Branch.finish: item and outcome are visible
            if (timer == null && exhausted() && decideMyself(EXHAUSTED)) break;
            Preemption.point();
            if (!timed) waiting.park(this);
            else if (deadline - waiting.nanoTime() > 0) waiting.parkUntil(this, deadline);
            else if (decideMyself(TIMED_OUT)) break;
            else timed = false; // a partner was first, its word is on its way
            // cleared even when it comes too late, since park would not wait otherwise; set again below
            if (Thread.interrupted()) {
                if (!interrupted && decideMyself(INTERRUPTED)) break;
                interrupted = true;
            }
        }
        for (var branch : branches) branch.deregister();
        if (interrupted) Thread.currentThread().interrupt();
        return switch (ticket) {
            case TIMED_OUT -> Objects.requireNonNull(timer).index;
            case INTERRUPTED -> throw new InterruptedException("interrupted while waiting on " + this);
            case EXHAUSTED -> throw new ChannelClosed(name(),
                    "no guard is left of " + this + ": every channel is closed and empty");
            default -> {
                if (outcome instanceof Ending end) throw branches[ticket].failure(end);
                yield ticket;
            }
        };
    }

    private boolean decideMyself(int reason) {
        Preemption.point();
        return TICKET.compareAndSet(this, FREE, reason);
    }

    private @Nullable Branch earliestTimer() {
        Branch earliest = null;
        for (var branch : branches) {
            if (branch.enabled && branch.guard instanceof TimerGuard timer
                    && (earliest == null || timer.nanos < ((TimerGuard) earliest.guard).nanos))
                earliest = branch;
        }
        return earliest;
    }

    /// Whether no guard that was registered can happen any more.
    private boolean exhausted() {
        for (var branch : branches) if (branch.live()) return false;
        return true;
    }

    private String name() {
        return Arrays.toString(branches);
    }

    /// The guards: `in?` receives, `out!` sends.
    @Override public String toString() {
        return "Alt" + name();
    }

    /// A guard in this Alt: its waiter in the queue of its channel.
    final class Branch extends Waiter {
        final int index;
        final Guard guard;
        final @Nullable LocalChannel<?> channel;
        private final @Nullable WaitQueue side;
        boolean enabled;
        private boolean registered;
        private volatile boolean exhausted; // for good: an input whose channel is closed, with nothing in it

        /// Those on the other side, claimed and to be finished outside the locks: one receiver, or senders linked by `next`.
        @Nullable Waiter partner;

        Branch(int index, Guard guard) {
            this.index = index;
            this.guard = guard;
            switch (guard) {
                case InputGuard<?> input -> {
                    channel = input.channel;
                    side = input.channel.receivers();
                }
                case OutputGuard<?> output -> {
                    channel = output.channel;
                    side = output.channel.senders();
                }
                case TimerGuard _,SkipGuard _ -> {
                    channel = null;
                    side = null;
                }
            }
        }

        void requireUsable() {
            if (guard instanceof InputGuard<?> input) input.channel.requireNotPoisoned("choice of receiving on");
            else if (guard instanceof OutputGuard<?> output) output.channel.requireOpen("choice of sending to");
        }

        void register() {
            if (side == null || channel == null) return;
            if (guard instanceof OutputGuard<?> output) item = output.value;
            side.add(this);
            registered = true;
        }

        void deregister() {
            if (!registered || side == null || channel == null) return;
            registered = false;
            channel.withdraw(this, side);
            if (guard instanceof OutputGuard<?>) item = null;
        }

        boolean live() {
            return registered && !exhausted;
        }

        ChannelException failure(Ending end) {
            return Objects.requireNonNull(channel).failure("choice on", end);
        }

        @Override boolean claim() {
            Preemption.point();
            return TICKET.compareAndSet(Alt.this, FREE, index);
        }

        @Override void finish(Object end) {
            // Read first: once finished is out, the owner may return and begin another choice.
            var sleeper = thread;
            var seam = waiting;
            outcome = end;
            Preemption.point();
            FINISHED.setRelease(Alt.this, true);
            Preemption.point();
            if (seam != null && sleeper != null) seam.unpark(sleeper);
        }

        @Override void sourceClosed() {
            exhausted = true;
            Preemption.point();
            var sleeper = thread;
            var seam = waiting;
            if (seam != null && sleeper != null) seam.unpark(sleeper);
        }

        @Override public String toString() {
            return guard.toString();
        }
    }
}
