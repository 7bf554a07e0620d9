package dev.parley.csp.pipeline;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// The bridge to `java.util.concurrent.Flow` keeps the rules of Reactive Streams: their own test kit, which is written for TestNG, says so. Its rules
/// that a test cannot check it reports as skipped; which those are is asserted, lest a rule be skipped for another reason.
@Timeout(300) class FlowTckTest {
    @Test void aPipelineIsAPublisher() {
        var skipped = run(PublisherVerification.class, 30);
        assertEquals(Set.of(
                // by their design untestable
                "untested_spec106_mustConsiderSubscriptionCancelledAfterOnErrorOrOnCompleteHasBeenCalled",
                "untested_spec107_mustNotEmitFurtherSignalsOnceOnErrorHasBeenSignalled",
                "untested_spec108_possiblyCanceledSubscriptionShouldNotReceiveOnErrorOrOnCompleteSignals",
                "untested_spec109_subscribeShouldNotThrowNonFatalThrowable",
                "untested_spec110_rejectASubscriptionRequestIfTheSameSubscriberSubscribesTwice",
                "untested_spec304_requestShouldNotPerformHeavyComputations",
                "untested_spec305_cancelMustNotSynchronouslyPerformHeavyComputation"), skipped);
    }

    @Test void aChannelIsAPublisher() {
        run(ChannelVerification.class, 20);
    }

    @Test void theSourceOfAPipelineIsASubscriber() {
        run(SubscriberVerification.class, 11);
    }

    /// Runs the verification and checks that no rule is broken and at least `atLeast` rules are kept.
    ///
    /// @return what was skipped
    private static Set<String> run(Class<?> verification, int atLeast) {
        var results = new TestListenerAdapter();
        var kit = new TestNG(false);
        kit.setVerbose(0);
        kit.setTestClasses(new Class<?>[]{verification});
        kit.addListener(results);
        kit.run();
        assertEquals(List.of(), results.getConfigurationFailures().stream().map(FlowTckTest::told).toList());
        assertEquals(List.of(), results.getFailedTests().stream().map(FlowTckTest::told).toList());
        int passed = results.getPassedTests().size();
        assertTrue(passed >= atLeast, () -> "only " + passed + " rules were tested");
        return results.getSkippedTests().stream().map(ITestResult::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String told(ITestResult result) {
        var why = new java.io.StringWriter();
        if (result.getThrowable() != null) result.getThrowable().printStackTrace(new java.io.PrintWriter(why));
        return result.getName() + ": " + why;
    }
}
