package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import dev.parley.net.LinkLost.Outcome;
import dev.parley.net.protocol.Frame;
import dev.parley.net.protocol.ProtocolError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The home's half of a barrier in which processes of another node take part: makes their arrivals arrivals at the barrier itself, so that those who are here and those who are there
/// meet as one.
///
/// **When the link ends** while processes are enrolled through it, they can neither come nor resign. So the barrier breaks: all others are told, and nobody waits for ever. It would be wrong to resign for
/// them, since the others would go on as if these had done their part.
///
/// - H8 `places` of the barrier's enrolled are processes of the peer, and no more arrivals than that are undecided
/// - H9 that a meeting has been, or never will be, is said only after the barrier itself has said so
///
/// (H1 and H3 are [HomeEnd]'s.) That arrivals are said once and in order, over one connection after the other, is [Session]'s; their number tells whether both sides mean the same meeting.
@SuppressWarnings("FutureReturnValueIgnored") // what became of it is heard elsewhere
final class HomeOfBarrier extends HomeEnd {
    private final String name;
    private final Barrier barrier;
    private final LinkedHashMap<Long, CompletableFuture<Long>> arrived = new LinkedHashMap<>();
    private int places;
    private long present; // the meeting that the peer may arrive at, as far as is known here

    HomeOfBarrier(Link link, int id, PublishedBarrier home) {
        super(link, id);
        this.name = home.name();
        this.barrier = home.barrier();
    }

    void asked(Frame.Enroll question) {
        long number = question.offer();
        came(number);
        if (leaving) {
            sayLeft(number);
            return;
        }
        try {
            switch (question.change()) {
                case ENROLL -> {
                    link.waiters.enrolled();
                    enroll();
                }
                case RESIGN -> {
                    if (places == arrived.size())
                        throw new ProtocolError("nobody can resign from Barrier \"" + name + "\": of " + places
                                + " enrolled from there, all have arrived");
                    places--;
                    link.waiters.resigned();
                    barrier.resign();
                }
                case NONE -> {}
            }
            link.out.say(new Frame.Enrolled(id, number, present, barrier.enrolled()));
        } catch (BrokenBarrier broken) {
            sayBroken(number, broken);
        } catch (IllegalStateException nobody) {
            sayMiscounted(number, nobody);
        }
    }

    private void enroll() {
        try {
            present = Math.max(present, barrier.enroll());
            places++;
        } catch (BrokenBarrier broken) {
            link.waiters.resigned();
            throw broken;
        }
    }

    void arrived(Frame.Sync arrival) {
        long number = arrival.offer();
        came(number);
        if (arrived.size() >= places)
            throw new ProtocolError(
                    "an arrival at Barrier \"" + name + "\" beyond the " + places + " enrolled from there");
        if (arrival.meeting() > present)
            throw new ProtocolError("an arrival at meeting " + arrival.meeting() + " of Barrier \"" + name
                    + "\", in which meeting " + present + " is next");
        if (leaving) {
            sayLeft(number);
            return;
        }
        var meeting = barrier.syncAsync();
        arrived.put(number, meeting);
        meeting.whenComplete((met, failure) -> link.loop().submit(new Settled(this, number, met, failure)));
        if (!arrival.waits()) meeting.cancel(false); // if that is too late, they have met
    }

    /// An arrival's fate, told to the loop by whoever decided it.
    private record Settled(HomeOfBarrier end, long number, @Nullable Long met,
            @Nullable Throwable failure) implements Loop.Command {
        @Override public void run() {
            end.arrived.remove(number);
            if (end.abandoned) return;
            if (met != null) end.met(number, met);
            else end.failed(number, failure);
            end.link.idle(end);
        }

        @Override public void refused() {} // the node is closed and has told its peers
    }

    private void met(long number, long meeting) {
        present = Math.max(present, meeting + 1);
        link.out.say(new Frame.Release(id, number, meeting));
    }

    private void failed(long number, @Nullable Throwable failure) {
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        switch (cause) {
            case CancellationException cancelled when leaving -> sayLeft(number);
            case CancellationException cancelled -> link.out.sayWithdrawn(id, number, limit());
            case BrokenBarrier broken -> sayBroken(number, broken);
            case null -> throw new AssertionError("neither a meeting nor a failure");
            default -> sayMiscounted(number, cause);
        }
    }

    private void sayBroken(long number, BrokenBarrier broken) {
        link.out.say(new Frame.Broken(id, number, broken.meeting(), String.valueOf(broken.getCause())));
    }

    /// Processes here resigned for those who are enrolled there: so nobody is enrolled any more, and the count is worth nothing.
    private void sayMiscounted(long number, Throwable nobody) {
        barrier.poison(nobody);
        link.out.say(new Frame.Broken(id, number, present, nobody.toString()));
    }

    @Override void takeBack(long number) {
        var meeting = arrived.get(number);
        if (meeting != null) meeting.cancel(false); // whatever it answers, the word comes through Settled
    }

    @Override void takeAllBack() {
        for (var meeting : new ArrayList<>(arrived.values())) meeting.cancel(false);
    }

    @Override void closed(@Nullable LinkLost loss) {
        breakFor(loss != null ? loss : link.loss("it closed its end while processes were enrolled", Outcome.NOT_TAKEN));
    }

    @Override void lost(String why, long heard) {
        super.lost(why, heard);
        if (!detached) breakFor(link.loss(why, Outcome.NOT_TAKEN));
        takeAllBack();
    }

    private void breakFor(LinkLost loss) {
        if (places > 0) barrier.poison(loss);
    }

    @Override boolean isIdle() {
        return arrived.isEmpty();
    }
}
