package dev.parley.net;

import org.jspecify.annotations.Nullable;

/// What the choices of one thread have at the home of an end: a watch that stays there from one choice to the next.
///
/// ```
/// ABSENT --WATCH--> STANDS --TURN during a choice, which then tries--> ABSENT
///                   STANDS --TURN that no choice can use, UNWATCH--> LIKELY --WATCH, and CHOOSE at once--> ABSENT
///                   STANDS --no next choice has come for a while, UNWATCH--> ABSENT
/// ```
///
/// **Why.** A choice over n remote guards would else say WATCH and UNWATCH to each of them, and one that always finds another guard ready would never hear of a remote one. What
/// a TURN said between two choices is kept as a hint, so that the next one can try at once: one round trip, as for a plain operation.
///
/// A while is 50 to 100 ms after a choice that waited, since what stands there is counted as one who waits, and who chooses seldom can say it anew. After one that passed this
/// guard over it is some ten ticks of the link, or who chooses seldom would never hear of it.
///
/// - C6 `number` is in the end's `watches` exactly while this STANDS; `choice` is the choice that waits, if any
/// - C7 a TURN that finds no choice is answered by UNWATCH at once, so C3 holds, and nobody at the home waits for one who does not choose
///
/// Confined to the loop but for what is volatile, which the thread that chooses reads.
final class Standing {
    private static final int PATIENCE = 10;

    /// What is known of the home.
    enum Stage { ABSENT, STANDS, LIKELY }

    final NearEnd end;
    final long thread;
    private volatile Stage stage = Stage.ABSENT;
    private volatile boolean wanted; // a command that has the home told is on its way, or could do nothing in this tick
    private volatile boolean used = true; // since the last tick
    private volatile boolean over; // the end has forgotten this
    private @Nullable Watching<?> choice;
    private long number;
    private volatile boolean told; // of a turn that its choice did not use
    private boolean wished, left; // stands for one that was passed over; was left since the last sweep
    private int idle; // ticks

    /// @param thread the choosing thread: choices of one thread are one choice at a time
    Standing(NearEnd end, long thread) {
        this.end = end;
        this.thread = thread;
    }

    // From the thread that chooses

    boolean isOver() {
        return over;
    }

    /// Also if the loop has yet to learn that the choice is over which could not use its turn.
    boolean isLikely() {
        return stage == Stage.LIKELY || told;
    }

    private void use() {
        if (!used) used = true;
    }

    /// Has the home told, if it has not been, so that the next choice knows more.
    void want() {
        use();
        if (stage != Stage.ABSENT || wanted || over) return;
        wanted = true;
        end.submit(new Loop.Command() {
            @Override public void run() {
                if (stage == Stage.ABSENT && choice == null && !over) end.stand(Standing.this);
            }

            @Override public void refused() {}
        });
    }

    // On the loop

    long number() {
        return number;
    }

    boolean stands() {
        return stage == Stage.STANDS;
    }

    @Nullable Watching<?> choice() {
        return choice;
    }

    void take(Watching<?> waits) {
        choice = waits;
        wished = false;
        use();
    }

    /// The home is told of it, for a choice to come.
    void wish(long number) {
        begin(number);
        wished = true;
    }

    /// The home is told of it.
    void begin(long number) {
        this.number = number;
        told = false;
        wanted = false;
        stage = Stage.STANDS;
        end.link.out.sayWatch(end.id, number, thread);
    }

    /// It has ended at the home.
    void ended(Stage next) {
        told = false;
        stage = next;
    }

    /// The home says that it may be possible.
    void turn() {
        told = true;
        if (choice == null) end.standDown(this, Stage.LIKELY);
        else if (end.isFree(choice)) choice.turn();
    }

    /// Its choice is over, or begins anew.
    void leave() {
        choice = null;
        left = true;
        if (!stands()) return;
        if (told) end.standDown(this, Stage.LIKELY);
        else if (end.keeps(this)) end.sweepLater();
        else end.standDown(this, Stage.ABSENT);
    }

    /// Its choice has happened here, and another may soon want to; so the home is told in time.
    void goOn() {
        if (!end.keeps(this)) return;
        end.stand(this);
        wished = false;
        end.sweepLater();
    }

    /// Takes back what a choice left some time ago, for none has come since.
    ///
    /// @return whether it may yet have to be
    boolean sweep() {
        if (!stands() || choice != null || wished) return false;
        if (!left) end.standDown(this, Stage.ABSENT);
        left = false;
        return stands();
    }

    /// The end forgets it.
    void forget() {
        over = true;
        if (stands()) end.standDown(this, Stage.ABSENT);
    }

    /// A tick of the link is over.
    ///
    /// @return whether nobody has chosen here for long
    boolean tick() {
        idle = used || choice != null ? 0 : idle + 1;
        used = false;
        wanted = false;
        return idle > PATIENCE;
    }
}
