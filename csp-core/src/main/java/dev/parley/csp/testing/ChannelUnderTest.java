package dev.parley.csp.testing;

import dev.parley.csp.Channel;
import dev.parley.csp.Held;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A channel as the suite uses it. Implement the methods of the verbs that your provider promises; those left out throw.
///
/// An operation that waits throws InterruptedException if it is interrupted, and then had no effect. At the orderly end operations throw
/// [dev.parley.csp.ChannelClosed], after a failure [dev.parley.csp.ChannelPoisoned]; an adapter of a foreign channel translates into these.
public interface ChannelUnderTest {
    /// A channel of Parley's types, which can do all there is.
    static ChannelUnderTest of(Sender<Integer> out, Receiver<Integer> in) {
        return new ParleyChannel(out, in);
    }

    /// [Verb#SEND].
    default void send(int value) throws Exception {
        throw missing("send");
    }

    /// [Verb#SEND_IN_TIME]: whether it was sent.
    default boolean send(int value, Duration time) throws Exception {
        throw missing("send in time");
    }

    /// [Verb#TRY_SEND]: whether it was sent.
    default boolean trySend(int value) throws Exception {
        throw missing("trySend");
    }

    /// [Verb#SEND_ALL].
    default void sendAll(List<Integer> values) throws Exception {
        throw missing("sendAll");
    }

    /// [Verb#SEND_ASYNC], [Verb#CANCEL_SEND].
    default Future<?> sendAsync(int value) throws Exception {
        throw missing("sendAsync");
    }

    /// [Verb#RECEIVE].
    default int receive() throws Exception {
        throw missing("receive");
    }

    /// [Verb#RECEIVE_OR_CLOSED]: null at the end.
    default @Nullable Integer receiveOrClosed() throws Exception {
        throw missing("receiveOrClosed");
    }

    /// [Verb#RECEIVE_IN_TIME]: null if nothing came in that time.
    default @Nullable Integer receive(Duration time) throws Exception {
        throw missing("receive in time");
    }

    /// [Verb#TRY_RECEIVE]: null if there is nothing.
    default @Nullable Integer tryReceive() throws Exception {
        throw missing("tryReceive");
    }

    /// [Verb#RECEIVE_BATCH]: none only at the end.
    default List<Integer> receiveBatch(int max) throws Exception {
        throw missing("receiveBatch");
    }

    /// [Verb#DRAIN_TO].
    default void drainTo(Collection<Integer> target) throws Exception {
        throw missing("drainTo");
    }

    /// [Verb#ITERATE]. `hasNext` throws CancellationException if it is interrupted.
    default Iterator<Integer> iterator() throws Exception {
        throw missing("iterator");
    }

    /// [Verb#RECEIVE_ASYNC], [Verb#CANCEL_RECEIVE]: completes with an Integer, or null at the end.
    default Future<@Nullable Integer> receiveAsync() throws Exception {
        throw missing("receiveAsync");
    }

    /// [Verb#RECEIVE_EXTENDED]. Senders whose receiver failed throw [dev.parley.csp.ReceiverFailed].
    default Held<Integer> receiveExtended() throws Exception {
        throw missing("receiveExtended");
    }

    /// [Verb#CLOSE].
    default void close() throws Exception {
        throw missing("close");
    }

    /// [Verb#TRY_CLOSE]: whether this call did it.
    default boolean tryClose() throws Exception {
        throw missing("tryClose");
    }

    /// [Verb#POISON]: whether this call did it.
    default boolean poison(int strength, Throwable cause) throws Exception {
        throw missing("poison");
    }

    /// [Verb#RETIRE].
    default void retire() throws Exception {
        throw missing("retire");
    }

    /// [Verb#COUNTED_END]: the same channel through a new counted sending end and a new counted receiving end. There `close` closes the one and
    /// `retire` retires the other.
    default ChannelUnderTest ends() throws Exception {
        throw missing("ends");
    }

    /// How the channel looks now; null if it does not tell.
    default Channel.@Nullable Statistics statistics() {
        return null;
    }

    private UnsupportedOperationException missing(String method) {
        return new UnsupportedOperationException(
                getClass().getName() + " has no " + method + "; implement it, or leave it out of the provider's verbs");
    }
}
