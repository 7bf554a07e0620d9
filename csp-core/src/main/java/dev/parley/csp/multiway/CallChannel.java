package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelException;
import dev.parley.csp.Guard;
import dev.parley.csp.Received;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A channel on which clients call and a server answers: the call channels of occam and JCSP. The server decides which calls it accepts and when, by
/// standing in an [dev.parley.csp.Alt].
///
/// ```java
/// var deposit = new CallChannel<Integer, Integer>("deposit");
/// var withdraw = new CallChannel<Integer, Integer>("withdraw");
/// var account = Alt.of(
///     deposit.accepting(amount -> balance += amount),
///     withdraw.accepting(amount -> balance -= amount).when(() -> balance > 0));
/// ```
///
/// What the client did before the call happens-before the answering, which happens-before the return of the call.
///
/// @param <Q> what is asked
/// @param <A> what is answered
public final class CallChannel<Q, A> implements AutoCloseable {
    /// Answers one call.
    ///
    /// @param <Q> what is asked
    /// @param <A> what is answered, never null
    @FunctionalInterface public interface Answer<Q, A> {
        /// The answer to `request`. What it throws, the caller gets as [CallFailed], and the server goes on; an interruption also interrupts the
        /// server, and an [Error] also ends it.
        A to(Q request) throws Exception;
    }

    /// What a call throws that the server accepted and failed to answer; the cause says how it failed.
    public static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        CallFailed(String name, Throwable cause) {
            super("call \"" + name + "\" failed in its server: " + cause, cause);
        }
    }

    //  The reply channel of a call has room for its one element, so the server never waits for a client. The server answers whatever happens in
    //  the handler, and a handler always runs once its guard was chosen; so a client that was accepted is always answered.

    private record Reply<A>(@Nullable A value, @Nullable Throwable failure) {}

    private record Call<Q, A>(Q request, Channel<Reply<A>> reply) {}

    private final Channel<Call<Q, A>> calls;

    /// A call channel; reports call it `name`.
    public CallChannel(String name) {
        calls = Channel.rendezvous(Objects.requireNonNull(name, "name"));
    }

    /// Asks the server, and waits until it has accepted and answered.
    ///
    /// **Interruption.** If interrupted before the call is accepted, throws, and the call did not happen. After that the interruption comes too late: the answer is
    /// awaited and returned, and the interrupt flag stays set.
    ///
    /// @throws CallFailed if the server accepted and failed
    /// @throws ChannelException if nobody serves any more
    public A call(Q request) throws InterruptedException {
        var reply = Channel.<Reply<A>>buffered(calls.name() + ".reply", 1);
        calls.send(new Call<>(Objects.requireNonNull(request, "request"), reply));
        var answer = answer(reply);
        if (answer.failure != null) throw new CallFailed(calls.name(), answer.failure);
        return Objects.requireNonNull(answer.value);
    }

    private static <A> Reply<A> answer(Channel<Reply<A>> reply) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return reply.receive();
                } catch (InterruptedException tooLate) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// A guard of an [dev.parley.csp.Alt]: accept a call and answer it.
    public Guard accepting(Answer<? super Q, ? extends A> answer) {
        Objects.requireNonNull(answer, "answer");
        return calls.on(call -> answer(call, answer));
    }

    /// Accepts one call and answers it, waiting for it.
    ///
    /// **Interruption.** If interrupted before a call is accepted, throws, and none was.
    ///
    /// @return false if no more calls will come
    public boolean serve(Answer<? super Q, ? extends A> answer) throws InterruptedException {
        if (!(calls.receiveOrClosed() instanceof Received<Call<Q, A>>(var call))) return false;
        answer(call, answer);
        return true;
    }

    private void answer(Call<Q, A> call, Answer<? super Q, ? extends A> answer) throws InterruptedException {
        Reply<A> reply;
        try {
            reply = new Reply<>(Objects.requireNonNull(answer.to(call.request), "an answer must not be null"), null);
        } catch (InterruptedException | Error ends) {
            call.reply.trySend(new Reply<>(null, ends));
            throw ends;
        } catch (Exception failure) {
            reply = new Reply<>(null, failure);
        }
        call.reply.trySend(reply);
    }

    /// No more calls will be made; those that wait are still accepted.
    @Override public void close() {
        calls.close();
    }

    /// Nobody serves here any more: calls that wait, and later ones, fail.
    public void retire() {
        calls.retire();
    }

    /// The name, and how many wait.
    @Override public String toString() {
        return "CallChannel \"" + calls.name() + "\" [" + calls.statistics().waitingSenders() + " calls waiting]";
    }
}
