package dev.parley.csp.pipeline;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;

/// For [FlowTckTest]: the source of a pipeline.
public final class SubscriberVerification extends FlowSubscriberBlackboxVerification<Integer> {
    /// Made by TestNG.
    public SubscriberVerification() {
        super(new TestEnvironment(2000, 50));
    }

    @Override public Flow.Subscriber<Integer> createFlowSubscriber() {
        var input = new FlowInput<Integer>(4);
        var meter = new Meter("source", null, false);
        var link = new Link<Integer>("link", 100);
        var outlet = link.outlet(meter);
        Thread.startVirtualThread(() -> {
            try {
                input.drain(outlet);
            } catch (Exception told) {
                // what onError was called with
            }
        });
        return input;
    }

    @Override public Integer createElement(int element) {
        return element;
    }
}
