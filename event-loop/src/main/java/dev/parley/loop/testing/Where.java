package dev.parley.loop.testing;

import dev.parley.loop.waiting.Place;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.Condition;

import org.jspecify.annotations.Nullable;

/// Reads stacks for reports: where a thread is, in terms of the code of whoever reads the report.
final class Where {
    private static final Set<String> INSTRUMENT = Set.of("Scheduler", "Run", "SimulatedWaiting", "Simulation",
            "Explorer",
            "Search", "Carrier",
            "SimulatedTestExtension");

    private Where() {}

    /// What a thread that does not run is doing, and where.
    static String line(Thread thread, @Nullable String blocker) {
        String state = switch (thread.getState()) {
            case NEW, RUNNABLE -> "is ready";
            case BLOCKED -> "waits for a monitor";
            case WAITING, TIMED_WAITING -> blocker == null ? "waits" : "waits for " + blocker;
            case TERMINATED -> "has ended";
        };
        return state + " at " + user(thread.getStackTrace());
    }

    /// What can be said of a blocker without calling its toString; null if that says more.
    static @Nullable String name(Object blocker) {
        if (blocker instanceof String text) return text;
        if (blocker instanceof Condition) return "a condition";
        return blocker.getClass().getName().startsWith("java.") || saysNothing(blocker) ? type(blocker) : null;
    }

    private static boolean saysNothing(Object blocker) {
        try {
            return blocker.getClass().getMethod("toString").getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// The class of a blocker; for those of the JDK, whose blockers are private classes, the public one around it.
    static String type(Object blocker) {
        var type = blocker.getClass();
        String name = type.getName()
                .substring(type.getPackageName().isEmpty() ? 0 : type.getPackageName().length() + 1);
        return type.getName().startsWith("java.") ? name.replaceFirst("\\$.*", "") : name;
    }

    /// The first place outside the JDK and Parley; if there is none, outside the JDK; else the first.
    static String user(StackTraceElement[] stack) {
        var frame = Place.inProgram(stack);
        return frame == null ? inner(stack) : place(frame);
    }

    /// The first place outside the JDK and this instrument.
    static String inner(StackTraceElement[] stack) {
        for (var frame : stack)
            if (!ofJdk(frame) && !ofInstrument(frame)) return place(frame);
        return stack.length == 0 ? "its start" : place(stack[0]);
    }

    private static String place(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    private static boolean ofJdk(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }

    private static boolean ofInstrument(StackTraceElement frame) {
        String type = frame.getClassName();
        if (type.startsWith("dev.parley.loop.waiting.")) return true;
        if (!type.startsWith("dev.parley.loop.testing.")) return false;
        String simple = type.substring("dev.parley.loop.testing.".length());
        int inner = simple.indexOf('$');
        return INSTRUMENT.contains(inner < 0 ? simple : simple.substring(0, inner));
    }

    /// Whether a parked thread waits in a class of the JDK that measures its timeout with [System#nanoTime] and goes back to
    /// waiting when too little of it has passed. [Object#wait(long)] does not.
    static boolean loopsOnRealClock(Thread parked) {
        var waiter = waiter(parked);
        return waiter != null && ofJdk(waiter) && !waiter.getClassName().equals("java.lang.Object");
    }

    static boolean waitsInsideJdk(Thread parked) {
        var waiter = waiter(parked);
        return waiter != null && ofJdk(waiter);
    }

    /// The frame that asked for the wait.
    private static @Nullable StackTraceElement waiter(Thread parked) {
        for (var frame : parked.getStackTrace()) {
            String type = frame.getClassName();
            boolean machinery = type.startsWith("java.lang.VirtualThread") || type.startsWith("java.lang.System$")
                    || type.startsWith("jdk.internal.") || type.equals("java.util.concurrent.locks.LockSupport");
            if (!machinery) return frame;
        }
        return null;
    }

    static String seconds(long nanos) {
        return Duration.ofNanos(nanos).toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
