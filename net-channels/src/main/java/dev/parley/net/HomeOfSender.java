package dev.parley.net;

import dev.parley.csp.ChannelException;
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

/// The home's half of a remote sending end: makes its offers sends of the local channel.
///
/// - H2 at most `window` counted offers are unanswered; one more is a breach of protocol
///
/// (H1 and H3 are [HomeEnd]'s.)
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeOfSender<T> extends HomeEnd {
    private static final int UNCOUNTED = -1;

    private final Published<T> home;
    private final Sender<T> sender;
    private final int window;
    private final boolean buffered;
    private final LinkedHashMap<Long, CompletableFuture<Void>> untaken = new LinkedHashMap<>();
    private long accepted, settled;

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
        var value = home.decoded(element);
        if (eager) tried(offer, value);
        else if (!goesIn(offer, bytes, value)) await(offer, bytes, sender.sendAsync(value));
    }

    /// Whether `value` goes into the channel's buffer at once. A channel without one may have to hold its sender, and what waits must not be overtaken.
    private boolean goesIn(long offer, int bytes, T value) {
        if (!buffered || !untaken.isEmpty()) return false;
        try {
            if (!sender.trySend(value)) return false;
            decided(offer, bytes, null);
        } catch (RuntimeException failure) {
            decided(offer, bytes, failure);
        }
        return true;
    }

    private void await(long offer, int counted, CompletableFuture<Void> sending) {
        untaken.put(offer, sending);
        sending.whenComplete((nothing, failure) -> link.loop().submit(new Settled(this, offer, counted, failure)));
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
        var sending = sender.sendAsync(home.decoded(chosen.element()));
        await(offer, UNCOUNTED, sending);
        tried(choice, offer, chosen.element().length, () -> sending.cancel(false));
    }

    private void tried(long offer, T value) {
        try {
            if (sender.trySend(value)) link.sayTaken(id, offer, limit());
            else link.sayWithdrawn(id, offer, limit());
        } catch (ChannelException ended) {
            sayFailed(offer, ended);
        }
    }

    /// An offer's fate in the local channel, told to the loop by whoever decided it.
    private record Settled(HomeOfSender<?> end, long offer, int bytes,
            @Nullable Throwable failure) implements Loop.Command {
        @Override public void run() {
            end.settled(offer, bytes, failure);
        }

        @Override public void refused() {} // the node is closed and has told its peers
    }

    private void settled(long offer, int bytes, @Nullable Throwable failure) {
        untaken.remove(offer);
        settled(offer);
        if (abandoned) return;
        decided(offer, bytes, failure);
        link.idle(this);
    }

    private void decided(long offer, int bytes, @Nullable Throwable failure) {
        if (bytes != UNCOUNTED) settle(bytes);
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        switch (cause) {
            case null -> link.sayTaken(id, offer, limit());
            case CancellationException cancelled when leaving -> sayLeft(offer);
            case CancellationException cancelled -> link.sayWithdrawn(id, offer, limit());
            case ReceiverFailed gaveUp -> link.sayFailed(id, offer, limit(), kind(gaveUp.getCause()), 0,
                    gaveUp.getCause());
            case ChannelException ended -> sayFailed(offer, ended);
            default -> link.sayFailed(id, offer, limit(), Frame.Failure.POISONED, 1, cause);
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
        var sending = untaken.get(offer);
        if (sending != null) sending.cancel(false); // whatever it answers, the verdict comes through Settled
    }

    @Override void takeAllBack() {
        // the last first, so that a first part of what was sent stays taken, whenever a receiver comes
        for (var sending : new ArrayList<>(untaken.values()).reversed()) sending.cancel(false);
    }

    /// Whether the channel had no room when this was asked: it still holds an offer of this end.
    boolean isFull() {
        for (var sending : untaken.values()) if (!sending.isDone()) return true;
        return false;
    }

    @Override void closed() {
        home.closed(sender);
    }

    /// What a closed end left here goes on waiting for its receivers; the rest is withdrawn, and its channel learns that it lost a sender.
    @Override void lost(String why, long heard) {
        super.lost(why, heard);
        if (detached) return;
        takeAllBack();
        home.lost(link.loss(why, LinkLost.Outcome.NOT_TAKEN));
    }

    @Override boolean isIdle() {
        return untaken.isEmpty();
    }
}
