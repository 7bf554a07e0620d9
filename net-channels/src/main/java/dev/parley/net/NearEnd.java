package dev.parley.net;

import dev.parley.net.Verdict.Ended;
import dev.parley.net.protocol.ProtocolError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The near half of a remote end, of any kind: the offers that its home has, and how it ends. A send is an offer of an element, a receive
/// an offer to take one, an arrival at a barrier an offer to meet.
///
/// - S2 an offer is in `sent` from when it leaves until it is answered, not before and not afterwards
/// - S3 DETACH leaves after the last offer, and none leaves after it
/// - S4 `ended` is set once and means that no offer will ever happen
///
/// Confined to the loop but for what says otherwise.
abstract class NearEnd {
    private static final Duration SWEEP = Duration.ofMillis(50);

    final Link link;
    final int id;
    private final String name;
    private final TreeMap<Long, Offer> sent = new TreeMap<>(); // by its first number
    private final LinkedHashSet<Watching<?>> unsaid = new LinkedHashSet<>(); // choices that the home has yet to hear of
    private final LinkedHashMap<Long, Standing> watches = new LinkedHashMap<>(); // that the home has, by number
    private final ConcurrentHashMap<Long, Standing> standing = new ConcurrentHashMap<>(); // by thread
    private long lastOffer, lastWatch;
    private boolean sweeping;
    private boolean complete; // the home has said that the channel is closed
    boolean retiring, detached, left;
    private @Nullable String lossOnItsWay; // why nobody has this end any more
    private volatile @Nullable Ended ended;

    NearEnd(Link link, String name, int id) {
        this.link = link;
        this.name = name;
        this.id = id;
    }

    // From any thread

    /// What an offer of this end does, for messages: `send to Channel`.
    abstract String operation();

    final String name() {
        return name;
    }

    final String peer() {
        return link.peer();
    }

    /// What travels instead of this end.
    final Reference reference(boolean receives) {
        return new Reference(receives, link.session().peer().identity(), new Location(link.address(), name));
    }

    final @Nullable Ended ended() {
        return ended;
    }

    final void requireElsewhere(String operation) {
        link.loop().requireElsewhere(operation);
    }

    final void submit(Loop.Command command) {
        link.loop().submit(command);
    }

    final void retire() {
        retire(null);
    }

    /// As [#retire], but its home is to know that it was lost.
    final void lose(LinkLost why) {
        retire(String.valueOf(why.getMessage()));
    }

    private void retire(@Nullable String loss) {
        submit(new Loop.Command() {
            @Override public void run() {
                retiring = true;
                lossOnItsWay = loss;
                retireWatches(); // says so before DETACH
                pump();
            }

            @Override public void refused() {} // the home learnt the end of this end with the node's
        });
    }

    final boolean poison(int strength, Throwable cause) {
        if (ended != null) return false;
        var answer = new Answer<Boolean>();
        submit(new Loop.Command() {
            @Override public void run() {
                link.poison(name, strength, cause, answer);
            }

            @Override public void refused() {
                answer.give(false);
            }
        });
        return answer.await();
    }

    final Ended nodeClosed() {
        var before = ended;
        return before != null
                ? before
                : Ended.lostBy(link.loss("this node was closed", LinkLost.Outcome.NOT_TAKEN));
    }

    // On the loop

    /// An offer came from its owner.
    final void offered(Offer offer) {
        if (!offer.isQueued()) return;
        var ended = this.ended;
        if (ended != null) offer.decideQueued(ended);
        else if (retiring) offer.decideQueued(Ended.CLOSED);
        else accept(offer);
    }

    abstract void accept(Offer offer);

    /// Does what can be done now: lets offers leave, and then the end itself.
    abstract void pump();

    /// The time of `offer` is up.
    abstract void expire(Offer offer);

    /// Its owner took `offer` back before it left.
    abstract void forget(Offer offer);

    /// Gives `offer`, which is about to leave, its number, or its first one.
    final long number(Offer offer) {
        offer.id = lastOffer + 1;
        lastOffer += offer.count();
        sent.put(offer.id, offer);
        return offer.id;
    }

    // Choice

    /// What the choices of `thread` have here. From any thread.
    final Standing standing(long thread) {
        return standing.computeIfAbsent(thread, _ -> new Standing(this, thread));
    }

    /// A choice waits for this end. A connection that takes nothing must not gather what goes on meanwhile, so the home hears of those that wait then.
    final void watch(Watching<?> choice) {
        var ended = this.ended;
        if (ended != null) choice.ended(ended);
        else if (retiring) choice.retired();
        else if (complete) choice.ended(Ended.CLOSED);
        else {
            unsaid.add(choice);
            sayWatches();
        }
    }

    final void sayWatches() {
        while (!unsaid.isEmpty() && link.mayWrite(this)) {
            var next = unsaid.removeFirst();
            boolean likely = next.standing().isLikely();
            if (!link.mayWatch()) next.refuse();
            else {
                watches.put(++lastWatch, next.standing());
                next.begin(lastWatch);
                if (likely && isFree(next)) next.turn();
            }
        }
    }

    /// Whether one who asks could be told of now.
    final boolean mayAsk() {
        return ended == null && !retiring && !complete && unsaid.isEmpty() && nothingWaits() && link.mayWrite(this);
    }

    /// Has the home watch for the choices to come.
    final void stand(Standing hint) {
        if (!mayAsk() || !link.mayWatch()) return;
        watches.put(++lastWatch, hint);
        hint.wish(lastWatch);
    }

    /// Whether what stands there may go on doing so without a choice.
    final boolean keeps(Standing watch) {
        return ended == null && !retiring && standing.get(watch.thread) == watch;
    }

