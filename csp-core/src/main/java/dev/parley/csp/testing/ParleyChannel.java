package dev.parley.csp.testing;

import dev.parley.csp.Alt;
import dev.parley.csp.Attempt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Closed;
import dev.parley.csp.Empty;
import dev.parley.csp.Guard;
import dev.parley.csp.Handler;
import dev.parley.csp.Held;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.ReceiverFailed;
import dev.parley.csp.Sender;
import dev.parley.csp.testing.ChannelProvider.Chosen;
import dev.parley.csp.testing.ChannelProvider.Guarded;
import dev.parley.csp.testing.ChannelProvider.Limit;
import dev.parley.csp.testing.ChannelProvider.Order;
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

    @Override public Held<Integer> receiveExtended() throws InterruptedException {
        return in.receiveExtended();
    }

    @Override public boolean poison(int strength, Throwable cause) {
        return out.poison(strength, cause);
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

    static @Nullable Chosen choose(List<Guarded> guarded, Order order, Limit limit) throws Exception {
        var choice = new Choice(new int[guarded.size()], new @Nullable Chosen[1]);
        Proc nothing = () -> {};
        var guards = new Guard[guarded.size() + (limit == Limit.ENDLESS ? 0 : 1)];
        for (int i = 0; i < guarded.size(); i++) guards[i] = guard(guarded.get(i), i, choice);
        if (limit == Limit.NONE) guards[guarded.size()] = Alt.otherwise(nothing);
        if (limit == Limit.SOME) guards[guarded.size()] = Alt.after(Limit.TIME, nothing);
        var alt = Alt.of(guards);
        int index = -1;
        try {
            index = switch (order) {
                case FAIR -> alt.select();
                case PRIORITY -> alt.priSelect();
                case RANDOM -> alt.randomSelect();
            };
        } catch (ReceiverFailed failed) {
            throw failed; // one was made, and it does not tell which
        } catch (Exception failed) {
            choice.check(guarded, -1);
            throw failed;
        }
        choice.check(guarded, index);
        return choice.chosen[0];
    }

    /// What is seen of a choice.
    ///
    /// @param made how often each guard's element was made
    /// @param chosen by whose handler ran
    @SuppressWarnings("ArrayRecordComponent") // counted while it goes on, and compared by nobody
    private record Choice(int[] made, @Nullable Chosen[] chosen) {
        void check(List<Guarded> guarded, int index) {
            int told = chosen[0] == null ? -1 : chosen[0].guard();
            if (told != (index < guarded.size() ? index : -1))
                throw new AssertionError(
                        "the choice answered " + index + ", but the handler that ran is that of " + told);
            for (int i = 0; i < made.length; i++) {
                boolean needed = i == index && guarded.get(i).special() && guarded.get(i).value() != null;
                if (made[i] != (needed ? 1 : 0))
                    throw new AssertionError(
                            "guard " + i + " made its element " + made[i] + " times, and chosen was " + index);
            }
        }
    }

    private static Guard guard(Guarded guarded, int index, Choice choice) {
        if (!(guarded.channel() instanceof ParleyChannel of))
            throw new UnsupportedOperationException(
                    guarded.channel() + " is no channel of Parley; implement choose in the provider");
        var value = guarded.value();
        if (value == null) {
            Handler<Integer> handler = element -> choice.chosen[0] = new Chosen(index, element);
            return guarded.special() ? of.in.onExtended(handler) : of.in.on(handler);
        }
        Proc sent = () -> choice.chosen[0] = new Chosen(index, null);
        if (!guarded.special()) return of.out.offering(value, sent);
        return of.out.offering(() -> {
            choice.made[index]++;
            return value;
        }, sent);
    }
}
