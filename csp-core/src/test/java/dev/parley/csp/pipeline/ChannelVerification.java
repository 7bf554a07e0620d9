package dev.parley.csp.pipeline;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelPoisoned;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/// For [FlowTckTest]: a channel that a process sends numbers into, for one subscriber.
public final class ChannelVerification extends FlowPublisherVerification<Long> {
    /// Made by TestNG.
    public ChannelVerification() {
        super(new TestEnvironment(2000, 50));
    }

    @Override public Flow.Publisher<Long> createFlowPublisher(long elements) {
        var numbers = Channel.<Long>rendezvous();
        Thread.startVirtualThread(() -> {
            try (numbers) {
                for (long n = 0; n < elements; n++) numbers.send(n);
            } catch (ChannelPoisoned | InterruptedException end) {
                // the subscriber has cancelled
            }
        });
        return Pipeline.from(numbers).toPublisher();
    }

    @Override public Flow.Publisher<Long> createFailedFlowPublisher() {
        var numbers = Channel.<Long>rendezvous();
        numbers.poison(new IllegalStateException("no numbers today"));
        return Pipeline.from(numbers).toPublisher();
    }
}
