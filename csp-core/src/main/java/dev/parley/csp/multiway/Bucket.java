package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.loop.waiting.Preemption;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// Processes fall into a bucket and stay there until another empties it, which lets all go on. The bucket of JCSP: a barrier that does not know
/// who comes.
///
/// What one did before it fell in happens-before the return of [#flush], and that call happens-before they go on.
public final class Bucket {
    //  Who falls in waits to receive from the channel of the present filling, which gives nothing; to flush is to close it. So whoever is
    //  interrupted leaves the channel's queue without a trace, and tools see who waits where.
    //
    //  B1  in.count is the number of those that belong to this filling: each has added itself, and will wait on its channel or find it closed
    //  B2  a flush replaces the filling, then closes it; nobody is added to a replaced filling

    private record Filling(int count, Channel<Boolean> channel) {}

    private final String name;
    private final AtomicReference<Filling> in;

    /// An empty bucket; reports call it `name`.
    public Bucket(String name) {
        this.name = name;
        in = new AtomicReference<>(new Filling(0, Channel.rendezvous(name)));
    }

    /// Waits for the next [#flush].
    ///
    /// **Interruption.** If interrupted before that, throws, and the flush does not count this process. If the interruption comes too late, returns,
    /// and the interrupt flag stays set.
    public void fallInto() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException("interrupted before falling into " + this);
        var mine = in.updateAndGet(filling -> new Filling(filling.count + 1, filling.channel)).channel;
        Preemption.point();
        try {
            mine.receiveOrClosed();
        } catch (InterruptedException interrupted) {
            Preemption.point();
            var now = in
                    .updateAndGet(filling -> filling.channel == mine ? new Filling(filling.count - 1, mine) : filling);
            if (now.channel == mine) throw interrupted;
            Thread.currentThread().interrupt(); // flushed meanwhile
        }
    }

    /// Lets all go on that are in the bucket, and never waits.
    ///
    /// @return how many
    public int flush() {
        var full = in.getAndSet(new Filling(0, Channel.rendezvous(name)));
        Preemption.point();
        full.channel.close();
        return full.count;
    }

    /// How many are in the bucket.
    public int holding() {
        return Objects.requireNonNull(in.get()).count;
    }

    /// The name, and how many are in.
    @Override public String toString() {
        return "Bucket \"" + name + "\" [" + holding() + " in it]";
    }
}
