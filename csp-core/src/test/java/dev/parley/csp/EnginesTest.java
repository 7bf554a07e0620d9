package dev.parley.csp;

import dev.parley.loop.CancelScope;
import dev.parley.loop.EventLoop;
import dev.parley.loop.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/// Processes wherever they may run: channels, choice and Par mean the same on every engine, and one channel joins threads of all of them.
@Timeout(60) class EnginesTest {
    /// Where a process runs.
    enum Home {
        PLATFORM, JDK, CARRIER, BATON, GROUP;

        <R> Future<R> start(Callable<R> body) {
            var task = new FutureTask<>(body);
            switch (this) {
                case PLATFORM -> Thread.ofPlatform().start(task);
                case JDK -> Thread.ofVirtual().start(task);
                case CARRIER, BATON, GROUP -> Thread.ofPlatform().start(() -> {
                    try {
                        EventLoop.run(config(), () -> {
                            task.run();
                            return null;
                        });
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
            }
            return task;
        }

        private EventLoop.Config config() {
            return EventLoop.Config.standard()
                    .engine(this == BATON ? EventLoop.EngineChoice.BATON : EventLoop.EngineChoice.CARRIER)
                    .carriers(this == GROUP ? 2 : 1);
        }
    }

    @ParameterizedTest
    @EnumSource void aNetworkRuns(Home home) throws Exception {
        assertEquals(IntStream.range(0, 2000).mapToObj(i -> 2 * i).toList(), home.start(() -> {
            var numbers = Channel.<Integer>rendezvous();
            var doubled = Channel.<Integer>buffered(3);
            var seen = new ArrayList<Integer>();
            new Par(
                    () -> {
                        try (numbers) {
                            for (int i = 0; i < 2000; i++) numbers.send(i);
                        }
                    },
                    () -> {
                        try (doubled) {
                            for (var n : numbers) doubled.send(2 * n);
                        }
                    },
                    () -> doubled.forEach(seen::add)).run();
            return seen;
        }).get());
    }

    @ParameterizedTest
    @EnumSource void aFailureEndsTheOthers(Home home) throws Exception {
        var result = home.start(() -> {
            var channel = Channel.<Integer>rendezvous();
            return assertThrows(IllegalStateException.class,
                    new Par(() -> channel.receive(), () -> channel.send(1), () -> channel.receive(), () -> {
                        throw new IllegalStateException("x");
                    })::run);
        });
        assertEquals("x", result.get().getMessage());
    }

    @ParameterizedTest
    @EnumSource void timeLimitsAndChoicePass(Home home) throws Exception {
        assertEquals("Empty[] false 1", home.start(() -> {
            var channel = Channel.<Integer>rendezvous();
            var attempt = channel.receive(ofMillis(2));
            boolean sent = channel.send(1, ofMillis(2));
            return attempt + " " + sent + " " + Alt.of(channel.on(_ -> {}), Alt.after(ofMillis(2), () -> {})).select();
        }).get());
    }

    @Test void oneChannelJoinsThemAll() throws Exception {
        for (var kind : List.of(Kinds.RENDEZVOUS, Kinds.BUFFERED_2)) {
            var channel = kind.channel("c");
            int each = 1000;
            var receivers = new ArrayList<Future<List<Integer>>>();
            for (var home : Home.values()) receivers.add(home.start(() -> {
                var seen = new ArrayList<Integer>();
                var alt = Alt.of(channel.on(seen::add));
                try {
                    while (true) {
                        alt.select();
                        if (channel.receiveOrClosed() instanceof Received(var value)) seen.add(value);
                    }
                } catch (ChannelClosed end) {
                    return seen;
                }
            }));
            var senders = new ArrayList<Future<Void>>();
            for (var home : Home.values()) senders.add(home.start(() -> {
                for (int i = 0; i < each; i++) channel.send(home.ordinal() * each + i);
                return null;
            }));
            for (var sender : senders) sender.get();
            channel.close();
            var all = new ArrayList<Integer>();
            for (var receiver : receivers) all.addAll(receiver.get());
            assertEquals(IntStream.range(0, each * Home.values().length).boxed().toList(),
                    all.stream().sorted().toList());
        }
    }

    @Test void aBarrierJoinsThemAll() throws Exception {
        int rounds = 300;
        var barrier = Barrier.of(Home.values().length);
        var never = Channel.<Integer>rendezvous();
        var arrived = new AtomicInteger();
        var homes = new ArrayList<Future<Void>>();
        for (var home : Home.values()) homes.add(home.start(() -> {
            var alt = Alt.of(never.on(_ -> {}), barrier.on(() -> {}));
            for (int round = 1; round <= rounds; round++) {
                arrived.incrementAndGet();
                if ((round + home.ordinal()) % 2 == 0) barrier.sync();
                else alt.select();
                if (arrived.get() < round * Home.values().length)
                    throw new AssertionError(home + " went on before all had arrived");
            }
            return null;
        }));
        for (var home : homes) home.get();
    }

    @Test void anExtendedRendezvousHoldsASenderWhereverItIs() throws Exception {
        for (var home : Home.values()) {
            for (var other : Home.values()) {
                var channel = Channel.<Integer>rendezvous("c");
                var handling = new AtomicInteger();
                var receiver = home.start(() -> {
                    for (int i = 0; i < 50; i++) channel.receiveExtended(value -> {
                        Thread.yield();
                        handling.set(value);
                    });
                    return null;
                });
                var sender = other.start(() -> {
                    for (int i = 1; i <= 50; i++) {
                        channel.send(i);
                        assertEquals(i, handling.get());
                    }
                    return null;
                });
                sender.get();
                receiver.get();
            }
        }
    }

    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    @ParameterizedTest
    @EnumSource(names = {"CARRIER", "BATON", "GROUP"}) void aParInheritsLoopContextAndCancelScope(Home home)
            throws Exception {
        var seen = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        home.start(() -> Tasks.where(USER, "ada", () -> {
            var never = Channel.<Integer>rendezvous();
            Proc tell = () -> seen.add(USER.orElse("nobody"));
            new Par(tell, new Par(tell, new Par(tell)), Par.forking("forking", forks -> forks.fork(tell))).run();
            var scope = new CancelScope();
            var result = scope.run(() -> {
                new Par(never::receive, new Par(() -> {
                    try {
                        scope.cancel("enough");
                        never.receive();
                    } catch (InterruptedException cancelled) {
                        seen.add("cancelled");
                        throw cancelled;
                    }
                })).run();
                return "came back";
            });
            return seen.add(result.orElse("moved on"));
        })).get();
        assertEquals(List.of("ada", "ada", "ada", "ada", "cancelled", "moved on"), List.copyOf(seen));
    }
}
