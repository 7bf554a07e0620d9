package dev.parley.csp.foreign;

import dev.parley.csp.Channel;
import dev.parley.csp.testing.ChannelProvider;
import dev.parley.csp.testing.ChannelUnderTest;
import dev.parley.csp.testing.Kind;
import dev.parley.csp.testing.Verb;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Queues of the JDK as channels.
abstract class QueueChannels implements ChannelProvider {
    private static final Set<Verb> WAITING = EnumSet.of(Verb.SEND, Verb.SEND_IN_TIME, Verb.RECEIVE,
            Verb.RECEIVE_IN_TIME);

    @Override public Set<Verb> verbs() {
        var all = EnumSet.copyOf(WAITING);
        all.addAll(EnumSet.of(Verb.TRY_SEND, Verb.TRY_RECEIVE, Verb.DRAIN_TO));
        return all;
    }

    /// Receiving is the same with all.
    abstract static class Queue implements ChannelUnderTest {
        abstract BlockingQueue<Integer> queue();

        @Override public int receive() throws InterruptedException {
            return queue().take();
        }

        @Override public @Nullable Integer receive(Duration time) throws InterruptedException {
            return queue().poll(time.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override public @Nullable Integer tryReceive() {
            return queue().poll();
        }

        @Override public void drainTo(Collection<Integer> target) {
            queue().drainTo(target);
        }
    }

    /// SynchronousQueue, fair.
    public static class Synchronous extends QueueChannels {
        @Override public List<Kind> kinds() {
            return List.of(Kind.RENDEZVOUS);
        }

        @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
            var queue = new SynchronousQueue<Integer>(true);
            return new Queue() {
                @Override BlockingQueue<Integer> queue() {
                    return queue;
                }

                @Override public void send(int value) throws InterruptedException {
                    queue.put(value);
                }

                @Override public boolean send(int value, Duration time) throws InterruptedException {
                    return queue.offer(value, time.toNanos(), TimeUnit.NANOSECONDS);
                }

                @Override public boolean trySend(int value) {
                    return queue.offer(value);
                }
            };
        }
    }

    /// SynchronousQueue, fair, without what answers at once.
    public static class SynchronousWaiting extends Synchronous {
        @Override public Set<Verb> verbs() {
            return WAITING;
        }
    }

    /// LinkedTransferQueue, without what answers at once.
    public static class TransferWaiting extends Transfer {
        @Override public Set<Verb> verbs() {
            return WAITING;
        }
    }

    /// LinkedTransferQueue: with `transfer` a rendezvous, with `put` an unbounded channel.
    public static class Transfer extends QueueChannels {
        @Override public List<Kind> kinds() {
            return List.of(Kind.RENDEZVOUS, Kind.UNBOUNDED);
        }

        @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
            return kind.capacity() == 0 ? new Rendezvous() : new Unbounded();
        }

        static class Rendezvous extends Queue {
            final LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();

            @Override BlockingQueue<Integer> queue() {
                return queue;
            }

            @Override public void send(int value) throws InterruptedException {
                queue.transfer(value);
            }

            @Override public boolean send(int value, Duration time) throws InterruptedException {
                return queue.tryTransfer(value, time.toNanos(), TimeUnit.NANOSECONDS);
            }

            @Override public boolean trySend(int value) {
                return queue.tryTransfer(value);
            }

            @Override public Channel.Statistics statistics() {
                return new Channel.Statistics(0, 0, queue.size(), queue.getWaitingConsumerCount());
            }
        }

        private static class Unbounded extends Rendezvous {
            @Override public void send(int value) throws InterruptedException {
                if (Thread.interrupted()) throw new InterruptedException(); // put is not interruptible
                queue.put(value);
            }

            @Override public boolean send(int value, Duration time) throws InterruptedException {
                send(value);
                return true;
            }

            @Override public boolean trySend(int value) {
                return queue.offer(value);
            }

            @Override public Channel.Statistics statistics() {
                return new Channel.Statistics(queue.size(), Integer.MAX_VALUE, 0, queue.getWaitingConsumerCount());
            }
        }
    }

    /// A mistake: looks for a receiver, and then waits for it.
    public static class LooksBeforeItSends extends Transfer {
        @Override public List<Kind> kinds() {
            return List.of(Kind.RENDEZVOUS);
        }

        @Override public ChannelUnderTest make(Kind kind, String name, IntConsumer discarded) {
            return new Rendezvous() {
                @Override public boolean trySend(int value) {
                    if (!queue.hasWaitingConsumer()) return false;
                    queue.put(value);
                    return true;
                }
            };
        }
    }
}
