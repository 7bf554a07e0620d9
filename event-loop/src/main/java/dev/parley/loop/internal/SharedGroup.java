package dev.parley.loop.internal;

import dev.parley.loop.waiting.Poller;
import dev.parley.loop.waiting.Waiting;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Where processes run that are started outside of any loop: on one group for the whole JVM, with as many carriers as there are
/// processors, where the JVM allows it; else on the JDK's scheduler.
///
/// The system property `dev.parley.carriers` sets the number of carriers; 0 means the JDK's scheduler. The group's threads are
/// daemons, come when they are first needed, and cost nothing while there is nothing to run.
public final class SharedGroup implements Waiting.Home {
    private static final System.Logger LOG = System.getLogger("dev.parley.loop");
    private static final String PROPERTY = "dev.parley.carriers";

    /// Made when the first process is started.
    private static final class Group {
        static final @Nullable GroupEngine ENGINE = make();
    }

    /// For the service loader.
    public SharedGroup() {}

    @Override public Thread start(String name, Runnable body) {
        var group = Group.ENGINE;
        // who runs in a loop stays in that loop: there the JDK starts threads where their starter is
        if (group == null || JdkInternals.onAnotherScheduler()) return Thread.ofVirtual().name(name).start(body);
        return group.start(name, body);
    }

    @Override public @Nullable Thread host(String name, Poller poller) {
        return JdkInternals.missing() == null ? CarrierEngine.hostHere(name, poller) : null;
    }

    private static @Nullable GroupEngine make() {
        int carriers = carriers();
        String why = carriers == 0 ? "-D" + PROPERTY + "=0 says so" : JdkInternals.missing();
        if (why == null) {
            try {
                var group = new GroupEngine("parley", carriers);
                LOG.log(Level.INFO, "processes outside of loops run on a " + group.kind()
                        + ", as java.lang is open to it; the JDK's scheduler is to be had by -D" + PROPERTY + "=0");
                return group;
            } catch (IllegalStateException changedJdk) {
                why = String.valueOf(changedJdk.getMessage());
            }
        }
        LOG.log(Level.INFO, "processes outside of loops run on the JDK's scheduler, since " + why);
        return null;
    }

    private static int carriers() {
        int processors = Math.min(Runtime.getRuntime().availableProcessors(), GroupEngine.MOST);
        String asked = System.getProperty(PROPERTY);
        if (asked == null) return processors;
        try {
            int carriers = Integer.parseInt(asked);
            if (carriers >= 0 && carriers <= GroupEngine.MOST) return carriers;
        } catch (NumberFormatException toldBelow) {
            // it is told below
        }
        LOG.log(Level.WARNING, PROPERTY + " must be a number from 0 to " + GroupEngine.MOST + ", but is \"" + asked
                + "\"; taken for " + processors + ", the number of processors");
        return processors;
    }
}
