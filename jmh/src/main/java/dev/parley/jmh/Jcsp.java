package dev.parley.jmh;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jcsp.lang.Alternative;
import org.jcsp.lang.AltingChannelInput;
import org.jcsp.lang.CSProcess;
import org.jcsp.lang.Channel;
import org.jcsp.lang.ChannelInput;
import org.jcsp.lang.ChannelOutput;
import org.jcsp.lang.Guard;
import org.jcsp.lang.Parallel;
import org.jcsp.util.Buffer;
import org.jcsp.util.InfiniteBuffer;
import org.jspecify.annotations.Nullable;

/// JCSP 1.1-rc5: its channels, with the class made for the number of users; its `Alternative`, selecting fairly; its `Parallel`, whose processes are platform
/// threads that it keeps, or, since that cannot be had in large numbers, virtual threads.
final class Jcsp extends Threads {
    private final boolean parallel;

    Jcsp(boolean parallel) {
        super(Queue.NONE);
        this.parallel = parallel;
    }

    @Override public boolean does(Question question) {
        return switch (question) {
            case Switch _,Callbacks _,Remote _,Echo _ -> false;
            case Choosing choosing -> choosing.outputs() == 0; // its output guards need channels of another kind
            case IdleGuard guard -> guard.digits() <= 5; // a choice takes it 14 to 100 us (`alt-2`, `alt-1`), more of them minutes
            case Popular _ -> false; // no choice on a channel of many receivers
            case Crowd crowd -> !crowd.guarded() && (!parallel || crowd.side() <= 16);
            case Spawning spawning -> parallel && spawning.way() == Spawning.Way.SPAWN_PAR;
            case Chain _,Pairs _,Daisy _,StressedAlt _ -> !parallel;
            default -> true;
        };
    }

    private record JcspLink(ChannelInput<Integer> in, ChannelOutput<Integer> out) implements Link {
        @Override public void send(Integer element) { out.write(element); }

        @Override public Integer receive() { return in.read(); }
    }

    @Override public Link link(int capacity, Ends ends) {
        var buffer = capacity == UNBOUNDED
                ? new InfiniteBuffer<Integer>()
                : capacity == 0 ? null : new Buffer<Integer>(capacity);
        return switch (ends) {
            case ONE_TO_ONE -> {
                var channel = buffer == null ? Channel.<Integer>one2one() : Channel.one2one(buffer);
                yield new JcspLink(channel.in(), channel.out());
            }
            case ANY_TO_ONE -> {
                var channel = buffer == null ? Channel.<Integer>any2one() : Channel.any2one(buffer);
                yield new JcspLink(channel.in(), channel.out());
            }
            case ANY_TO_ANY -> {
                var channel = buffer == null ? Channel.<Integer>any2any() : Channel.any2any(buffer);
                yield new JcspLink(channel.in(), channel.out());
            }
        };
    }

    @Override public Choice choice(List<Link> inputs, List<Link> outputs) {
        if (!outputs.isEmpty()) throw new UnsupportedOperationException("JCSP chooses over these inputs only");
        var in = inputs.stream().map(link -> (AltingChannelInput<Integer>) ((JcspLink) link).in).toList();
        var alternative = new Alternative(in.toArray(Guard[]::new));
        return () -> in.get(alternative.fairSelect()).read();
    }

    @Override public void par(List<? extends Body> bodies) throws Exception {
        if (!parallel) {
            super.par(bodies);
            return;
        }
        var failure = new AtomicReference<@Nullable Throwable>();
        var processes = bodies.stream().<CSProcess>map(body -> () -> run(body, failure)).toArray(CSProcess[]::new);
        var par = new Parallel(processes);
        par.run();
        par.releaseAllThreads();
        rethrow(failure.get());
    }
}
