package dev.parley.csp.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;

/// Runs the tests of this package under jcstress: first the [Controls], each of which must fail, then those of the edges, which must not.
public final class Check {
    private static final List<String> CONTROLS = List.of("Controls.Message", "Controls.StoreBuffer");

    /// One JVM for each test, in which C2 reorders at random whatever it may.
    public static final List<String> QUICK = List.of("-sc", "false", "-f", "1", "-fsm", "0", "-time", "250", "-iters",
            "4", "-jvmArgs",
            "-XX:-TieredCompilation -XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN -XX:+StressCCP");

    /// Several JVMs in turn, since not each shows what a control must.
    private static final List<String> PATIENT = List.of("-sc", "false", "-f", "6", "-fsm", "0", "-time", "250",
            "-iters", "4",
            "-jvmArgs", "-XX:-TieredCompilation");

    private static final int MINUTES = Integer.getInteger("parley.jcstress.minutes", 30);

    private Check() {}

    /// What the JVMs of jcstress are started with. (By itself it does not find out that it may keep the fields of its results apart: it takes every class whose
    /// name ends in "Result" for one of its own.)
    public static List<String> options(String tests, List<String> effort, String report) {
        var all = new ArrayList<>(List.of("-t", tests, "-r", report, "-jvmArgsPrepend",
                "--enable-native-access=ALL-UNNAMED -XX:-RestrictContended"));
        all.addAll(effort);
        return all;
    }

    /// @param args where to put the report; then options of jcstress, if any, else a quick look
    public static void main(String[] args) throws Exception {
        CompletableFuture.delayedExecutor(MINUTES, TimeUnit.MINUTES).execute(Check::tooLate);
        controlsMustFail(args[0] + "/controls");
        var effort = Arrays.stream(args).skip(1).toList();
        run(options(".*Edges.*", effort.isEmpty() ? QUICK : effort, args[0]));
    }

    /// An edge that is broken may be a wake-up that is lost; jcstress would wait for it for ever.
    private static void tooLate() {
        System.err.println("Not over after " + MINUTES
                + " minutes: a thread waits for ever, or -Dparley.jcstress.minutes is too small for these options.");
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(1);
    }

    private static void controlsMustFail(String report) throws Exception {
        String failures;
        try {
            run(options(".*Controls.*", PATIENT, report));
            failures = "";
        } catch (AssertionError expected) {
            failures = expected.getMessage();
        }
        for (var control : CONTROLS)
            if (!failures.lines().anyMatch(line -> line.contains(control) && line.contains("Observed forbidden state")))
                throw new AssertionError(
                        control + " did not show what it must, so that the other tests would prove nothing");
        IO.println("The controls fail, as they must.");
    }

    private static void run(List<String> options) throws Exception {
        var parsed = new Options(options.toArray(String[]::new));
        if (!parsed.parse()) throw new IllegalArgumentException("jcstress does not take " + options);
        new JCStress(parsed).run();
    }
}
