package dev.parley.jmh;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/// Tells JMH what a work costs besides time: processor time of the whole JVM, and what a work itself found out.
public final class Costs implements InternalProfiler {
    static final String CPU = "cpu", OWN = "own", LEAST_SHARE = "least share", LARGEST_SHARE = "largest share";

    private static final List<Long> OWN_TIMES = new ArrayList<>();
    private static int leastShare, largestShare;
    private static LongSupplier clock = Costs::cpu;

    private long cpuBefore;

    /// The time of what a work that times itself is about.
    public static synchronized void own(long nanos) {
        OWN_TIMES.add(nanos);
    }

    /// From now on processor time is that of `process`, not of this JVM. That tells hundredths of a second.
    public static synchronized void watch(ProcessHandle process) {
        clock = () -> process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /// To be called before the process that is watched ends: JMH asks once more after that.
    public static synchronized void watchedLast() {
        long last = clock.getAsLong();
        clock = () -> last;
    }

    /// How often each of many was served.
    public static synchronized void shares(int[] served) {
        leastShare = Arrays.stream(served).min().orElse(0);
        largestShare = Arrays.stream(served).max().orElse(0);
    }

    @Override public String getDescription() { return "processor time of the JVM, and times taken by the work itself"; }

    @Override public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        synchronized (Costs.class) {
            OWN_TIMES.clear();
        }
        cpuBefore = spent();
    }

    @Override public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark,
            IterationParams iteration,
            IterationResult result) {
        var results = new ArrayList<ScalarResult>();
        double operations = result.getMetadata().getAllOps();
        results.add(scalar(CPU, (spent() - cpuBefore) / operations));
        synchronized (Costs.class) {
            if (!OWN_TIMES.isEmpty()) {
                var sorted = OWN_TIMES.stream().mapToDouble(Long::doubleValue).toArray();
                results.add(scalar(OWN, Samples.median(sorted)));
            }
            if (largestShare > 0) {
                results.add(scalar(LEAST_SHARE, leastShare));
                results.add(scalar(LARGEST_SHARE, largestShare));
            }
        }
        return results;
    }

    private static synchronized long spent() {
        return clock.getAsLong();
    }

    private static ScalarResult scalar(String name, double value) {
        return new ScalarResult(name, value, "", AggregationPolicy.AVG);
    }

    static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
