package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.Event;
import dev.parley.csp.ReceiverFailed;
import dev.parley.net.Verdict.Ended;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A remote guard in one choice.
///
/// ```
/// NEW --the home watches--> WATCHING --TURN, and the choice could be reserved--> TRYING --answer--> OVER
///                           WATCHING --the choice was decided or begins anew--> OVER
/// ```
///
/// One that was asked is reserved from the start, and tries at once or not at all.
///
/// - C1 the choice is reserved exactly while this is TRYING, and nothing else of it can happen meanwhile; so if the link ends then, the choice throws with what is known, and
///   no other guard happens in its place
/// - C2 what ends TRYING completes, fails or releases the choice, once
/// - C3 a TURN is answered, by a try or by UNWATCH, as soon as the choice is not reserved by another guard
///
/// C3 holds since a choice whose reservation is released begins anew, and so leaves all its watches; what then becomes of those, [Standing] says. The home counts on it: see [Choices].
///
/// Confined to the loop but for [#leave].
final class Watching<V> implements Loop.Command {
    private enum Stage { NEW, WATCHING, TRYING, OVER }

    private final NearEnd end;
    private final Event.Offer<V> choice;
    private final @Nullable Supplier<OutgoingEnds.Packed> element;
    private final boolean extended, asked;
    private final Duration pause;
    private final Consumer<Boolean> tried;
    private Standing standing;
    private Stage stage = Stage.NEW;

    /// One that waits.
    ///
    /// @param standing of the choosing thread
    /// @param pause before the home hears of this
    /// @param tried hears what became of a try
    Watching(Standing standing, Event.Offer<V> choice, @Nullable Supplier<OutgoingEnds.Packed> element,
            boolean extended, Duration pause, Consumer<Boolean> tried) {
        this(standing, choice, element, extended, false, pause, tried);
    }

    /// One that was asked: `choice` is claimed.
    Watching(Standing standing, Event.Offer<V> choice, @Nullable Supplier<OutgoingEnds.Packed> element,
            boolean extended, Consumer<Boolean> tried) {
        this(standing, choice, element, extended, true, Duration.ZERO, tried);
    }

    private Watching(Standing standing, Event.Offer<V> choice, @Nullable Supplier<OutgoingEnds.Packed> element,
            boolean extended, boolean asked, Duration pause, Consumer<Boolean> tried) {
        this.end = standing.end;
        this.standing = standing;
        this.choice = choice;
        this.element = element;
        this.extended = extended;
        this.asked = asked;
        this.pause = pause;
        this.tried = tried;
    }

    @Override public void run() {
        if (asked) askAtOnce();
        else await();
    }

    private void askAtOnce() {
        if (!standing.isLikely() || standing.choice() != null || !end.mayAsk()) {
            stage = Stage.OVER;
            choice.release();
            return;
        }
        standing.take(this);
        end.watch(this);
    }

    private void await() {
        if (standing.isOver()) standing = end.standing(standing.thread);
        if (standing.choice() != null) standing = new Standing(end, standing.thread); // another guard of the same choice
        standing.take(this);
        if (!pause.isZero()) {
            if (standing.stands()) end.standDown(standing, Standing.Stage.ABSENT);
            end.link.loop().after(pause, () -> {
                if (stage == Stage.NEW) end.watch(this);
            });
        } else if (standing.stands()) stage = Stage.WATCHING;
        else end.watch(this);
    }

    @Override public void refused() {
        tell(end.nodeClosed()); // on any thread, and nothing of this has begun
    }

    /// The home is to be told.
    void begin(long number) {
        stage = Stage.WATCHING;
        standing.begin(number);
    }

    Standing standing() {
        return standing;
    }

    /// Nothing can ever happen here. A lost link or an orderly end of an input takes the guard out; any other end is the choice's end.
    void ended(Ended ended) {
        if (stage == Stage.TRYING || stage == Stage.OVER) return; // the attempt has its own answer
        over();
        tell(ended);
    }

    private void tell(Ended ended) {
        if (asked) {
            choice.release(); // to be told when it waits
            return;
        }
        if (element == null && !ended.poisoned()) {
            choice.disable(null);
            return;
        }
        var failure = failure(ended);
        if (ended.cause() instanceof LinkLost) choice.disable(failure);
        else if (choice.claim()) choice.fail(failure);
    }

    private ChannelException failure(Ended ended) {
        return ended.failure("choice of " + (element == null ? "receiving on" : "sending to"), end.name(), end.peer());
    }

    /// The home says that it may be possible.
    void turn() {
        if (stage != Stage.WATCHING || !(asked || choice.claim())) return; // C3
        stage = Stage.TRYING;
        OutgoingEnds.Packed made;
        try {
            made = element == null ? null : element.get();
        } catch (Throwable failure) {
            over();
            choice.fail(failure);
            return;
        }
        var attempt = made == null ? new Attempt(extended) : new Attempt(made);
        end.choose(attempt, standing);
    }

    /// The try is on its way, or could not be made.
    private final class Attempt extends Offer {
        Attempt(OutgoingEnds.Packed element) {
            super(Watching.this.end, element, false);
        }

        Attempt(boolean extended) {
            super(Watching.this.end, false, extended);
        }

        @Override void told(Verdict verdict) {
            over();
            tried.accept(verdict != Verdict.Plain.NOT_TAKEN);
            if (verdict == Verdict.Plain.TAKEN || verdict instanceof Verdict.Came) standing.goOn();
            switch (verdict) {
                case Verdict.Plain.TAKEN -> complete(true);
                case Verdict.Came(var item) -> complete(item);
                case Verdict.Plain.NOT_TAKEN -> choice.release();
                case Verdict.ReceiverGaveUp(var cause) -> choice.fail(new ReceiverFailed(end.name(), cause));
                case Ended ended -> {
                    // C1: it throws, also if it is the link that ended; only a stream that is complete leaves the others their chance
                    if (element == null && !ended.poisoned()) choice.release();
                    else choice.fail(failure(ended));
                }
                case Verdict.Refused(var why) -> choice.fail(new IllegalStateException(why));
            }
        }
    }

    @SuppressWarnings("unchecked") // what this guard is for
    private void complete(Object item) {
        choice.complete((V) item);
    }

    /// The end has retired.
    void retired() {
        over();
        if (asked) choice.release();
        else if (choice.claim()) choice.fail(failure(Ended.CLOSED));
    }

    /// This side will not bear more.
    void refuse() {
        over();
        if (asked || choice.claim())
            choice.fail(new IllegalStateException("the link to " + end.peer() + " has " + Limits.STANDARD.ends()
                    + " guards of choices that wait, which is the limit; let fewer processes choose"));
    }

    private void over() {
        stage = Stage.OVER;
        end.unwatch(this);
    }

    /// The choice is decided, or begins anew.
    void leave() {
        end.submit(new Loop.Command() {
            @Override public void run() {
                switch (stage) {
                    case NEW, WATCHING -> over();
                    case OVER -> {}
                    case TRYING -> throw new AssertionError("a choice went on while it was reserved");
                }
            }

            @Override public void refused() {}
        });
    }
}
