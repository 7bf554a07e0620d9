package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The home's half of a remote sending end: makes the remote offers offers of the local channel, and answers each when it is decided there.
///
/// - H1 each offer is answered exactly once: TAKEN, WITHDRAWN or FAILED
/// - H2 at most `window` counted offers are unanswered; one more is a breach of protocol
/// - H3 an offer that was withdrawn was never and will never be received: the channel's own `cancel` decided
///
/// Confined to the loop.
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeEnd<T> {
    private final Link link;
    private final int id;
    private final Published<T> home;
    private final Sender<T> sender;
    private final int window;
    private final LinkedHashMap<Long, CompletableFuture<Void>> untaken = new LinkedHashMap<>();
    private long lastOffer, accepted, settled;
    private boolean detached, leaving, abandoned;

    HomeEnd(Link link, int id, Published<T> home) {
        this.link = link;
        this.id = id;
        this.home = home;
        this.sender = home.attach();
        this.window = home.window();
    }

    /// The absolute number of offers allowed (H2).
    long limit() {
        return settled + window;
    }

    void offered(Frame.Offer offered) {
        long offer = offered.offer();
        boolean eager = !offered.waits();
        if (detached) throw new ProtocolError("an offer from end " + id + ", which is closed");
        if (offer != lastOffer + 1) throw new ProtocolError("offer " + offer + " came after offer " + lastOffer);
        lastOffer = offer;
        int bytes = offered.element().length;
        if (!eager) {
            if (accepted >= limit()) throw new ProtocolError("offer " + offer + " is beyond the limit " + limit());
            accepted++;
            link.received(bytes);
        }
        if (leaving) {
            if (!eager) settle(bytes);
            link.sayFailed(id, offer, limit(), Frame.Failure.HOME_LEFT, 0, null);
            return;
        }
        var value = decoded(offered.element());
        if (eager) tried(offer, value);
        else {
            var sending = sender.sendAsync(value);
            untaken.put(offer, sending);
            sending.whenComplete((nothing, failure) -> link.loop().submit(new Settled(this, offer, bytes, failure)));
        }
    }

    private T decoded(byte[] bytes) {
        try {
            var value = home.codec.decode(bytes);
            if (value == null) throw new IllegalArgumentException("it is null");
            return value;
        } catch (Exception malformed) {
            throw new ProtocolError(
                    "an element for Channel \"" + home.name + "\" cannot be read by " + home.codec + ": " + malformed,
                    malformed);
        }
    }

    private void tried(long offer, T value) {
        try {
            if (sender.trySend(value)) link.sayTaken(id, offer, limit());
            else link.sayWithdrawn(id, offer, limit());
        } catch (ChannelException ended) {
            putFailed(offer, ended);
        }
    }

    /// An offer's fate in the local channel, told to the loop by whoever decided it.
    private record Settled(HomeEnd<?> end, long offer, int bytes, @Nullable Throwable failure) implements Loop.Command {
        @Override public void run() {
            end.settled(offer, bytes, failure);
        }

        @Override public void refused() {} // the node is closed and has told its peers
    }

    private void settled(long offer, int bytes, @Nullable Throwable failure) {
        untaken.remove(offer);
        if (abandoned) return;
        settle(bytes);
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        switch (cause) {
            case null -> link.sayTaken(id, offer, limit());
            case CancellationException cancelled when leaving -> link.sayFailed(id, offer, limit(),
                    Frame.Failure.HOME_LEFT,
                    0, null);
            case CancellationException cancelled -> link.sayWithdrawn(id, offer, limit());
            case ReceiverFailed gaveUp -> link.sayFailed(id, offer, limit(), Frame.Failure.RECEIVER, 0,
                    gaveUp.getCause());
            case ChannelException ended -> putFailed(offer, ended);
            default -> link.sayFailed(id, offer, limit(), Frame.Failure.POISONED, 1, cause);
        }
        link.idle(this);
    }

    private void settle(int bytes) {
        settled++;
        link.released(bytes);
    }

    private void putFailed(long offer, ChannelException ended) {
        if (ended instanceof ChannelPoisoned poisoned)
            link.sayFailed(id, offer, limit(), Frame.Failure.POISONED, poisoned.strength(), ended.getCause());
        else
            link.sayFailed(id, offer, limit(), Frame.Failure.CLOSED, 0, null);
    }

    void withdraw(long offer) {
        if (offer > lastOffer || offer < 1) throw new ProtocolError("offer " + offer + " was withdrawn but never made");
        var sending = untaken.get(offer);
        if (sending != null) sending.cancel(false); // whatever it answers, the verdict comes through Settled
    }

    /// Whether the channel had no room when this was asked: it still holds an offer of this end.
    boolean isFull() {
        for (var sending : untaken.values()) if (!sending.isDone()) return true;
        return false;
    }

    void detach() {
        if (detached) throw new ProtocolError("end " + id + " was closed twice");
        detached = true;
        home.closed(sender);
        link.idle(this);
    }

    /// The link is over. What a closed end left here goes on waiting for its receivers; the rest is withdrawn, and its channel learns that it lost
    /// a sender.
    void lost(LinkLost why) {
        abandoned = true;
        if (detached) return;
        takeAllBack();
        home.lost(why);
    }

    /// The node closes: answers all that is undecided.
    void leave() {
        leaving = true;
        takeAllBack();
    }

    private void takeAllBack() {
        for (var sending : new ArrayList<>(untaken.values())) sending.cancel(false);
    }

    int id() {
        return id;
    }

    boolean isIdle() {
        return untaken.isEmpty();
    }

    boolean isOver() {
        return detached && isIdle();
    }
}
