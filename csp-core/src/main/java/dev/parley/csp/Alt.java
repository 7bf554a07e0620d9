package dev.parley.csp;

import dev.parley.loop.Outcome;
import dev.parley.loop.Task;
import dev.parley.loop.waiting.Preemption;
import dev.parley.loop.waiting.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Choice: waits until one of several guards can happen, lets exactly that one happen, and does what it says.
///
/// ```java
/// var alt = Alt.of(
///     commands.on(this::obey),
///     readings.on(this::record).when(() -> !paused),
///     display.offering(() -> average),
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
/// An Alt is prepared once and used again and again, by one thread at a time; choosing among channels allocates nothing.
public final class Alt {
    //  The ticket says who decides. It holds the number of the choice, which only grows, and a state: FREE while the Alt waits undecided; then, by
    //  compare-and-set, a guard that was chosen, or one of the owner's own reasons to stop waiting. HELD and RESERVED can go back to FREE: HELD by
    //  one who has a channel's or barrier's lock and is about to decide, so that others spin; RESERVED by an Event, for as long as it likes, so that others pass by.
    //
    //  A1  a branch is in a queue only between the owner's registration (all locks held) and its withdrawal
    //  A2  between two choices no branch is in any queue, so a claim of a partner always means the present choice; an Event names the choice it means
    //  A3  whoever claimed calls finish exactly once, and the owner does not return before that
    //  A4  when the owner registers, it holds the locks of all its channels, has found nothing that can happen, and is in no queue: so looking and
    //      registering is one atomic step, no partner can take it meanwhile, and two Alts that meet need no further agreement. That is also why priSelect sees all
    //      guards at one instant. Locks are taken in order of their ids, so that two Alts do not wait for each other's locks (Go's select).
    //  A5  a reservation that is released may have made partners pass by; so the owner then withdraws and looks at everything again
    //  A6  who holds several Alts takes them in order of their ids, and takes no lock meanwhile; so nobody spins for ever
    //
    //  A7  a guard that has to be asked (Event.Distant) is asked while the Alt is in no queue and its ticket is RESERVED from the start, so whoever answers decides alone;
    //      a released one leaves nothing behind
    //
    //  A choice that is not by priority first looks at one channel after another with only that one's lock: what is found so was ready at that
    //  instant, which is all that select promises. Since what has ended must be seen whatever is ready, it then looks, still with that lock, whether
    //  any other has; if so, it leaves it to the look at all at once. The same if the partner is an Alt: that one may be decided elsewhere between the
    //  two looks, and by what was not there at the first.

    static final int FREE = 0, HELD = 1, RESERVED = 2;
    private static final int TIMED_OUT = 3, INTERRUPTED = 4, EXHAUSTED = 5, START_OVER = 6, FIRST_GUARD = 16;
    private static final int STATE_BITS = 16, MOST = (1 << STATE_BITS) - FIRST_GUARD;
    private static final int NONE = -1, AGAIN = -2;
    private static final VarHandle TICKET, FINISHED, IN_USE;
    private static final AtomicLong LAST_ID = new AtomicLong();

