package dev.parley.jmh;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A library of blocking channels as the questions see it: all that is needed to ask each of them the same. One JVM asks one peer one
/// question, so these calls have one target each and cost nothing once compiled.
public interface Peer extends AutoCloseable {
    /// Capacity of a channel that never makes a sender wait.
    int UNBOUNDED = Integer.MAX_VALUE;

    /// Who uses a channel; some libraries have a faster one for fewer.
    enum Ends { ONE_TO_ONE, ANY_TO_ONE, ANY_TO_ANY }

    /// A channel.
    interface Link {
        void send(Integer element) throws Exception;

        Integer receive() throws Exception;
    }

    /// A prepared choice over several channels.
    interface Choice {
        /// Lets one communication happen.
        ///
        /// @return what was received; null if something was sent
        @Nullable Integer choose() throws Exception;
    }

    /// What a process does.
    interface Body {
        void run() throws Exception;
    }

    /// A channel that holds `capacity` elements; 0 is a rendezvous.
    default Link link(int capacity, Ends ends) {
        throw new UnsupportedOperationException(this + " has no such channel");
    }

    default Link link(int capacity) { return link(capacity, Ends.ONE_TO_ONE); }

    /// A choice of receiving on one of `inputs` or sending [#OFFERED] on one of `outputs`; fair where the library has a fair one.
    default Choice choice(List<Link> inputs, List<Link> outputs) {
        throw new UnsupportedOperationException(this + " has no choice");
    }

    /// What choices send.
    Integer OFFERED = 1;

    /// Runs processes side by side and returns when all have ended; throws what one threw.
    void par(List<? extends Body> bodies) throws Exception;

    /// Starts a process and waits for its end, `n` times over, in the cheapest way there is.
    void spawn(int n, Body body) throws Exception;

    /// Lets another process run.
    void giveWay() throws Exception;

    /// Calls `work` where the processes of this peer live.
    default <T> T inside(Callable<T> work) throws Exception { return work.call(); }

    /// Whether this peer can be asked `question`.
    boolean does(Question question);

    @Override default void close() {}
}
