package dev.parley.csp.testing;

import java.util.regex.Matcher;

/// How a failure is run again.
///
/// @param test what to run, as Maven's `-Dtest` names it
/// @param properties further ones, that choose the program
record Replay(String test, String properties) {
    /// The test that uses the suite: of the class that called it, the outermost method.
    static String caller() {
        var frames = StackWalker.getInstance().walk(all -> all.map(
                frame -> frame.getClassName().replaceFirst("\\$.*", "") + "#" + frame.getMethodName()).toList());
        int first = 0;
        while (frames.get(first).matches("dev\\.parley\\.csp\\.testing\\.(Replay|ChannelSuite)#.*")) first++;
        var type = frames.get(first).substring(0, frames.get(first).indexOf('#') + 1);
        int last = frames.size() - 1;
        while (!frames.get(last).startsWith(type)) last--;
        return frames.get(last).replaceFirst("^.*\\.", "").replaceFirst("#lambda\\$(.*)\\$.*", "#$1");
    }

    static boolean isReplay() {
        return System.getProperty("parley.seed") != null || System.getProperty("parley.schedule") != null;
    }

    /// The failure with commands that find it, and with the part of the program that suffices for it.
    AssertionError explain(ChannelSuite.Unexplained found) {
        var failure = found.failure;
        var text = new StringBuilder(failure.getMessage().replaceAll("-Dtest=\\S+",
                Matcher.quoteReplacement("-Dtest=" + test + properties)));
        if (found.part != null && found.partFailure != null)
            text.append("\n\nA smaller program fails too: ")
                    .append(found.partFailure.getMessage().replaceAll("(?m)^ *mvn .*$", "").strip());
        return new AssertionError(text.toString(), failure.getCause());
    }
}
