package dev.parley.csp.pipeline;

import java.util.concurrent.Flow;
import java.util.stream.LongStream;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/// For [FlowTckTest]: a pipeline of numbers through a stage.
public final class PublisherVerification extends FlowPublisherVerification<Long> {
    /// Made by TestNG.
    public PublisherVerification() {
        super(new TestEnvironment(2000, 50));
    }

    @Override public Flow.Publisher<Long> createFlowPublisher(long elements) {
        return Pipeline.from((Iterable<Long>) () -> LongStream.range(0, elements).iterator()).map(x -> x + 1)
                .toPublisher();
    }

    @Override public Flow.Publisher<Long> createFailedFlowPublisher() {
        return Pipeline.from((Iterable<Long>) () -> { throw new IllegalStateException("no numbers today"); })
                .toPublisher();
    }
}
