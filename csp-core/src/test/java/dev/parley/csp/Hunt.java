package dev.parley.csp;

import dev.parley.csp.testing.AccountingStressTest;
import dev.parley.csp.testing.ChannelLincheckTest;
import dev.parley.csp.testing.ChannelSuiteTest;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// A JVM that looks with one instrument for a mistake in the classes that it was started with: see [KillTable], which starts it.
public final class Hunt {
    /// What looks for mistakes; a column of the table.
    enum Instrument {
        SUITE("scheduler"), CONTRACT("contract tests"), ACCOUNT("account"), LINCHECK("Lincheck");

        final String title;

        Instrument(String title) {
            this.title = title;
        }
    }

    private static final List<Class<?>> CONTRACT = List.of(ChannelContractTest.class, ChannelTest.class, AltTest.class,
            GuardsTest.class, ExtendedRendezvousTest.class, PromiseTest.class, BarrierTest.class,
            BarrierScheduleTest.class, AskingTest.class, AskingScheduleTest.class);

    private Hunt() {}

    /// Prints how many milliseconds it took and what was found, if anything, and ends the JVM, whoever still waits in it.
    ///
    /// @param args the instrument, and the class with the mistake
    public static void main(String[] args) {
        long start = System.nanoTime();
        String found;
        try {
            found = found(Instrument.valueOf(args[0]), args[1]);
        } catch (Throwable failure) {
            found = firstLine(failure);
        }
        System.out.println("\n" + KillTable.ANSWER + "\t" + (System.nanoTime() - start) / 1_000_000 + "\t"
                + (found == null ? "" : found));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static @Nullable String found(Instrument instrument, String file) throws Exception {
        switch (instrument) {
            case SUITE -> ChannelSuiteTest.hunt();
            case ACCOUNT -> AccountingStressTest.hunt();
            case LINCHECK -> ChannelLincheckTest.hunt(file);
            case CONTRACT -> {
                return failedTest();
            }
        }
        return null;
    }

    /// Runs the contract tests until one fails.
    private static @Nullable String failedTest() {
        var first = new AtomicReference<@Nullable String>();
        for (var test : CONTRACT) {
            DiscoverySelector selector = DiscoverySelectors.selectClass(test);
            LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(selector).build(),
                    new TestExecutionListener() {
                        @Override public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                            if (result.getStatus() == TestExecutionResult.Status.FAILED)
                                first.compareAndSet(null, test.getSimpleName() + "." + id.getDisplayName());
                        }
                    });
            if (first.get() != null) break;
        }
        return first.get();
    }

    private static String firstLine(Throwable failure) {
        var text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return text.strip().lines().findFirst().orElse("").replace('|', '/').replace('\t', ' ');
    }
}
