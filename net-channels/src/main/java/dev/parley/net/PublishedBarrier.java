package dev.parley.net;

import dev.parley.csp.Barrier;
import dev.parley.net.Permissions.Use;
import java.util.Set;

/// A barrier that is at home here and has a name for other nodes. Who takes part from there each [HomeOfBarrier] knows.
record PublishedBarrier(String name, Barrier barrier) implements Publication {
    @Override public String kind() {
        return "Barrier";
    }

    @Override public Set<Use> uses() {
        return Set.of(Use.SYNC);
    }

    @Override public boolean poison(int strength, Throwable cause) {
        return barrier.poison(cause);
    }

    /// Those who are enrolled from here may go on meeting each other; where others were, their [HomeOfBarrier] has broken it.
    @Override public void abandoned(LinkLost why) {}
}
