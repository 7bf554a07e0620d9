package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The home's half of a remote sending end: makes its offers sends of the local channel.
///
/// An element with ends in it enters the channel when they are attached ([IncomingEnds]). What came later waits behind it, a try too.
///
/// - H6 elements enter the channel in the order in which they came, or are answered without having entered
/// - H2 at most `window` counted offers are unanswered; one more is a breach of protocol
///
/// (H1 and H3 are [HomeEnd]'s.)
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeOfSender<T> extends HomeOfChannel {
    private static final int UNCOUNTED = -1;

    private final Published<T> home;
    private final Sender<T> sender;
    private final int window;
    private final boolean buffered;
    private final LinkedHashMap<Long, CompletableFuture<Void>> untaken = new LinkedHashMap<>();
    private final ArrayDeque<Entering<T>> entering = new ArrayDeque<>();
    private long accepted, settled;
    private @Nullable LinkLost loss; // why nobody has the remote end any more
    private boolean closing; // when what is entering is in the channel

    HomeOfSender(Link link, int id, Published<T> home) {
        super(link, id, home.choices);
        this.home = home;
        this.sender = home.attachSender();
        this.window = home.window();
        this.buffered = home.isBuffered();
    }

    /// The absolute number of offers allowed (H2).
    @Override long limit() {
        return settled + window;
    }

    void offered(Frame.Offer offered) {
        offered(offered.offer(), !offered.waits(), offered.element());
    }

    void offered(Frame.Offers offered) {
        long offer = offered.first();
        for (var element : offered.elements()) offered(offer++, false, element);
    }

    private void offered(long offer, boolean eager, byte[] element) {
        came(offer);
        int bytes = element.length;
        if (!eager) {
            if (accepted >= limit()) throw new ProtocolError("offer " + offer + " is beyond the limit " + limit());
            accepted++;
            link.received(bytes);
        }
        if (leaving) {
            if (!eager) settle(bytes);
            sayLeft(offer);
            return;
        }
        enter(offer, eager ? UNCOUNTED : bytes, element, eager ? this::tried : this::await, () -> {});
    }

    // Elements on their way into the channel (H6)

    /// Does what an element came for, when it is complete.
    private interface Entrance<T> {
        void enter(Entering<T> element, T value);
    }

    /// An element whose ends may not be here yet.
    ///
    /// @param counted its bytes, or [#UNCOUNTED]
    /// @param never what to do if it does not enter
    private record Entering<T>(long offer, int counted, IncomingElement<T> element, Entrance<T> entrance,
            Runnable never) {}

    private void enter(long offer, int counted, byte[] bytes, Entrance<T> entrance, Runnable never) {
        var next = new Entering<>(offer, counted, new IncomingElement<>(link.names(), home.codec, bytes, home.name),
                entrance,
                never);
        entering.add(next);
        next.element.onceComplete(this::proceed);
        proceed();
    }

    private void proceed() {
        while (!entering.isEmpty() && entering.getFirst().element.isComplete()) {
            var next = entering.removeFirst();
            var missing = new ArrayList<Throwable>(0);
            next.element.missing((which, why) -> missing.add(why));
            if (missing.isEmpty()) next.entrance.enter(next, next.element.value());
            else
                turnAway(next, () -> link.out.sayFailed(id, next.offer, limit(), Frame.Failure.UNREACHED, 0,
                        missing.getFirst()));
        }
        if (entering.isEmpty() && closing) {
            closing = false;
            leaveChannel();
        }
        link.idle(this);
    }

    private void turnAway(Entering<T> element, Runnable answer) {
        element.element.throwAway();
        element.never.run();
        if (abandoned) return;
        if (element.counted != UNCOUNTED) settle(element.counted);
        answer.run();
    }

    private void await(Entering<T> element, T value) {
        if (!goesIn(element, value)) await(element, sender.sendAsync(value));
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
        untaken.put(element.offer, sending);
        sending.whenComplete((nothing, failure) -> link.loop().submit(new Settled<>(this, element, failure)));
    }

    /// A choice sends.
    void chosen(Frame.ChooseOffer chosen) {
        long offer = chosen.offer();
        came(offer);
        var choice = tries(chosen.watch());
        if (leaving) {
            sayLeft(offer);
            return;
        }
        enter(offer, UNCOUNTED, chosen.element(), (element, value) -> {
            var sending = sender.sendAsync(value);
            await(element, sending);
            tried(choice, offer, element.element.bytes(), () -> sending.cancel(false));
        }, this::neverTried);
    }

    private void tried(Entering<T> element, T value) {
        boolean taken = false;
        try {
            taken = sender.trySend(value);
            if (taken) link.out.sayTaken(id, element.offer, limit());
            else link.out.sayWithdrawn(id, element.offer, limit());
        } catch (ChannelException ended) {
            sayFailed(element.offer, ended);
        }
        if (!taken) element.element.throwAway();
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
        decided(element, failure);
        link.idle(this);
    }

    private void decided(Entering<T> element, @Nullable Throwable failure) {
        long offer = element.offer;
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause != null && !(cause instanceof ReceiverFailed)) element.element.throwAway(); // nobody received it
        if (abandoned) return;
        if (element.counted != UNCOUNTED) settle(element.counted);
        switch (cause) {
            case null -> link.out.sayTaken(id, offer, limit());
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

    @Override void takeBack(long offer) {
        for (var element : entering) {
            if (element.offer != offer) continue;
            entering.remove(element);
            turnAway(element, () -> link.out.sayWithdrawn(id, offer, limit()));
            proceed();
            return;
        }
        var sending = untaken.get(offer);
        if (sending != null) sending.cancel(false); // whatever it answers, the verdict comes through Settled
    }

    @Override void takeAllBack() {
        var outside = new ArrayList<>(entering);
        entering.clear();
        for (var element : outside) turnAway(element, () -> sayLeft(element.offer));
        // the last first, so that a first part of what was sent stays taken, whenever a receiver comes
        for (var sending : new ArrayList<>(untaken.values()).reversed()) sending.cancel(false);
    }

    /// Whether the channel had no room when this was asked: it still holds an offer of this end.
    boolean isFull() {
        for (var sending : untaken.values()) if (!sending.isDone()) return true;
        return false;
    }

    @Override void closed(@Nullable LinkLost loss) {
        this.loss = loss;
        if (entering.isEmpty()) leaveChannel();
        else closing = true; // what came before goes first
    }

    private void leaveChannel() {
        if (loss == null) home.closed(sender);
        else home.lost(loss);
    }

    /// What a closed end left here goes on waiting for its receivers; the rest is withdrawn, and its channel learns that it lost a sender.
    @Override void lost(String why, long heard) {
        super.lost(why, heard);
        if (detached) return;
        takeAllBack();
        home.lost(link.loss(why, LinkLost.Outcome.NOT_TAKEN));
    }

    @Override boolean isIdle() {
        return untaken.isEmpty() && entering.isEmpty();
    }
}