    static {
        try {
            var lookup = MethodHandles.lookup();
            TICKET = lookup.findVarHandle(Alt.class, "ticket", long.class);
            FINISHED = lookup.findVarHandle(Alt.class, "finished", boolean.class);
            IN_USE = lookup.findVarHandle(Alt.class, "inUse", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private enum Order { FAIR, PRIORITY, RANDOM }

    final long id = LAST_ID.incrementAndGet();
    private final Branch[] branches;
    private final SpinLock[] locks; // each once, in order of id
    private final boolean oneByOne; // whether its guards can be looked at one after the other
    private final boolean asks; // whether one of them is asked
    private int next; // where a fair choice begins to look
    private int @Nullable [] shuffled; // for random choices
    private @Nullable Thread known; // who chose here last

    @SuppressWarnings("unused") // through IN_USE
    private boolean inUse;
    private long choice; // written by the owner, before a claimant can find it
    @SuppressWarnings("unused") // through TICKET
    private long ticket = chosen(0); // decided, by nobody
    @SuppressWarnings("UnusedVariable") // read through FINISHED
    private boolean finished;
    private @Nullable Object outcome;
    private volatile boolean startOver;
    private volatile @Nullable Thread thread; // volatile, with waiting: read by one who closes a channel and has not claimed
    private volatile @Nullable Waiting waiting;

    private Alt(Guard[] guards) {
        branches = new Branch[guards.length];
        var found = new SpinLock[guards.length];
        int count = 0;
        boolean alone = guards.length > 1;
        boolean asking = false;
        for (int i = 0; i < guards.length; i++) {
            var branch = Objects.requireNonNull(guards[i], "guard").branch(this, i);
            branches[i] = branch;
            alone &= branch.canBeAlone();
            asking |= branch.isAsked();
            var lock = branch.source();
            if (lock != null) count = insert(found, count, lock);
        }
        locks = Arrays.copyOf(found, count);
        oneByOne = alone;
        asks = asking;
    }

    private static int insert(SpinLock[] sorted, int count, SpinLock lock) {
        int at = count;
        while (at > 0 && sorted[at - 1].id > lock.id) at--;
        if (at > 0 && sorted[at - 1] == lock) return count;
        System.arraycopy(sorted, at, sorted, at + 1, count - at);
        sorted[at] = lock;
        return count + 1;
    }

    /// An Alt over `guards`. Their order is the priority of [#priSelect].
    ///
    /// @throws IllegalArgumentException if there is none: such an Alt could never choose
    public static Alt of(Guard... guards) {
        if (guards.length == 0)
            throw new IllegalArgumentException("an Alt needs at least one guard, or it would wait for ever");
        if (guards.length > MOST)
            throw new IllegalArgumentException("an Alt has at most " + MOST + " guards, but there were " + guards.length
                    + "; let several processes choose and send on what they chose");
        return new Alt(guards);
    }

    /// A guard that is ready when the choice has lasted for `time`; at once if that is not positive.
    public static Guard after(Duration time, Proc then) {
        return new Guard(new TimerGuard(Nanos.of(time), null, then));
    }

    /// A guard that is ready from `deadline` on.
    public static Guard at(Deadline deadline, Proc then) {
        Objects.requireNonNull(deadline, "deadline");
        return at(() -> deadline, then);
    }

    /// A guard that is ready from a point in time on, which each choice asks for when it begins: so `then` can set the next one, and what repeats does not drift.
    public static Guard at(Supplier<Deadline> deadline, Proc then) {
        return new Guard(new TimerGuard(0, Objects.requireNonNull(deadline, "deadline"), then));
    }

    /// A guard that is chosen when no other is ready at the moment the choice begins, so that the choice never waits.
    public static Guard otherwise(Proc then) {
        return new Guard(new SkipGuard(then));
    }

    /// A guard that is ready when `stage` has completed, and stays so. If it completed exceptionally, the choice of this guard throws that exception.
    public static <T> Guard on(CompletionStage<T> stage, Handler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return new Guard(new EventGuard<>(new StageEvent<>(stage), done -> handler.handle(done.get())));
    }

    /// A guard that is ready when `task` has ended, and stays so.
    public static <T> Guard on(Task<T> task, Handler<? super Outcome<T>> handler) {
        Objects.requireNonNull(handler, "handler");
        return new Guard(new EventGuard<>(new StageEvent<>(task.toFuture(), "end of " + task),
                _ -> handler.handle(Objects.requireNonNull(task.outcome()))));
    }

    /// A guard that is ready when `event` says so.
    public static <T> Guard on(Event<T> event, Handler<? super T> handler) {
        return new Guard(new EventGuard<>(event, handler));
    }

    /// Waits for a guard and lets it happen; when several are ready, fairly: a guard that stays ready is chosen after at most n-1 others.
    ///
    /// **Interruption.** If interrupted on entry or while waiting, throws `InterruptedException` and no guard happened. If the interruption comes too late, the chosen
    /// guard happened, its handler runs, and the interrupt flag stays set.
    ///
    /// @return the index of the guard that happened, after its handler has run
    /// @throws InterruptedException see above
    /// @throws ChannelException if a guard can never happen, or [ChannelClosed] if no guard is left because all input channels are closed and empty
    /// @throws BrokenBarrier if an enabled guard's barrier is broken
    /// @throws IllegalStateException if every guard is disabled by its precondition, or the Alt is in use by another thread
    /// @throws Exception what the handler throws; the guard happened all the same
    public int select() throws Exception {
        return happen(Order.FAIR);
    }

    /// As [#select], but when several guards are ready it is the first of them that happens: at the instant of choosing, no guard before the chosen one was
    /// ready.
    ///
    /// @return the index of the guard that happened, after its handler has run
    /// @throws Exception as [#select]
    public int priSelect() throws Exception {
        return happen(Order.PRIORITY);
    }

    /// As [#select], but when several guards are ready each is as likely as the others. In a simulation the choice follows the seed.
    ///
    /// @return the index of the guard that happened, after its handler has run
    /// @throws Exception as [#select]
    public int randomSelect() throws Exception {
        return happen(Order.RANDOM);
    }

    /// Makes one choice and calls its handler. The Alt is in use until what was chosen is out of it: from then on the handler, or another
    /// thread, may choose again.
    private int happen(Order order) throws Exception {
        if (!IN_USE.compareAndSet(this, false, true))
            throw new IllegalStateException(
                    this + " is in use by another thread; give each process an Alt of its own");
        Branch chosen;
        Object item;
        Waiter held;
        try {
            chosen = branches[choose(order)];
            item = chosen.item;
            held = chosen.held;
            chosen.item = null;
            chosen.held = null;
        } finally {
            IN_USE.setRelease(this, false);
        }
        Preemption.point();
        chosen.handle(item, held);
        return chosen.index;
    }

    private int choose(Order order) throws Exception {
        if (Thread.interrupted()) throw interruptedBefore();
        if (known != Thread.currentThread()) makeKnown();
        enable();
        int[] places = order == Order.RANDOM ? shuffle() : null;
        int start = order == Order.FAIR ? next : 0;
        int chosen = NONE;
        if (asks) chosen = askFirst(start, places);
        else if (order != Order.PRIORITY && oneByOne) chosen = tryOneByOne(start, places);
        boolean waited = chosen >= 0;
        for (boolean first = true; chosen < 0; first = false) {
            if (!first && Thread.interrupted()) throw interruptedBefore();
            chosen = decide(start, places);
            if (chosen != NONE) continue;
            chosen = await();
            waited = true;
        }
        if (asks && !waited) for (var branch : branches) if (branch.enabled) branch.passedOver();
        next = chosen + 1 == branches.length ? 0 : chosen + 1;
        return chosen;
    }

    /// Lets reports know who may come to all these channels, though a choice often looks at some only.
    private void makeKnown() {
        known = Thread.currentThread();
        for (var branch : branches) branch.makeKnown();
    }

    private InterruptedException interruptedBefore() {
        return new InterruptedException("interrupted before waiting on " + this);
    }

    private void enable() {
        boolean any = false;
        for (var branch : branches) {
            branch.enable();
            any |= branch.enabled;
            if (branch.enabled && branch instanceof TimerGuard.Timer timer) timer.begin();
        }
        if (!any)
            throw new IllegalStateException("every guard of " + this + " is disabled, so that it would wait for ever");
    }

    /// A random permutation, each equally likely (Fisher and Yates).
    private int[] shuffle() {
        var places = shuffled;
        if (places == null) {
            places = new int[branches.length];
            for (int i = 0; i < places.length; i++) places[i] = i;
            shuffled = places;
        }
        var waiting = Waiting.current();
        for (int i = places.length - 1; i > 0; i--) {
            int j = waiting.random(i + 1);
            int place = places[i];
            places[i] = places[j];
            places[j] = place;
        }
        return places;
    }

    /// The guard that is looked at as the i-th: `places` if there are any, else all around from `start`.
    private Branch at(int i, int start, int @Nullable [] places) {
        if (places != null) return branches[places[i]];
        int place = start + i;
        return branches[place < branches.length ? place : place - branches.length];
    }

    /// Asks the guards whose turn it is before that of any other. What has ended must be seen whatever happens, so that is looked at first.
    private int askFirst(int start, int @Nullable [] places) throws Exception {
        for (int i = 0; i < branches.length; i++) {
            var branch = at(i, start, places);
            if (!branch.enabled) continue;
            if (!branch.isAsked()) return NONE;
            if (!branch.isLikely()) continue;
            if (anyEnded()) return NONE;
            waitAs(RESERVED); // A7
            branch.ask();
            if (awaitChosen(branch)) return branch.index;
        }
        return NONE;
    }

    /// Lets the first guard happen that is ready when it is looked at, without waiting.
    private int tryOneByOne(int start, int @Nullable [] places) throws Exception {
        for (int i = 0; i < branches.length; i++) {
            var branch = at(i, start, places);
            if (!branch.enabled || !branch.happensAlone()) continue;
            var source = Objects.requireNonNull(branch.source());
            boolean happened;
            source.lock();
            try {
                if (anyEnded()) return NONE;
                happened = branch.happensAlone() && branch.happens();
            } finally {
                source.unlock();
            }
            if (happened) {
                branch.settle();
                return branch.index;
            }
        }
        return NONE;
    }

    /// A hint: whether one of the others may make the choice throw.
    private boolean anyEnded() {
        for (var each : branches) if (each.enabled && each.ended()) return true;
        return false;
    }

    /// Lets a ready guard happen, or registers with all channels.
    ///
    /// @return the guard that happened, or NONE
    private int decide(int start, int @Nullable [] places) throws Exception {
        Branch happened;
        for (var lock : locks) lock.lock();
        try {
            for (var branch : branches) if (branch.enabled) branch.requireUsable();
            happened = tryAll(start, places);
            if (happened == null) register();
        } finally {
            for (var lock : locks) lock.unlock();
        }
        if (happened == null) {
            announce();
            return NONE;
        }
        happened.settle();
        return happened.index;
    }

    private @Nullable Branch tryAll(int start, int @Nullable [] places) {
        for (int i = 0; i < branches.length; i++) {
            var branch = at(i, start, places);
            if (branch.enabled && branch.happens()) return branch;
        }
        for (var branch : branches) if (branch.enabled && branch instanceof SkipGuard.Skip) return branch;
        return null;
    }

    private void register() {
        waitAs(FREE);
        for (var branch : branches) if (branch.enabled) branch.register();
    }

    /// Begins a wait in which the ticket is `state`.
    private void waitAs(int state) {
        choice++;
        finished = false;
        outcome = null;
        if (startOver) startOver = false;
        var self = Thread.currentThread();
        if (thread != self) thread = self;
        var seam = Waiting.current();
        if (waiting != seam) waiting = seam;
        TICKET.setRelease(this, ticket(choice, state)); // before a branch can be found: by the release of its channel's lock, at the latest
    }

    /// If an event cannot be registered with, that ends the choice, unless a partner was first.
    private void announce() throws Exception {
        try {
            for (var branch : branches) if (branch.registered) branch.announce();
        } catch (Throwable failure) {
            if (decideMyself(EXHAUSTED)) {
                withdraw();
                throw failure;
            }
        }
    }

    /// Waits, registered, until a partner, the time, an interruption or the end of all channels decides.
    private int await() throws Exception {
        var waiting = Objects.requireNonNull(this.waiting);
        var timer = earliestTimer();
        boolean interrupted = false;
        long deadline = timer == null ? 0 : timer.nanoTime();
        boolean timed = timer != null;
        while (!(boolean) FINISHED.getAcquire(this)) { // pairs with finish: item and outcome are visible
            if (startOver && decideMyself(START_OVER)) break;
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
        withdraw();
        if (interrupted) Thread.currentThread().interrupt();
        int state = state((long) TICKET.getOpaque(this));
        return switch (state) {
            case TIMED_OUT -> Objects.requireNonNull(timer).index;
            case INTERRUPTED -> throw new InterruptedException("interrupted while waiting on " + this);
            case EXHAUSTED -> throw noneLeft();
            case START_OVER -> AGAIN;
            default -> succeeded(branches[state - FIRST_GUARD]);
        };
    }

    private ChannelException noneLeft() {
        for (var branch : branches) {
            var lost = branch.lost();
            if (lost != null) return lost;
        }
        return new ChannelClosed(name(), "no guard is left of " + this + ": every channel is closed and empty");
    }

    private void withdraw() {
        for (var branch : branches) branch.withdraw();
    }

    /// @return the index of `chosen`, if what became of it is success
    private int succeeded(Branch chosen) throws Exception {
        var outcome = this.outcome;
        this.outcome = null;
        if (outcome == Waiter.Outcome.DONE) return chosen.index;
        chosen.item = null;
        switch (chosen.failure(Objects.requireNonNull(outcome))) {
            case Exception failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new IllegalStateException(failure);
        }
    }

    private boolean decideMyself(int reason) {
        return take(choice, reason) == Waiter.Claim.MINE;
    }

    private TimerGuard.@Nullable Timer earliestTimer() {
        TimerGuard.Timer earliest = null;
        for (var branch : branches) {
            if (branch instanceof TimerGuard.Timer timer && timer.registered
                    && (earliest == null || timer.nanoTime() - earliest.nanoTime() < 0))
                earliest = timer;
        }
        return earliest;
    }

    /// Whether a guard before `branch` has registered with the same `source`.
    boolean waitsFor(SpinLock source, Branch branch) {
        for (var other : branches) {
            if (other == branch) return false;
            if (other.registered && other.source() == source) return true;
        }
        return false;
    }

    /// Whether no guard that was registered can happen any more.
    private boolean exhausted() {
        for (var branch : branches) if (branch.live()) return false;
        return true;
    }

    // A guard that the owner chose, and whose partner wants it to wait: see OutputGuard; or one that is asked

    void waitChosen(int index) {
        waitAs(chosen(index));
    }

    /// Waits for the word of the partner that was chosen, or asked; interruptions come too late.
    ///
    /// @return false if one that was asked gave the choice back
    boolean awaitChosen(Branch chosen) throws Exception {
        var waiting = Objects.requireNonNull(this.waiting);
        boolean interrupted = false;
        while (!(boolean) FINISHED.getAcquire(this) && !(startOver && decideMyself(START_OVER))) {
            Preemption.point();
            waiting.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (state((long) TICKET.getOpaque(this)) == START_OVER) return false;
        succeeded(chosen);
        return true;
    }

    // For those who look whether a network stands still

    SpinLock[] locks() {
        return locks;
    }

    @Nullable Thread owner() {
        return thread;
    }

    /// With all its locks held, for one who has found a branch in a queue: whether only those on whom its branches wait can let it go on.
    boolean isAtTheirMercy() {
        if (startOver || state((long) TICKET.getOpaque(this)) != FREE || exhausted()) return false;
        for (var branch : branches) if (branch.registered && branch.source() == null) return false;
        return true;
    }

    // The ticket, for those who want to decide

    private static long ticket(long choice, int state) {
        return choice << STATE_BITS | state;
    }

    private static int state(long ticket) {
        return (int) ticket & (1 << STATE_BITS) - 1;
    }

    /// The state in which guard `index` is chosen.
    static int chosen(int index) {
        return FIRST_GUARD + index;
    }

    /// The present choice. For one who has found a branch in a queue, or the owner.
    long choice() {
        return choice;
    }

    /// Changes the ticket of `choice` from FREE to `state`.
    Waiter.Claim take(long choice, int state) {
        for (int spins = 0;;) {
            Preemption.point();
            long seen = (long) TICKET.compareAndExchange(this, ticket(choice, FREE), ticket(choice, state));
            if (seen == ticket(choice, FREE)) return Waiter.Claim.MINE;
            if (seen == ticket(choice, RESERVED)) return Waiter.Claim.BUSY;
            if (seen != ticket(choice, HELD)) return Waiter.Claim.GONE;
            spins = SpinLock.pause(spins);
        }
    }

    /// Changes the ticket from HELD or RESERVED, by the one who made it so.
    void settle(int state) {
        Preemption.point();
        TICKET.setRelease(this, ticket(choice, state));
    }

    /// Ends a reservation without a decision (A5).
    void startOver() {
        startOver = true;
        var sleeper = thread;
        var seam = waiting;
        settle(FREE);
        Preemption.point();
        wake(sleeper, seam);
    }

    /// Tells the owner of a claimed choice its outcome; see [Waiter#finish].
    void finish(Object end) {
        // Read first: once finished is out, the owner may return and begin another choice.
        var sleeper = thread;
        var seam = waiting;
        outcome = end;
        Preemption.point();
        FINISHED.setRelease(this, true);
        Preemption.point();
        wake(sleeper, seam);
    }

    /// Lets the owner look whether something is left to wait for.
    void wake() {
        wake(thread, waiting);
    }

    private static void wake(@Nullable Thread sleeper, @Nullable Waiting seam) {
        if (seam != null && sleeper != null) seam.unpark(sleeper);
    }

    private String name() {
        return Arrays.toString(branches);
    }

    /// The guards: `in?` receives, `out!` sends.
    @Override public String toString() {
        return "Alt" + name();
    }
}