    /// Has what choices left at the home looked after.
    final void sweepLater() {
        if (sweeping) return;
        sweeping = true;
        link.loop().after(SWEEP, () -> {
            sweeping = false;
            boolean more = false;
            for (var watch : standing.values()) more |= watch.sweep();
            if (more) sweepLater();
        });
    }

    final void standDown(Standing watch, Standing.Stage next) {
        watches.remove(watch.number());
        link.waiters.watchOver();
        link.out.sayUnwatch(id, watch.number());
        watch.ended(next);
    }

    final void unwatch(Watching<?> choice) {
        unsaid.remove(choice);
        if (choice.standing().choice() == choice) choice.standing().leave();
    }

    final void turn(long number) {
        if (number > lastWatch || number < 1)
            throw new ProtocolError("a turn of choice " + number + ", which never was");
        var watch = watches.get(number);
        if (watch != null) watch.turn(); // else UNWATCH met this on the way
    }

    /// Whether all that was offered before has left.
    boolean nothingWaits() {
        return true;
    }

    /// Whether its turn can be now; if not, it comes when what was offered before has left.
    boolean isFree(Watching<?> choice) {
        return true;
    }

    /// Lets `attempt` leave.
    void choose(Offer attempt, Standing watch) {
        watches.remove(watch.number());
        link.waiters.watchOver();
        watch.ended(Standing.Stage.ABSENT);
        if (attempt.leave())
            link.out.sayChoose(this instanceof SendingEnd, id, watch.number(), number(attempt), attempt);
    }

    /// A tick of the link is over.
    final void tick() {
        for (var watch : standing.values()) if (watch.tick()) forget(watch);
    }

    /// Takes back what stands at the home for choices to come.
    final void forgetIdle() {
        for (var watch : standing.values()) if (watch.choice() == null) forget(watch);
    }

    private void forget(Standing watch) {
        standing.remove(watch.thread, watch);
        watch.forget();
    }

    private void retireWatches() {
        var waiting = new ArrayList<Watching<?>>(unsaid);
        for (var watch : watches.values()) if (watch.choice() != null) waiting.add(watch.choice());
        for (var choice : waiting) choice.retired();
        forgetIdle();
    }

    private void endWatches(Ended end) {
        var waiting = new ArrayList<Watching<?>>();
        for (var watch : watches.values()) {
            if (watch.choice() != null) waiting.add(watch.choice());
            watch.ended(Standing.Stage.ABSENT);
        }
        waiting.addAll(unsaid);
        watches.clear();
        unsaid.clear();
        for (var choice : waiting) choice.ended(end);
    }

    /// The offers that the home has yet to answer, the last first.
    final List<Offer> unanswered() {
        return List.copyOf(sent.descendingMap().values());
    }

    final void withdraw(Offer offer) {
        if (!offer.isSent() || offer.eager || offer.withdrawing) return;
        offer.withdrawing = true;
        link.out.sayWithdraw(id, offer);
    }

    final void detachIfDone() {
        if (retiring && !detached && !left) {
            detached = true;
            link.out.sayDetach(id, lossOnItsWay);
        }
        link.idle(this);
    }

    final boolean isComplete() {
        return complete;
    }

    /// The offer that the home answers.
    final Offer waiting(long number) {
        var before = sent.floorEntry(number);
        if (before == null || !before.getValue().awaits(number))
            throw new ProtocolError("an answer to offer " + number + ", which waits for none");
        return before.getValue();
    }

    /// The home's answer to an offer.
    void answered(long number, Verdict verdict) {
        answered(number, 1, verdict);
    }

    /// The home's answer to each of `count` offers.
    final void answered(long first, int count, Verdict verdict) {
        for (long number = first + count - 1; number > first; number--) waiting(number); // all or none
        var offer = waiting(first);
        if (Verdict.happened(verdict) && offer.decisive() == Outflow.NEVER)
            throw new ProtocolError("offer " + first + " was taken, but its element has not left");
        if (verdict == Ended.CLOSED) complete = true;
        if (verdict instanceof Ended end && end.poisoned()) end(end);
        for (long number = first; number < first + count; number++) {
            if (!offer.awaits(number)) offer = waiting(number);
            if (offer.answered(number, verdict)) sent.remove(offer.id);
        }
        pump();
        link.answered(offer, verdict); // last, since it may say goodbye when nothing is left to be said
    }

    /// From here on nothing will ever happen here.
    void end(Ended end) {
        if (ended == null) ended = end;
        endWatches(end);
    }

    /// The link is over.
    ///
    /// @param heard what was said later than this the peer never heard
    void lost(String why, long heard) {
        left = true;
        end(Ended.lostBy(link.loss(why, LinkLost.Outcome.NOT_TAKEN)));
        var unanswered = new ArrayList<>(sent.values());
        sent.clear();
        for (var offer : unanswered)
            offer.decideSent(Ended.lostBy(link.loss(why,
                    offer.decisive() > heard ? LinkLost.Outcome.NOT_TAKEN : LinkLost.Outcome.UNKNOWN)));
    }

    /// Takes back what can be taken back, since the node closes.
    ///
    /// @param patient elements of a closed end are left their time to be received
    void leave(boolean patient) {
        left = true;
        var end = Ended.lostBy(link.loss("this node was closed", LinkLost.Outcome.NOT_TAKEN));
        end(end);
        for (var offer : sent.descendingMap().values()) {
            offer.instead = end;
            withdraw(offer);
        }
        pump();
    }

    boolean isIdle() {
        return sent.isEmpty();
    }

    final boolean isOver() {
        return detached && isIdle();
    }
}
