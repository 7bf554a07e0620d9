package dev.parley.net;

import dev.parley.csp.Channel;
import dev.parley.net.protocol.Id;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The choices of other nodes that wait for a channel that is at home here, or may soon: see [Standing].
///
/// **Idea.** A choice that waits is told that it is its turn when the channel may let it happen. It then comes with a real offer or request, for which it has reserved itself, and which the
/// channel lets happen or not, as any other. If not, it is taken back at once. So the channel decides, and a plain operation or an Alt of this node needs to know
/// nothing of this.
///
/// **Two choices of other nodes** can only meet if one of them is here, reserved, when the other one comes. Of such a pair the one with the lower key (node,
/// then choosing thread) has its turn first, and its offer stays here as long as an opposite choice with a higher key waits: that one is told its turn by the
/// channel, since the offer is in it, and answers by a try, which meets the offer, or by leaving.
///
/// - C4 an offer stays here only as long as an opposite choice with a higher key waits, and each of those has been told its turn
/// - C5 every turn is answered by a try or by leaving, once its choice is not reserved elsewhere (C3)
///
/// **No deadlock.** A choice that is reserved waits for the answer to its try, and that only for choices with a higher key (C4), each of which answers unless it is itself reserved and
/// so waiting in the same way (C5); keys do not go round in a circle. That is the order in which PyCSP locks its channels' both parties (Bagrodia 1989), without a lock
/// where one party is plain or lives here.
///
/// **What is weaker than for a local Alt.** A choice has no place in the channel's queue: who comes while it is told its turn may be first. Confined to the loop.
final class Choices {
    /// One of them, as a guard here.
    static final class Waits {
        private final HomeEnd end;
        private final Id node;
        private final long number, thread;
        private final boolean sends;
        private Runnable takeBack = () -> {};
        private boolean told, coming, over;

        Waits(HomeEnd end, Id node, long number, long thread, boolean sends) {
            this.end = end;
            this.node = node;
            this.number = number;
            this.thread = thread;
            this.sends = sends;
        }

        long number() {
            return number;
        }

        /// It has said that it tries.
        void comes() {
            coming = true;
            told = true;
        }

        boolean isComing() {
            return coming;
        }

        /// 0 for guards of one choice, which never meet.
        int order(Waits other) {
            int high = Long.compare(node.high(), other.node.high());
            int low = high != 0 ? high : Long.compare(node.low(), other.node.low());
            return low != 0 ? low : Long.compare(thread, other.thread);
        }
    }

    /// An offer that stays here for a while (C4).
    ///
    /// @param bytes that it keeps in memory
    record Stays(Waits from, int bytes, Runnable takeBack) {}

    private final Channel<?> channel;
    private final Set<Waits> senders = new LinkedHashSet<>(), receivers = new LinkedHashSet<>();
    private final Set<Stays> staying = new LinkedHashSet<>();
    private final Set<Runnable> seekers = new LinkedHashSet<>(); // who want to know of a choice that receives

    Choices(Channel<?> channel) {
        this.channel = channel;
    }

    private Set<Waits> sameSide(Waits choice) {
        return choice.sends ? senders : receivers;
    }

    private Set<Waits> opposite(Waits choice) {
        return choice.sends ? receivers : senders;
    }

    void add(Waits choice) {
        sameSide(choice).add(choice);
        var loop = choice.end.link.loop();
        Runnable ready = () -> loop.submit(new Turn(this, choice));
        choice.takeBack = choice.sends ? channel.onceSendable(ready) : channel.onceReceivable(ready);
        for (var other : new ArrayList<>(opposite(choice))) {
            int order = choice.order(other);
            if (order < 0) turn(choice);
            else if (order > 0) turn(other);
        }
        if (choice.sends) return;
        var found = new ArrayList<>(seekers);
        seekers.clear();
        for (var seeker : found) seeker.run();
    }

    /// Runs `found` once when a choice waits to receive.
    ///
    /// @return takes this back
    Runnable onceReceiving(Runnable found) {
        if (receivers.isEmpty()) seekers.add(found);
        else found.run();
        return () -> seekers.remove(found);
    }

    private record Turn(Choices choices, Waits choice) implements Loop.Command {
        @Override public void run() {
            choices.turn(choice);
        }

        @Override public void refused() {}
    }

    private void turn(Waits choice) {
        if (choice.told || choice.over) return;
        choice.told = true;
        choice.end.link.out.sayTurn(choice.end.id, choice.number);
    }

    /// It waits no more, or comes with its try.
    void remove(Waits choice) {
        choice.over = true;
        sameSide(choice).remove(choice);
        choice.takeBack.run();
    }

    /// What came from `choice`, which was removed, is in the channel, and happened there or waits.
    ///
    /// @return that it stays; null if it was taken back
    @Nullable Stays tried(Waits choice, boolean mayStay, int bytes, Runnable takeBack) {
        if (!mayStay || !stays(choice)) {
            takeBack.run();
            return null;
        }
        var stay = new Stays(choice, bytes, takeBack);
        staying.add(stay);
        return stay;
    }

    /// It happened, or was taken back.
    void settled(Stays stay) {
        staying.remove(stay);
    }

    /// Whether what comes from `choice` would stay here.
    boolean stays(Waits choice) {
        for (var other : opposite(choice)) if (choice.order(other) < 0) return true;
        return false;
    }

    /// After choices were removed, and what they tried is in the channel.
    void recheck() {
        for (var stay : new ArrayList<>(staying)) {
            if (stays(stay.from)) continue;
            staying.remove(stay);
            stay.takeBack.run();
        }
    }
}
