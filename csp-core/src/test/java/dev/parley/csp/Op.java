package dev.parley.csp;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// One operation of a [Scenario], as a value that can be performed on real channels and on the [Spec].
sealed interface Op {
    /// Performs it; what it returned or threw, as text or element.
    Object perform(List<Channel<Integer>> channels);

    /// Whether it waits if it must.
    default boolean mayWait() {
        return switch (this) {
            case Send send -> send.patience != Patience.NONE;
            case Receive receive -> receive.patience != Patience.NONE;
            case Choose choose -> choose.patience != Patience.NONE;
            case Close _,Poison _ -> false;
        };
    }

    /// Runs `body` and tells how it ended.
    private static Object outcome(java.util.concurrent.Callable<Object> body) {
        try {
            return body.call();
        } catch (ChannelPoisoned end) {
            return "poisoned";
        } catch (ChannelClosed end) {
            return "closed";
        } catch (InterruptedException interrupted) {
            return "interrupted";
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static Object element(Attempt<Integer> attempt) {
        return switch (attempt) {
            case Received(var value) -> value;
            case Empty() -> "timeout";
            case Closed() -> "closed";
        };
    }

    /// How long an operation waits.
    enum Patience {
        NONE, SOME, ENDLESS;

        static final Duration TIME = Duration.ofMillis(1);
    }

    record Send(int channel, int value, Patience patience) implements Op {
        @Override public Object perform(List<Channel<Integer>> channels) {
            var out = channels.get(channel);
            return outcome(() -> switch (patience) {
                case NONE -> out.trySend(value) ? "sent" : "timeout";
                case SOME -> out.send(value, Patience.TIME) ? "sent" : "timeout";
                case ENDLESS -> {
                    out.send(value);
                    yield "sent";
                }
            });
        }

        @Override public String toString() {
            return "c" + channel + ".send" + patience.toString().charAt(0) + "(" + value + ")";
        }
    }

    record Receive(int channel, Patience patience) implements Op {
        @Override public Object perform(List<Channel<Integer>> channels) {
            var in = channels.get(channel);
            return outcome(() -> switch (patience) {
                case NONE -> element(in.tryReceive());
                case SOME -> element(in.receive(Patience.TIME));
                case ENDLESS -> in.receive();
            });
        }

        @Override public String toString() {
            return "c" + channel + ".receive" + patience.toString().charAt(0) + "()";
        }
    }

    record Close(int channel) implements Op {
        @Override public Object perform(List<Channel<Integer>> channels) {
            return channels.get(channel).tryClose();
        }

        @Override public String toString() {
            return "c" + channel + ".close()";
        }
    }

    record Poison(int channel) implements Op {
        private static final Throwable CAUSE = new Throwable("poison", null, false, false) {};

        @Override public Object perform(List<Channel<Integer>> channels) {
            return channels.get(channel).poison(CAUSE);
        }

        @Override public String toString() {
            return "c" + channel + ".poison()";
        }
    }

    /// A guard: `value` is -1 for an input.
    record Offer(int channel, int value) {
        boolean input() {
            return value < 0;
        }

        @Override public String toString() {
            return "c" + channel + (input() ? "?" : "!" + value);
        }
    }

    record Choose(List<Offer> offers, boolean priority, Patience patience) implements Op {
        @Override public Object perform(List<Channel<Integer>> channels) {
            var got = new Object[1];
            var guards = new Guard[offers.size() + (patience == Patience.ENDLESS ? 0 : 1)];
            for (int i = 0; i < offers.size(); i++) {
                var offer = offers.get(i);
                var channel = channels.get(offer.channel);
                int index = i;
                guards[i] = offer.input()
                        ? channel.on(value -> got[0] = index + ":" + value)
                        : channel.offering(offer.value, () -> got[0] = index + ":sent");
            }
            Proc timeout = () -> got[0] = "timeout";
            if (patience == Patience.NONE) guards[offers.size()] = Alt.otherwise(timeout);
            if (patience == Patience.SOME) guards[offers.size()] = Alt.after(Patience.TIME, timeout);
            var alt = Alt.of(guards);
            return outcome(() -> {
                if (priority) alt.priSelect();
                else alt.select();
                return got[0];
            });
        }

        @Override public String toString() {
            return (priority ? "pri" : "alt") + patience.toString().charAt(0)
                    + offers.stream().map(Offer::toString).collect(Collectors.joining(",", "(", ")"));
        }
    }
}
