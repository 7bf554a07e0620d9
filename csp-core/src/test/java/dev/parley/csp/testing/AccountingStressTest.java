package dev.parley.csp.testing;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Real threads, virtual and platform, that send and receive in every way there is, and an account of each element: it was sent and then received or discarded,
/// once, or it was not sent and nobody saw it. Elements of one sender come in order. In the end nobody waits.
@Timeout(value = 120, unit = TimeUnit.SECONDS) public class AccountingStressTest {
    private static final int SENDERS = 3, RECEIVERS = 3;

    static Stream<Kind> kinds() {
        return ParleyChannels.KINDS.stream().filter(kind -> kind.storage() != Kind.Storage.ONCE);
    }

    @ParameterizedTest
    @MethodSource("kinds") void eachElementIsAccountedFor(Kind kind) throws Exception {
        run(kind, 3_000);
    }

    @Tag("slow")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @MethodSource("kinds") void eachOfMillionsIsAccountedFor(Kind kind) throws Exception {
        run(kind, 1_000_000);
    }

    /// Looks for mistakes; see KillTable.
    public static void hunt() throws Exception {
        for (var kind : kinds().toList()) run(kind, 3_000);
    }

    private static void run(Kind kind, int elements) throws Exception {
        var channel = ParleyChannels.channel(kind, "c");
        var discarded = new ConcurrentLinkedQueue<Integer>();
        channel.onDiscard(discarded::add);
        var receivers = new ArrayList<FutureTask<List<Integer>>>();
        for (int i = 0; i < RECEIVERS; i++) {
            int seed = i;
            receivers.add(start(i, () -> receiveAll(channel, new SplittableRandom(seed))));
        }
        var senders = new ArrayList<FutureTask<boolean[]>>();
        for (int i = 0; i < SENDERS; i++) {
            int sender = i;
            senders.add(start(i, () -> sendAll(channel, sender, elements, new SplittableRandom(100 + sender))));
        }
        var seen = new int[SENDERS * elements];
        var sent = new boolean[SENDERS][];
        for (int i = 0; i < SENDERS; i++) sent[i] = senders.get(i).get();
        channel.close();
        boolean inOrder = kind.storage() != Kind.Storage.NEWEST_FIRST;
        for (var receiver : receivers) {
            var last = new int[SENDERS];
            Arrays.fill(last, -1);
            for (int element : receiver.get()) {
                seen[element]++;
                int sender = element / elements;
                assertTrue(!inOrder || last[sender] < element, () -> "out of order: " + element);
                last[sender] = element;
            }
        }
        discarded.forEach(element -> seen[element]++);
        for (int element = 0; element < seen.length; element++) {
            int expected = sent[element / elements][element % elements] ? 1 : 0;
            int number = element;
            assertEquals(expected, seen[element], () -> "times that element " + number + " was received or discarded");
        }
        var left = channel.statistics();
        assertEquals(0, left.buffered() + left.waitingSenders() + left.waitingReceivers(), left::toString);
    }

    private static <R> FutureTask<R> start(int number, Callable<R> body) {
        var task = new FutureTask<>(body);
        (number == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual()).start(task);
        return task;
    }

    /// @return which were sent
    private static boolean[] sendAll(Channel<Integer> channel, int sender, int elements, SplittableRandom random)
            throws Exception {
        var sent = new boolean[elements];
        for (int i = 0; i < elements; i++) {
            int element = sender * elements + i;
            sent[i] = switch (random.nextInt(7)) {
                case 0 -> channel.trySend(element);
                case 1 -> channel.send(element, Duration.ofNanos(random.nextInt(20_000)));
                case 2 -> {
                    var future = channel.sendAsync(element);
                    if (random.nextBoolean() && future.cancel(false)) yield false;
                    future.get();
                    yield true;
                }
                case 3 -> Alt
                        .of(channel.offering(() -> element),
                                Alt.after(Duration.ofNanos(random.nextInt(20_000)), () -> {}))
                        .select() == 0;
                case 4 -> Alt.of(channel.offering(element), Alt.otherwise(() -> {})).priSelect() == 0;
                case 5 -> {
                    channel.sendAll(List.of(element));
                    yield true;
                }
                default -> {
                    channel.send(element);
                    yield true;
                }
            };
        }
        return sent;
    }

    private static List<Integer> receiveAll(Channel<Integer> channel, SplittableRandom random) throws Exception {
        var all = new ArrayList<Integer>();
        while (true) {
            switch (random.nextInt(7)) {
                case 0 -> channel.drainTo(all);
                case 1 -> {
                    if (channel.receive(Duration.ofNanos(random.nextInt(20_000))) instanceof Received(var element))
                        all.add(element);
                }
                case 2 -> {
                    var future = channel.receiveAsync();
                    if (random.nextBoolean() && future.cancel(false)) continue;
                    if (!(future.get() instanceof Received(var element))) return all;
                    all.add(element);
                }
                case 3 -> Alt.of(channel.on(all::add), Alt.after(Duration.ofNanos(random.nextInt(20_000)), () -> {}))
                        .select();
                case 4 -> Alt.of(channel.onExtended(all::add), Alt.otherwise(() -> {})).randomSelect();
                case 5 -> all.addAll(channel.receiveBatch(3));
                default -> {
                    if (!(channel.receiveOrClosed() instanceof Received(var element))) return all;
                    all.add(element);
                }
            }
        }
    }
}
