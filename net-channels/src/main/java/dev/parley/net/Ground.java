package dev.parley.net;

import dev.parley.net.protocol.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a node stands on: one thread with a clock, and connections whose events come on that thread. There is Netty's, and the tests' simulated one.
interface Ground {
    /// Something that will happen unless it is stopped before.
    interface Timer {
        void stop();
    }

    /// Opens the [Wire] of a connection that was accepted, or turns it away with null.
    interface Doorkeeper {
        @Nullable Wire open(Line line);
    }

    /// How an attempt to connect ended.
    interface Connected {
        Wire open(Line line);

        void failed(Throwable why);
    }

    /// Who a node that begins on this ground is.
    default Identity identity() {
        return Identity.fresh(new SecureRandom());
    }

    /// Runs `task` on the thread, after those before it.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException if the thread has ended
    void execute(Runnable task);

    Timer after(Duration delay, Runnable task);

    /// Whether the caller is the thread.
    boolean isHere();

    /// Accepts connections from here on.
    ///
    /// @return the address it got
    InetSocketAddress listen(InetSocketAddress where, Doorkeeper doorkeeper) throws IOException;

    /// Connects to `where`.
    ///
    /// @return gives the attempt up; it then fails, if it has not ended
    Timer connect(InetSocketAddress where, Connected outcome);

    /// Listens no longer.
    void deafen();

    /// Ends the thread, and then runs `done` elsewhere.
    void end(Runnable done);
}
