package dev.parley.loop.waiting;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds in a stack what the reader of a report looks for: where in the program a thread is.
public final class Place {
    private static final List<String> NOT_THE_PROGRAM = List.of("java.", "jdk.", "sun.", "dev.parley.loop.",
            "dev.parley.csp.", "dev.parley.net.");

    private Place() {}

    /// The first frame outside the JDK and Parley, whose own tests count as programs; null if there is none.
    public static @Nullable StackTraceElement inProgram(StackTraceElement[] stack) {
        for (var frame : stack) {
            var type = frame.getClassName();
            if (NOT_THE_PROGRAM.stream().noneMatch(type::startsWith) || isTest(frame)) return frame;
        }
        return null;
    }

    private static boolean isTest(StackTraceElement frame) {
        return frame.getFileName() != null && frame.getFileName().endsWith("Test.java");
    }

    /// `frame` as file and line.
    public static String line(StackTraceElement frame) {
        return frame.getFileName() + ":" + frame.getLineNumber();
    }
}
