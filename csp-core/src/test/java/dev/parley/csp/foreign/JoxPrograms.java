package dev.parley.csp.foreign;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.ChannelError;
import com.softwaremill.jox.Select;
import dev.parley.loop.testing.Simulation;
import java.time.Duration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/// What the suite reports of Jox, each as the smallest program that asserts what its documentation says.
final class JoxPrograms {
    private static final String NOTHING = "nothing";

    private JoxPrograms() {}

    /// "Subsequent send operations will throw", or tell that the channel is closed.
    public static class NothingIsSentOnceItIsSaidToBeClosed implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            var channel = Channel.<Integer>newUnlimitedChannel();
            sim.spawn("closes", channel::doneOrClosed);
            if (channel.doneOrClosed() != null) assertNotNull(channel.sendOrClosed(1), "sent, though it was closed");
        }
    }

    /// "Any send operations that are in progress will complete with a channel closed result."
    public static class NothingIsReceivedOnceItIsSaidToHaveFailed implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            var channel = Channel.<Integer>newRendezvousChannel();
            sim.spawn("sends", () -> channel.sendOrClosed(1));
            sim.spawn("fails", () -> channel.errorOrClosed(new IllegalStateException()));
            if (channel.sendOrClosed(2) instanceof ChannelError)
                assertFalse(channel.receiveOrClosed() instanceof Integer, "received, though it had failed");
        }
    }

    /// A choice that throws InterruptedException chose nothing.
    public static class WhoIsInterruptedReceivesNothing implements Simulation.Body {
        private boolean received;

        @Override public void run(Simulation sim) throws Exception {
            received = false;
            var channel = Channel.<Integer>newRendezvousChannel();
            var receiver = sim.spawn("receives",
                    () -> received = Select.selectOrClosedWithin(Duration.ofMillis(1), NOTHING,
                            channel.receiveClause()) != NOTHING);
            sim.spawn("interrupts", () -> sim.interrupt(receiver));
            boolean sent = Select.selectOrClosed(channel.sendClause(1), Select.defaultClause(NOTHING)) != NOTHING;
            sim.run();
            assertEquals(sent, received, "sent, and received");
        }
    }

    /// The default clause is for when no other can be completed.
    public static class WhereThereIsRoomATrySends implements Simulation.Body {
        @Override public void run(Simulation sim) throws Exception {
            var channel = Channel.<Integer>newBufferedChannel(1);
            sim.spawn("receives", channel::receiveOrClosed);
            assertNotEquals(NOTHING, Select.selectOrClosed(channel.sendClause(1), Select.defaultClause(NOTHING)));
            sim.abandon();
        }
    }
}
