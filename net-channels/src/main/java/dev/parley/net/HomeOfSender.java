package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.net.Entering.Kind;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The home's half of a remote sending end: makes its offers sends of the local channel.
///
/// An element with ends in it enters the channel when they are attached ([IncomingEnds]). What came later waits behind it, a try too.
///
/// **A large element** is announced, and its bytes come when it is the first of its end and somebody looks for an element ([Inflow]). Until then it stands in the channel's queue as one who watches, so
/// that also a `tryReceive` that finds nothing has it come. It is then sent as any other. If it must be dropped, it is as if it had only been announced; therefore nothing of its end enters
/// the channel behind it. A try is answered at once if nobody is there for it, and also if it stands behind an element for which nobody is there.
///
/// - H6 elements enter the channel in the order in which they came, or are answered without having entered
/// - H2 at most `window` counted offers are unanswered; one more is a breach of protocol
/// - H7 `inside` is the large offer of this end that is in the channel and undecided, or cancelled and about to come again; meanwhile no other enters
///
/// (H1 and H3 are [HomeEnd]'s.)
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeOfSender<T> extends HomeOfChannel {
    private final Published<T> home;
    private final Sender<T> sender;
    private final Glance glance;
    private final int window;
    private final boolean buffered;
    private final LinkedHashMap<Long, CompletableFuture<Void>> untaken = new LinkedHashMap<>();
    private final ArrayDeque<Entering<T>> entering = new ArrayDeque<>();
    private @Nullable Entering<T> inside;
    private long accepted, settled;
    private @Nullable LinkLost loss; // why nobody has the remote end any more
    private boolean closing; // when what is entering is in the channel

    HomeOfSender(Link link, int id, Published<T> home) {
        super(link, id, home.choices);
        this.home = home;
        this.sender = home.attachSender();
        this.glance = new Glance(sender);
        this.window = home.window();
        this.buffered = home.isBuffered();
    }

    /// The absolute number of offers allowed (H2).
    @Override long limit() {
        return settled + window;
    }

    // What comes

    void offered(Frame.Offer offered) {
        offered(offered.offer(), offered.waits() ? Kind.OFFER : Kind.TRY, offered.element());
    }

    void offered(Frame.Offers offered) {
        long offer = offered.first();
        for (var element : offered.elements()) offered(offer++, Kind.OFFER, element);
    }

    private void offered(long offer, Kind kind, byte[] bytes) {
        if (isAccepted(offer, kind, bytes.length)) enter(entering(offer, kind, bytes.length, null), bytes);
    }

    void offered(Frame.LargeOffer offered) {
        long offer = offered.offer();
        var kind = offered.waits() ? Kind.OFFER : Kind.TRY;
        var announced = link.inflow.announced(offered.value(), offered.size());
        if (isAccepted(offer, kind, 0)) enter(entering(offer, kind, 0, null), announced);
        else announced.over();
    }

    /// A choice sends.
    void chosen(Frame.ChooseOffer chosen) {
        long offer = chosen.offer();
        came(offer);
        var choice = comes(chosen.watch());
        if (leaving) sayLeft(offer);
        else enter(entering(offer, Kind.CHOICE, 0, choice), chosen.element());
    }

    void chosen(Frame.ChooseLargeOffer chosen) {
        long offer = chosen.offer();
        came(offer);
        var choice = comes(chosen.watch());
        var announced = link.inflow.announced(chosen.value(), chosen.size());
        if (leaving) {
            announced.over();
            sayLeft(offer);
        } else enter(entering(offer, Kind.CHOICE, 0, choice), announced);
    }

    /// Counts an offer that came.
    ///
    /// @return false if it was answered, since the node closes
    private boolean isAccepted(long offer, Kind kind, int bytes) {
        came(offer);
        boolean counted = kind == Kind.OFFER;
        if (counted) {
            if (accepted >= limit()) throw new ProtocolError("offer " + offer + " is beyond the limit " + limit());
            accepted++;
            link.received(bytes);
        }
        if (!leaving) return true;
        if (counted) settle(bytes);
        sayLeft(offer);
        return false;
    }

    // Elements on their way into the channel (H6)

    private Entering<T> entering(long offer, Kind kind, int bytes, Choices.@Nullable Waits choice) {
        return new Entering<>(this, offer, kind, kind == Kind.OFFER ? bytes : Entering.UNCOUNTED, choice);
    }

    IncomingElement<T> element(byte[] bytes) {
        return new IncomingElement<>(link.names(), home.codec, bytes, home.name);
    }

    private void enter(Entering<T> next, byte[] bytes) {
        next.comes(element(bytes));
        enter(next);
    }

    private void enter(Entering<T> next, Inflow.Value announced) {
        next.comesAs(announced);
        enter(next);
    }

    private void enter(Entering<T> next) {
        if (next.isHasty() && !entering.isEmpty() && !link.waiters.mayStay(next.kept())) {
            turnAway(next, () -> link.out.sayWithdrawn(id, next.offer, limit())); // no room, on the way instead of in the channel
            return;
        }
        entering.add(next);
        if (next.isHasty()) link.waiters.stays(next.kept());
        proceed();
    }

    private void leaves(Entering<T> element) {
        entering.remove(element);
        if (element.isHasty()) link.waiters.stayedEnough(element.kept());
    }

    /// Lets into the channel what may go there.
    void proceed() {
        while (inside == null && !entering.isEmpty()) {
            var next = entering.getFirst();
            if (next.isUnwanted()) {
                seek(next);
                if (entering.peekFirst() == next) break;
            } else if (next.isComplete()) {
                leaves(next);
                enterChannel(next);
            } else break;
        }
        if (isStuck())
            for (var hasty : entering.stream().filter(Entering::isHasty).toList())
                takeOut(hasty, () -> link.out.sayWithdrawn(id, hasty.offer, limit()));
        if (entering.isEmpty() && inside == null && closing) {
            closing = false;
            leaveChannel();
        }
        link.idle(this);
    }

    /// Whether the first does not enter before somebody comes for it, or makes room.
    private boolean isStuck() {
        return inside != null || (!entering.isEmpty() && entering.getFirst().isStuck());
    }

    private void takeOut(Entering<T> element, Runnable answer) {
        leaves(element);
        turnAway(element, answer);
    }

    private void turnAway(Entering<T> element, Runnable answer) {
        element.throwAway();
        if (element.choice != null) neverTried(element.choice);
        if (abandoned) return;
        if (element.counted() != Entering.UNCOUNTED) settle(element.counted());
        answer.run();
    }

    private void enterChannel(Entering<T> next) {
        var missing = new ArrayList<Throwable>(0);
        next.element().missing((which, why) -> missing.add(why));
        if (!missing.isEmpty()) {
            turnAway(next, () -> link.out.sayFailed(id, next.offer, limit(), Frame.Failure.UNREACHED, 0,
                    missing.getFirst()));
            return;
        }
        T value = next.element().value();
        switch (next.kind) {
            case OFFER -> await(next, value);
            case TRY -> tryOnce(next, value);
            case CHOICE -> choose(next, value);
        }
    }

    // Somebody for a large element

    private void seek(Entering<T> first) {
        if (!first.isHasty()) {
            first.watch();
            return;
        }
        try {
            if (glance.findsTaker() || (first.choice != null && mayMeet(first.choice))) first.want();
            else takeOut(first, () -> link.out.sayWithdrawn(id, first.offer, limit()));
        } catch (ChannelException ended) {
            takeOut(first, () -> sayFailed(first.offer, ended));
        }
    }

    /// Has `element` told when somebody looks for one, here or in a choice of another node.
    Runnable onceTaken(Entering<T> element) {
        Runnable found = () -> link.loop().submit(new Found<>(this, element));
        var watch = home.channel.onceSendable(found);
        var choice = home.choices.onceReceiving(found);
        return () -> {
            watch.run();
            choice.run();
        };
    }

    /// Somebody looked for an element, or the channel has ended; told by whoever did that.
    private record Found<T>(HomeOfSender<T> end, Entering<T> element) implements Loop.Command {
        @Override public void run() {
            if (end.entering.contains(element) && element.isUnwanted() && end.look(element)) element.want();
        }

        @Override public void refused() {} // the node is closed and has told its peers
    }

    /// Whether it is worth while that `element` comes; if not, it is answered. A receiver that is not there may come back, but not into a channel that has ended.
    boolean look(Entering<T> element) {
        try {
            glance.findsTaker();
            return true;
        } catch (ChannelException ended) {
            takeOut(element, () -> sayFailed(element.offer, ended));
            proceed();
            return false;
        }
    }

    /// The first element has waited for room for long, so that tries wait no more: there is no room, on the way instead of in the channel.
    void lacksRoom(Entering<T> first) {
        if (first.isHasty()) takeOut(first, () -> link.out.sayWithdrawn(id, first.offer, limit()));
        proceed();
    }

    /// Runs `held` if a process of this node has `element`, which is in the channel no more, and holds its sender. An element that waits for a process of another node is still to be counted.
    ///
    /// Who took the element has left word in the loop's inbox by now.
    void onceHeldHere(Entering<T> element, Runnable held) {
        link.loop().submit(new Loop.Command() {
            @Override public void run() {
                if (untaken.containsKey(element.offer) && !home.away.contains(element.element().value())) held.run();
            }

            @Override public void refused() {}
        });
    }

    // In the channel

    private void await(Entering<T> element, T value) {
        if (goesIn(element, value)) return;
        if (element.isLarge()) inside = element;
        await(element, sender.sendAsync(value));
    }

    /// Whether `value` goes into the channel's buffer at once. A channel without one may have to hold its sender, and what waits must not be overtaken.
    private boolean goesIn(Entering<T> element, T value) {
        if (!buffered || !untaken.isEmpty()) return false;
        try {
            if (!sender.trySend(value)) return false;
            decided(element, null);
        } catch (RuntimeException failure) {
            decided(element, failure);
        }
        return true;
    }

    private void await(Entering<T> element, CompletableFuture<Void> sending) {
        element.isIn(sending);
        untaken.put(element.offer, sending);
        sending.whenComplete((nothing, failure) -> link.loop().submit(new Settled<>(this, element, failure)));
    }

    private void choose(Entering<T> element, T value) {
        var choice = element.choice;
        if (choice == null) throw new AssertionError("a try of no choice");
        tries(choice);
        var sending = sender.sendAsync(value);
        await(element, sending);
        tried(choice, element.offer, element.kept(), () -> sending.cancel(false));
    }

    private void tryOnce(Entering<T> element, T value) {
        boolean taken = false;
        try {
            taken = sender.trySend(value);
            if (taken) link.out.sayTaken(id, element.offer, limit(), window);
            else link.out.sayWithdrawn(id, element.offer, limit());
        } catch (ChannelException ended) {
            sayFailed(element.offer, ended);
        }
        if (taken) element.over();
        else element.throwAway();
    }

    /// An offer's fate in the local channel, told to the loop by whoever decided it.
    private record Settled<T>(HomeOfSender<T> end, Entering<T> element,
            @Nullable Throwable failure) implements Loop.Command {
        @Override public void run() {
            end.settled(element, failure);
        }

        @Override public void refused() {} // the node is closed and has told its peers
    }

    private void settled(Entering<T> element, @Nullable Throwable failure) {
        untaken.remove(element.offer);
        settled(element.offer);
        if (inside == element) inside = null;
        if (element.isDropped()) {
            element.again();
            entering.addFirst(element);
        } else decided(element, failure);
        proceed();
    }

    private void decided(Entering<T> element, @Nullable Throwable failure) {
        long offer = element.offer;
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause == null || cause instanceof ReceiverFailed) element.over();
        else element.throwAway(); // nobody received it
        if (abandoned) return;
        if (element.counted() != Entering.UNCOUNTED) settle(element.counted());
        switch (cause) {
            case null -> link.out.sayTaken(id, offer, limit(), window);
            case CancellationException cancelled when leaving -> sayLeft(offer);
            case CancellationException cancelled -> link.out.sayWithdrawn(id, offer, limit());
            case ReceiverFailed gaveUp -> link.out.sayFailed(id, offer, limit(), kind(gaveUp.getCause()), 0,
                    gaveUp.getCause());
            case ChannelException ended -> sayFailed(offer, ended);
            default -> link.out.sayFailed(id, offer, limit(), Frame.Failure.POISONED, 1, cause);
        }
    }

    /// How the receiver failed: by itself, or by the loss of the link to the node where it is.
    private static Frame.Failure kind(@Nullable Throwable cause) {
        if (!(cause instanceof LinkLost loss)) return Frame.Failure.RECEIVER;
        return switch (loss.outcome()) {
            case UNKNOWN -> Frame.Failure.LOST;
            case NOT_TAKEN -> Frame.Failure.UNDELIVERED;
        };
    }

    private void settle(int bytes) {
        settled++;
        link.released(bytes);
    }

    // What is taken back

    @Override void takeBack(long offer) {
        for (var element : entering) {
            if (element.offer != offer) continue;
            takeOut(element, () -> link.out.sayWithdrawn(id, offer, limit()));
            proceed();
            return;
        }
        if (inside != null && inside.offer == offer) inside.mustEnd();
        var sending = untaken.get(offer);
        if (sending != null) sending.cancel(false); // whatever it answers, the verdict comes through Settled
    }

    @Override void takeAllBack() {
        takeBackOutside();
        // the last first, so that a first part of what was sent stays taken, whenever a receiver comes
        for (var sending : new ArrayList<>(untaken.values()).reversed()) sending.cancel(false);
    }

    private void takeBackOutside() {
        for (var element : List.copyOf(entering)) takeOut(element, () -> sayLeft(element.offer));
        if (inside != null) inside.mustEnd();
    }

    /// Whether the channel had no room when this was asked: it still holds an offer of this end.
    boolean isFull() {
        if (isStuck()) return true;
        for (var sending : untaken.values()) if (!sending.isDone()) return true;
        return false;
    }

    // The end

    @Override void closed(@Nullable LinkLost loss) {
        this.loss = loss;
        if (entering.isEmpty() && inside == null) leaveChannel();
        else closing = true; // what came before goes first
    }

    private void leaveChannel() {
        if (loss == null) home.closed(sender);
        else home.lost(loss);
    }

    /// What a closed end left here goes on waiting for its receivers, unless a part of it never comes; the rest is withdrawn, and its channel learns that it lost a sender.
    @Override void lost(String why, long heard) {
        super.lost(why, heard);
        if (!detached) {
            takeAllBack();
            home.lost(link.loss(why, LinkLost.Outcome.NOT_TAKEN));
        } else if (closing && lacksElements()) {
            closing = false;
            takeBackOutside();
            home.lost(link.loss(why, LinkLost.Outcome.NOT_TAKEN));
        }
    }

    private boolean lacksElements() {
        return (inside != null && inside.isDropped()) || entering.stream().anyMatch(Entering::awaitsBytes);
    }

    @Override boolean isIdle() {
        return untaken.isEmpty() && entering.isEmpty();
    }
}
