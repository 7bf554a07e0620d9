package dev.parley.csp;

import dev.parley.loop.waiting.Waiting;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Looks now and then at the Pars that run, to tell of those whose processes can never go on. One daemon thread of the JVM, there while Pars are running.
///
/// - K1 while a run is in `RUNS`, the lookout is awake or about to find it: who goes to sleep looks at `RUNS` once more afterwards
/// - K2 a look at a run takes at most a hundredth of the time
final class Lookout {
    private static final Waiting WAITING = Waiting.ofTheJdk();
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50), SLOWEST = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(Integer.getInteger("dev.parley.patience", 10));
    private static final int IDLE_TICKS = 100;
    private static final Set<Lookout> RUNS = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean AWAKE = new AtomicBoolean();

    // What the lookout knows of one run; used by its thread only.
    private final ParRun run;
    private long next = WAITING.nanoTime() + TICK;
    private long interval = TICK;
    private long stillSince;
    private boolean still, told;
    private List<Network.Member> stuck = List.of(), toldOf = List.of();
    private long stuckSince;

    private Lookout(ParRun run) {
        this.run = run;
    }

    /// Looks at `run` from now on.
    ///
    /// @return to be ended with it
    static Lookout at(ParRun run) {
        var lookout = new Lookout(run);
        RUNS.add(lookout);
        if (!AWAKE.get() && AWAKE.compareAndSet(false, true)) start();
        return lookout;
    }

    void end() {
        RUNS.remove(this);
    }

    private static void start() {
        Thread.ofPlatform().daemon().name("parley-lookout").start(Lookout::keep);
    }

    private static void keep() {
        for (int idle = 0;;) {
            WAITING.parkUntil(RUNS, WAITING.nanoTime() + TICK);
            for (var each : RUNS) each.lookIfDue();
            idle = RUNS.isEmpty() ? idle + 1 : 0;
            if (idle < IDLE_TICKS) continue;
            AWAKE.set(false);
            if (RUNS.isEmpty() || !AWAKE.compareAndSet(false, true)) return;
        }
    }

    private void lookIfDue() {
        long begin = WAITING.nanoTime();
        if (begin - next < 0) return;
        try {
            look(begin);
        } catch (Throwable failure) {
            System.getLogger("dev.parley.csp").log(Level.ERROR, "could not look whether " + run.par() + " goes on",
                    failure);
        }
        long end = WAITING.nanoTime();
        interval = Math.min(SLOWEST, interval + interval / 2);
        next = end + Math.max(interval, 100 * (end - begin)); // K2
    }

    private void look(long now) {
        if (told) return;
        boolean watched = run.watch() != null && !run.isPart();
        if (!watched && Survey.goesOn(run)) {
            still = false;
            return;
        }
        var survey = Survey.of(run);
        if (!survey.standsStill()) {
            still = false;
            if (watched) lookForSome(survey.stuck(), now);
        } else if (run.par().isConfined()) {
            told = true;
            run.deadlocked(survey.deadlock());
        } else if (!still) {
            still = true;
            stillSince = now;
        } else if (now - stillSince > PATIENCE && !run.isPart() && !survey.concernsOthers()) {
            told = true;
            warn(survey.deadlock().getMessage()
                    + "\n  unless a thread that has not used these channels yet will; if none ever does, Par.confined() makes this an exception");
        }
    }

    private void lookForSome(Network now, long time) {
        if (now.processes().isEmpty() || !now.processes().equals(stuck)) {
            stuck = now.processes();
            stuckSince = time;
        } else if (time - stuckSince > PATIENCE && !now.processes().equals(toldOf)) {
            toldOf = stuck;
            warn("while others go on, " + stuck.size() + " of " + run.par()
                    + " seem to wait for ever, as all who used the other ends of their channels have ended or wait with them\n"
                    + now.waits());
        }
    }

    private static void warn(String message) {
        System.getLogger("dev.parley.csp").log(Level.WARNING, message);
    }
}
