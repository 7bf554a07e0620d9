package dev.parley.csp.testing;

import dev.parley.csp.Alt;
import dev.parley.csp.Attempt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Guard;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A channel of Parley's own types.
record ParleyChannel(Sender<Integer> out, Receiver<Integer> in) implements ChannelUnderTest {
    @Override public void send(int value) throws InterruptedException {
        out.send(value);
    }

    @Override public boolean send(int value, Duration time) throws InterruptedException {
        return out.send(value, time);
    }

    @Override public boolean trySend(int value) {
        return out.trySend(value);
    }

    @Override public void sendAll(List<Integer> values) throws InterruptedException {
        out.sendAll(values);
    }

    @Override public Future<?> sendAsync(int value) {
        return out.sendAsync(value);
    }

    @Override public int receive() throws InterruptedException {
        return in.receive();
    }

    @Override public @Nullable Integer receiveOrClosed() throws InterruptedException {
        return in.receiveOrClosed() instanceof Received(var value) ? value : null;
    }

    @Override public @Nullable Integer receive(Duration time) throws InterruptedException {
        return element(in.receive(time));
    }

    @Override public @Nullable Integer tryReceive() {
        return element(in.tryReceive());
    }

    private @Nullable Integer element(Attempt<Integer> attempt) {
        return switch (attempt) {
            case Received(var value) -> value;
            case Empty() -> null;
            case Closed() -> throw new ChannelClosed(in.name(), "closed");
        };
    }

    @Override public List<Integer> receiveBatch(int max) throws InterruptedException {
        return in.receiveBatch(max);
    }

    @Override public void drainTo(Collection<Integer> target) {
        in.drainTo(target);
    }

    @Override public Iterator<Integer> iterator() {
        return in.iterator();
    }

    @Override public Future<@Nullable Integer> receiveAsync() {
        var reception = in.receiveAsync();
        return new Future<>() { // not a dependent stage, whose cancel would not reach the operation
            @Override public boolean cancel(boolean mayInterruptIfRunning) {
                return reception.cancel(mayInterruptIfRunning);
            }

            @Override public boolean isCancelled() {
                return reception.isCancelled();
            }

            @Override public boolean isDone() {
                return reception.isDone();
            }

            @Override public @Nullable Integer get() throws InterruptedException, ExecutionException {
                return reception.get() instanceof Received(var value) ? value : null;
            }

            @Override public @Nullable Integer get(long time, TimeUnit unit) {
                throw new UnsupportedOperationException("the suite cancels instead");
            }
        };
    }

    @Override public void close() {
        out.close();
    }

    @Override public boolean tryClose() {
        return channel().tryClose();
    }

    @Override public boolean poison(Throwable cause) {
        return out.poison(cause);
    }

    @Override public void retire() {
        in.retire();
    }

    @Override public ChannelUnderTest ends() {
        return new ParleyChannel(channel().sender(), channel().receiver());
    }

    @Override public Channel.@Nullable Statistics statistics() {
        return out instanceof Channel<Integer> channel ? channel.statistics() : null;
    }

    private Channel<Integer> channel() {
        if (out instanceof Channel<Integer> channel) return channel;
        throw new UnsupportedOperationException(
                out + " is not a Channel; leave the verbs that need one out of the provider's");
    }

    static ChannelProvider.@Nullable Chosen choose(List<ChannelProvider.Guarded> guarded, boolean byPriority,
            ChannelProvider.Limit limit) throws Exception {
        var chosen = new ChannelProvider.@Nullable Chosen[1];
        Proc nothing = () -> {};
        boolean endless = limit == ChannelProvider.Limit.ENDLESS;
        var guards = new Guard[guarded.size() + (endless ? 0 : 1)];
        for (int i = 0; i < guarded.size(); i++) guards[i] = guard(guarded.get(i), i, chosen);
        if (limit == ChannelProvider.Limit.NONE) guards[guarded.size()] = Alt.otherwise(nothing);
        if (limit == ChannelProvider.Limit.SOME)
            guards[guarded.size()] = Alt.after(ChannelProvider.Limit.TIME, nothing);
        var alt = Alt.of(guards);
        int index = byPriority ? alt.priSelect() : alt.select();
        if (index < guarded.size() && (chosen[0] == null || chosen[0].guard() != index))
            throw new AssertionError("the choice answered " + index + ", but the handler that ran is that of " + chosen[0]);
        return chosen[0];
    }

    private static Guard guard(ChannelProvider.Guarded guarded, int index,
            ChannelProvider.@Nullable Chosen[] chosen) {
        if (!(guarded.channel() instanceof ParleyChannel of))
            throw new UnsupportedOperationException(
                    guarded.channel() + " is no channel of Parley; implement choose in the provider");
        var value = guarded.value();
        return value == null
                ? of.channel().on(element -> chosen[0] = new ChannelProvider.Chosen(index, element))
                : of.channel().offering(value, () -> chosen[0] = new ChannelProvider.Chosen(index, null));
    }
}
