package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ends in one element that came: makes ends of this node's for the references in it.
///
/// **Idea.** An element is decoded twice if there are ends in it: first to learn which, with ends in their places that lead nowhere, and, when the homes have answered, with the true ones. So whoever receives the element
/// has ends that work, and the node that sent them may let go of its own ([MobileEnd]).
///
/// Confined to the loop.
final class IncomingEnds {
    private static final class Coming {
        final Reference reference;
        @Nullable Object end;
        @Nullable Throwable failure;

        Coming(Reference reference) {
            this.reference = reference;
        }
    }

    private final Names names;
    private final List<Coming> coming = new ArrayList<>();
    private int unanswered;
    private int next = -1; // of those that came; -1 while it is being learnt what there is
    private boolean thrownAway;
    private @Nullable Runnable done;

    IncomingEnds(Names names) {
        this.names = names;
    }

    // For codecs

    @SuppressWarnings("unchecked") // the same codec asked for it
    <T> Sender<T> sender(String reference, Codec<T> codec) {
        if (next >= 0) return (Sender<T>) came();
        this.<Sender<T>>ask(reference, false,
                (location, recipient) -> new Want.ToSend<>(location, codec, Published.fingerprint(codec), recipient));
        return Channel.<T>rendezvous().sender();
    }

    @SuppressWarnings("unchecked") // the same codec asked for it
    <T> ReceiverEnd<T> receiver(String reference, Codec<T> codec) {
        if (next >= 0) return (ReceiverEnd<T>) came();
        this.<ReceiverEnd<T>>ask(reference, true,
                (location, recipient) -> new Want.ToReceive<>(location, codec, Published.fingerprint(codec),
                        recipient));
        return Channel.<T>rendezvous().receiver();
    }

    private interface Asking<E> {
        Want want(Location location, Recipient<E> recipient);
    }

    private <E> void ask(String text, boolean receives, Asking<E> asking) {
        var reference = Reference.of(text);
        if (reference.receives() != receives)
            throw new IllegalArgumentException(
                    "an end to " + (receives ? "receive from" : "send to") + " was expected, but came " + text);
        if (coming.size() == Limits.ENDS_IN_ELEMENT)
            throw new IllegalArgumentException("more than " + Limits.ENDS_IN_ELEMENT + " ends in an element");
        var end = new Coming(reference);
        coming.add(end);
        unanswered++;
        names.attach(reference, asking.want(reference.location(), new Recipient<>() {
            @Override public void give(E word) {
                end.end = word;
                answered(end);
            }

            @Override public void fail(Throwable failure) {
                end.failure = failure;
                answered(end);
            }
        }));
    }

    private void answered(Coming end) {
        unanswered--;
        if (thrownAway) close(end);
        else if (unanswered == 0 && done != null) done.run();
    }

    private Object came() {
        var end = coming.get(next++).end;
        if (end == null) throw new AssertionError("an end that did not come");
        return end;
    }

    // For who has the element

    boolean isEmpty() {
        return coming.isEmpty();
    }

    boolean isComplete() {
        return unanswered == 0;
    }

    /// Runs `done` when all have been answered.
    void onceComplete(Runnable done) {
        this.done = done;
    }

    /// From here on a codec gets the ends that came.
    void serve() {
        next = 0;
    }

    /// Hears which ends did not come, and why.
    interface Missing {
        void missing(int which, Throwable why);
    }

    void missing(Missing hearer) {
        for (int which = 0; which < coming.size(); which++) {
            var failure = coming.get(which).failure;
            if (failure != null) hearer.missing(which, failure);
        }
    }

    /// Puts in the place of each end that did not come one that tells why to whoever uses it.
    void replaceMissing() {
        for (var end : coming) {
            if (end.failure == null) continue;
            var dead = Channel.rendezvous(end.reference.location().name());
            dead.poison(LinkLost.STRENGTH, end.failure);
            end.end = end.reference.receives() ? dead.receiver() : dead.sender();
        }
    }

    /// Nobody will receive the element (E3).
    void throwAway() {
        thrownAway = true;
        for (var end : coming) close(end);
    }

    private static void close(Coming end) {
        var came = end.end;
        end.end = null;
        switch (came) {
            case null -> {}
            case Sender<?> sender -> sender.close();
            case ReceiverEnd<?> receiver -> Published.retire(receiver);
            default -> throw new AssertionError(came);
        }
    }
}
