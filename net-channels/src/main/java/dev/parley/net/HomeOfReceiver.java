package dev.parley.net;

import dev.parley.csp.ChannelException;
import dev.parley.csp.Held;
import dev.parley.csp.ReceiverEnd;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The home's half of a remote receiving end: makes its requests extended receives of the local channel, so that the sender of an element
/// stays until the other node has said that its process has it.
///
/// **Idea.** An element goes from `asked` over `ready` to `given`, and only the peer's word ends that. A try is a receive that is cancelled at once.
///
/// **When the link ends** requests that wait are taken back. The sender of an element on its way is told by a `ReceiverFailed` that the link was lost: for certain
/// not received if it was never said or never heard, else perhaps. It is not given to another receiver, since it may have been received
/// once. An element whose sender did not stay (one from a buffer, or of a try) goes the same way, and nobody is left to be told.
///
/// - H4 each element that the channel gave is in exactly one of `ready` and `given` until its sender is let go, and each is let go once
/// - H5 elements wait in `ready` while the peer has not heard [Link#mayDeliver] much, or while another large one is on its way ([Outflow]); they are encoded only when they leave, but once more to learn that
///   they are large
///
/// (H1 and H3 are [HomeEnd]'s.)
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeOfReceiver<T> extends HomeOfChannel {
    /// @param large its bytes, if that was learnt and they are many; else 0
    private record Ready<T>(long request, Held<T> element, int large) {}

    /// @param position where DELIVER stands in what was said
    /// @param large the element, if it was only announced by that
    /// @param ends ends in the element, in the order in which the peer counts them
    /// @param unreached of those, which the peer could not attach
    private record Given(Held<?> element, long position, Outflow.@Nullable Value large, List<MobileEnd> ends,
            Map<Integer, LinkLost> unreached) {
        /// Where that stands in what was said which the peer must have heard to have the element.
        long decisive() {
            return large == null ? position : large.position();
        }

        /// The peer's process has the element.
        void arrived() {
            for (int which = 0; which < ends.size(); which++) {
                var loss = unreached.get(which);
                if (loss == null) ends.get(which).arrived();
                else ends.get(which).lost(loss);
            }
        }
    }

    private final Published<T> home;
    private final ReceiverEnd<T> receiver;
    private final LinkedHashMap<Long, CompletableFuture<Held<T>>> asked = new LinkedHashMap<>();
    private final ArrayDeque<Ready<T>> ready = new ArrayDeque<>();
    private final LinkedHashMap<Long, Given> given = new LinkedHashMap<>();

    HomeOfReceiver(Link link, int id, Published<T> home) {
        super(link, id, home.choices);
        this.home = home;
        this.receiver = home.receiver();
    }

    void requested(Frame.Request wanted) {
        long request = wanted.request();
        came(request);
        if (leaving) {
            sayLeft(request);
            return;
        }
        var receiving = asked(request);
        if (!wanted.waits()) receiving.cancel(false); // if that is too late, it has an element or soon will
    }

    private CompletableFuture<Held<T>> asked(long request) {
        link.waiters.requestCame();
        var receiving = receiver.receiveExtendedAsync();
        asked.put(request, receiving);
        receiving
                .whenComplete((element, failure) -> link.loop().submit(new Settled<>(this, request, element, failure)));
        return receiving;
    }

    /// A choice receives.
    void chosen(Frame.ChooseRequest chosen) {
        long request = chosen.request();
        came(request);
        var choice = comes(chosen.watch());
        tries(choice);
        if (leaving) {
            sayLeft(request);
            return;
        }
        var receiving = asked(request);
        tried(choice, request, 0, () -> receiving.cancel(false));
    }

    /// A request's fate in the local channel, told to the loop by whoever decided it.
    private record Settled<T>(HomeOfReceiver<T> end, long request, @Nullable Held<T> element,
            @Nullable Throwable failure) implements Loop.Command {
        @Override public void run() {
            end.asked.remove(request);
            end.settled(request);
            if (element != null) end.give(request, element);
            else if (!end.abandoned) end.failed(request, failure);
        }

        @Override public void refused() { // the node is closed and has told its peers
            if (element != null) element.fail(end.link.loss("this node was closed", LinkLost.Outcome.NOT_TAKEN));
        }
    }

    private void give(long request, Held<T> element) {
        if (abandoned) {
            failUnsent(element, "it ended before the element was sent off");
            return;
        }
        home.away.add(element.value());
        ready.add(new Ready<>(request, element, 0));
        pump();
    }

    /// The element is given to no other, so the ends in it are lost with it.
    private void failUnsent(Held<T> element, String why) {
        var loss = link.loss(why, LinkLost.Outcome.NOT_TAKEN);
        try {
            for (var end : link.packed(home.codec, element.value(), home.name).ends()) end.lost(loss);
        } catch (RuntimeException cannotTravel) {
            loss.addSuppressed(cannotTravel); // so it never would have
        }
        element.fail(loss);
    }

    private void failed(long request, @Nullable Throwable failure) {
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        switch (cause) {
            case CancellationException cancelled when leaving -> sayLeft(request);
            case CancellationException cancelled -> link.out.sayWithdrawn(id, request, limit());
            case ChannelException ended -> sayFailed(request, ended);
            case null -> throw new AssertionError("neither an element nor a failure");
            default -> link.out.sayFailed(id, request, limit(), Frame.Failure.POISONED, 1, cause);
        }
        link.waiters.requestSettled();
        link.idle(this);
    }

    /// Lets leave what may (H5).
    void pump() {
        while (!ready.isEmpty() && link.mayDeliver(this)) {
            var next = ready.getFirst();
            if (next.large > 0 && !link.outflow.mayDeliver(this, next.large)) return;
            ready.remove();
            try {
                var packed = link.packed(home.codec, next.element.value(), home.name);
                int length = packed.bytes().length;
                if (link.isLarge(length) && !link.outflow.mayDeliver(this, length)) {
                    ready.addFirst(new Ready<>(next.request, next.element, length));
                    return;
                }
                given.put(next.request, given(next, packed));
            } catch (RuntimeException cannotTravel) {
                home.away.remove(next.element.value());
                // The sender may be told, or have left; silence would lose the element, and each further one like it.
                next.element.fail(cannotTravel);
                home.poison(LinkLost.STRENGTH, cannotTravel);
                link.out.sayFailed(id, next.request, limit(), Frame.Failure.POISONED, LinkLost.STRENGTH, cannotTravel);
                link.waiters.requestSettled();
            }
        }
    }

    private Given given(Ready<T> next, OutgoingEnds.Packed packed) {
        var large = link.isLarge(packed.bytes().length) ? link.outflow.announceDelivery(packed.bytes()) : null;
        long position = large == null
                ? link.out.sayDeliver(id, next.request, packed.bytes())
                : link.out.sayDeliver(id, next.request, large);
        return new Given(next.element, position, large, packed.ends(), new HashMap<>(0));
    }

    /// The peer could not attach an end in the element of `request`.
    void unreached(Frame.Unreached frame) {
        var arriving = given.get(frame.request());
        if (arriving == null || frame.which() >= arriving.ends.size())
            throw new ProtocolError("an end that was not in an element for request " + frame.request());
        arriving.unreached.put(frame.which(), link.loss(
                "an end of this channel was sent there and could not be attached: " + frame.cause(),
                LinkLost.Outcome.NOT_TAKEN));
    }

    /// The peer's process has the element of `request`.
    void delivered(long request) {
        var arrived = confirmed(request);
        arrived.arrived();
        arrived.element.close();
        link.confirmed(this, arrived.decisive());
    }

    /// The peer's process had it, and failed.
    void gaveUp(long request, RemoteFailure cause) {
        var arrived = confirmed(request);
        arrived.arrived();
        arrived.element.fail(cause);
        link.confirmed(this, arrived.decisive());
    }

    private Given confirmed(long request) {
        var arrived = given.remove(request);
        if (arrived == null || arrived.decisive() == Outflow.NEVER)
            throw new ProtocolError("it has the element of request " + request + ", which has none, or not yet");
        if (arrived.large != null) arrived.large.over();
        home.away.remove(arrived.element.value());
        link.waiters.requestSettled();
        return arrived;
    }

    @Override void takeBack(long request) {
        var receiving = asked.get(request);
        if (receiving != null) receiving.cancel(false); // whatever it answers, the word comes through Settled
    }

    @Override void takeAllBack() {
        for (var receiving : new ArrayList<>(asked.values())) receiving.cancel(false);
    }

    @Override void closed(@Nullable LinkLost loss) {
        Published.retire(receiver);
    }

    @Override void lost(String why, long heard) {
        super.lost(why, heard);
        takeAllBack();
        for (var never : ready) {
            home.away.remove(never.element.value());
            failUnsent(never.element, why);
        }
        ready.clear();
        for (var perhaps : given.values()) {
            var loss = link.loss(why,
                    perhaps.decisive() > heard ? LinkLost.Outcome.NOT_TAKEN : LinkLost.Outcome.UNKNOWN);
            home.away.remove(perhaps.element.value());
            for (var end : perhaps.ends) end.lost(loss);
            perhaps.element.fail(loss);
        }
        given.clear();
        if (!detached) Published.retire(receiver);
    }

    @Override boolean isIdle() {
        return asked.isEmpty() && ready.isEmpty() && given.isEmpty();
    }
}
