package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20) class ParTest {
    private final Channel<Integer> channel = Channel.rendezvous("c");

    @Test void aPipelineRunsAndEnds() throws Exception {
        var numbers = Channel.<Integer>rendezvous();
        var squares = Channel.<Integer>buffered(4);
        var seen = new ArrayList<Integer>();
        new Par(
                () -> {
                    try (numbers) {
                        for (var n : List.of(1, 2, 3)) numbers.send(n);
                    }
                },
                () -> {
                    try (squares) {
                        for (var n : numbers) squares.send(n * n);
                    }
                },
                () -> { for (var s : squares) seen.add(s); }).run();
        assertEquals(List.of(1, 4, 9), seen);
    }

    @Test void commsTimeGoesRound() throws Exception {
        var a = Channel.<Long>rendezvous("a");
        var b = Channel.<Long>rendezvous("b");
        var c = Channel.<Long>rendezvous("c");
        var d = Channel.<Long>rendezvous("d");
        var seen = new ArrayList<Long>();
        Proc prefix = Proc.named("prefix").owning(c, a).does(() -> {
            a.send(0L);
            for (var x : c) a.send(x);
        });
        Proc delta = Proc.named("delta").owningIn(a).owningOut(b).owningOut(d).does(() -> {
            for (var x : a) {
                b.send(x);
                d.send(x);
            }
        });
        Proc successor = Proc.named("successor").owning(b, c).does(() -> { for (var x : b) c.send(x + 1); });
        Proc consumer = Proc.named("consumer").owningIn(d).does(() -> {
            for (int i = 0; i < 1000; i++) seen.add(d.receive());
        });
        new Par("comms-time", prefix, delta, successor, consumer).run();
        assertEquals(IntStream.range(0, 1000).mapToObj(i -> (long) i).toList(), seen);
    }

    @Test void anEmptyParEndsAtOnce() throws Exception {
        new Par().run();
    }

    @Test void itMayRunAgain() throws Exception {
        var runs = new AtomicInteger();
        var par = Par.times(3, _ -> runs::incrementAndGet);
        par.run();
        par.run();
        assertEquals(6, runs.get());
        assertEquals("a Par needs zero or more processes, but n was -1",
                assertThrows(IllegalArgumentException.class, () -> Par.times(-1, _ -> () -> {})).getMessage());
    }

    @Test void theFirstFailureCancelsTheOthersAndIsThrown() {
        var failure = new java.io.IOException("disk full");
        var cancelled = new AtomicInteger();
        Proc waits = () -> {
            try {
                channel.receive();
            } catch (InterruptedException expected) {
                cancelled.incrementAndGet();
                throw expected;
            }
        };
        Proc fails = Proc.named("writer").does(() -> {
            Side.until(() -> channel.statistics().waitingReceivers() == 2);
            throw failure;
        });
        var thrown = assertThrows(java.io.IOException.class, new Par("p", waits, fails, waits)::run);
        assertSame(failure, thrown);
        assertEquals(2, cancelled.get());
        assertEquals(List.of("process \"writer\" of Par \"p\""), notes(thrown));
    }

    @Test void otherFailuresAreAttachedWithTheirProcesses() {
        var first = new java.io.IOException("first");
        var second = new IllegalStateException("second");
        var ready = new CountDownLatch(1);
        Proc one = Proc.named("one").does(() -> {
            ready.await();
            throw first;
        });
        Proc two = Proc.named("two").does(() -> {
            ready.countDown();
            try {
                channel.receive();
            } catch (InterruptedException cancelled) {
                throw second;
            }
        });
        var thrown = assertThrows(java.io.IOException.class, new Par("p", one, two)::run);
        assertSame(first, thrown);
        assertTrue(Arrays.asList(thrown.getSuppressed()).contains(second));
        assertEquals(List.of("process \"two\" of Par \"p\""), notes(second));
    }

    @Test void theRootOfAPoisonedNetworkIsThrownNotThePoison() {
        var failure = new IllegalStateException("root");
        Proc source = Proc.named("source").owningOut(channel).does(() -> { throw failure; });
        Proc sink = Proc.named("sink").does(() -> channel.receive());
        assertSame(failure, assertThrows(IllegalStateException.class, new Par(source, sink)::run));
    }

    @Test void aProcessThatCannotBeStartedEndsTheOthers() {
        var failure = new IllegalStateException("no name today");
        Proc nameless = new Proc() {
            @Override public void run() {}

            @Override public String name() {
                throw failure;
            }
        };
        Proc waits = () -> channel.receive();
        var never = new AtomicInteger();
        // its name is asked for when it is started, and again for the report
        assertEquals(0, never.get());
    }

    @Test void anErrorIsThrownAsItIs() {
        var error = new StackOverflowError();
        assertSame(error, assertThrows(StackOverflowError.class, new Par(() -> { throw error; })::run));
    }

    @Test void interruptingTheCallerEndsAllAndThrows() {
        var ended = new AtomicInteger();
        Proc waits = () -> {
            try {
                channel.receive();
            } finally {
                ended.incrementAndGet();
            }
        };
        var side = Side.run(new Par("p", waits, waits));
        Side.until(() -> channel.statistics().waitingReceivers() == 2);
        var thrown = assertThrows(InterruptedException.class, side.interrupt()::result);
        assertEquals("interrupted while waiting for Par \"p\"", thrown.getMessage());
        assertEquals(2, ended.get());
    }

    @Test void noProcessOutlivesIt() throws Exception {
        var release = new CountDownLatch(1);
        var stubborn = new AtomicInteger();
        Proc ignores = () -> {
            while (true) {
                try {
                    release.await();
                    stubborn.set(1);
                    return;
                } catch (InterruptedException ignored) {
                    stubborn.set(2);
                }
            }
        };
        var side = Side.run(new Par(ignores, () -> { throw new IllegalStateException("x"); }));
        Side.until(() -> stubborn.get() == 2);
        assertFalse(side.isDone());
        release.countDown();
        assertThrows(IllegalStateException.class, side::result);
        assertEquals(1, stubborn.get());
    }

    @Test void ownedEndsAreRetiredInOrder() throws Exception {
        var out = Channel.<Integer>rendezvous("out");
        var seen = new ArrayList<Integer>();
        Proc copy = Proc.named("copy").owning(channel, out).does(() -> { for (var x : channel) out.send(x); });
        Proc source = Proc.named("source").owningOut(channel).does(() -> {
            channel.send(1);
            channel.send(2);
        });
        new Par(source, copy, () -> out.forEach(seen::add)).run();
        assertEquals(List.of(1, 2), seen);
    }

    @Test void anOwnerWhoseReceiversLeftHasEndedNotFailed() throws Exception {
        Proc source = Proc.named("source").owningOut(channel).does(() -> { while (true) channel.send(1); });
        Proc first = Proc.named("first").owningIn(channel).does(() -> channel.receive());
        new Par(source, first).run();
    }

    @Test void thatTheReceiversOfAChannelLeftWhichIsNotOwnedIsAFailure() {
        var own = Channel.<Integer>rendezvous("own");
        channel.retire();
        Proc source = Proc.named("source").owningOut(own).does(() -> channel.send(1));
        assertThrows(ChannelPoisoned.class, source::run);
        assertThrows(ChannelPoisoned.class, own::receive);
    }

    @Test void whatGoesWrongOnTheWayOutIsAFailure() {
        Proc source = Proc.named("source").owningOut(channel).does(() -> {
            try (AutoCloseable _ = () -> { throw new java.io.IOException("cannot close"); }) {
                channel.send(1);
            }
        });
        channel.retire();
        var thrown = assertThrows(ChannelPoisoned.class, source::run);
        assertEquals("cannot close", thrown.getSuppressed()[0].getMessage());
    }

    @Test void manyProcessesRunSideBySide() throws Exception {
        var results = Channel.<Integer>rendezvous();
        int n = 10_000;
        var sum = new AtomicInteger();
        new Par(Par.times(n, i -> () -> results.send(i)), () -> {
            for (int i = 0; i < n; i++) sum.addAndGet(results.receive());
        }).run();
        assertEquals(n * (n - 1) / 2, sum.get());
    }

    @Test void seqRunsInOrderAndStopsAtTheFirstFailure() throws Exception {
        var log = new ArrayList<String>();
        new Seq(() -> log.add("a"), () -> log.add("b")).run();
        assertThrows(IllegalStateException.class,
                new Seq(() -> log.add("c"), () -> { throw new IllegalStateException("x"); }, () -> log.add("d"))::run);
        assertEquals(List.of("a", "b", "c"), log);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, new Seq(() -> log.add("e"))::run);
        assertEquals(3, log.size());
    }

    @Test void processesHaveReadableNames() {
        assertEquals("ParTest", ((Proc) () -> {}).name());
        assertEquals("copy", Proc.named("copy").does(() -> {}).name());
        assertEquals("Seq(a; b)", new Seq(Proc.named("a").does(() -> {}), Proc.named("b").does(() -> {})).name());
    }

    private static List<String> notes(Throwable failure) {
        return Arrays.stream(failure.getSuppressed()).map(Throwable::getMessage).toList();
    }

    @Test void forkedProcessesAreAwaited() {
        Simulation.explore(300, _ -> {
            var done = new ConcurrentLinkedQueue<Integer>();
            Par.forking("server", forks -> {
                for (int i = 0; i < 3; i++) {
                    int me = i;
                    forks.fork(() -> {
                        if (me == 0) forks.fork(() -> done.add(10));
                        done.add(me);
                    });
                }
            }).run();
            assertEquals(List.of(0, 1, 2, 10), done.stream().sorted().toList());
        });
    }

    @Test void aForkedFailureCancelsBodyAndAllOthers() {
        Simulation.explore(500, _ -> {
            var ended = new ConcurrentLinkedQueue<String>();
            var never = Channel.<Integer>rendezvous("never");
            var failure = assertThrows(IllegalStateException.class, Par.forking("server", forks -> {
                try {
                    forks.fork(() -> {
                        try {
                            never.receive();
                        } finally {
                            ended.add("waiter");
                        }
                    });
                    forks.fork(() -> { throw new IllegalStateException("x"); });
                    never.receive();
                } finally {
                    ended.add("body");
                }
            })::run);
            assertEquals("x", failure.getMessage());
            assertEquals(List.of("body", "waiter"), ended.stream().sorted().toList());
        });
    }

    @Test void nobodyForksIntoWhatHasEnded() throws Exception {
        var kept = new Par.Forks[1];
        Par.forking("short", forks -> kept[0] = forks).run();
        assertTrue(assertThrows(IllegalStateException.class, () -> kept[0].fork(() -> {})).getMessage()
                .contains("Par \"short\", whose processes have all ended; fork only from them"));
    }

    @Test void interruptingTheCallerOfAForkingParEndsAll() {
        Simulation.explore(300, sim -> {
            var never = Channel.<Integer>rendezvous("never");
            var ended = new ConcurrentLinkedQueue<String>();
            var caller = sim.spawn("caller", () -> assertThrows(InterruptedException.class,
                    Par.forking("p", forks -> {
                        forks.fork(() -> {
                            try {
                                never.receive();
                            } catch (InterruptedException asked) {
                                ended.add("forked");
                            }
                        });
                        never.receive();
                    })::run));
            sim.settle();
            caller.interrupt();
            sim.run();
            assertEquals(List.of("forked"), List.copyOf(ended));
        });
    }

    @Test void resultsComeInOrder() throws Exception {
        var gate = Channel.<Integer>rendezvous();
        assertEquals(List.of("a", "b"), Par.results(List.<java.util.concurrent.Callable<String>>of(
                () -> {
                    gate.receive();
                    return "a";
                }, () -> {
                    gate.send(1);
                    return "b";
                })));
        assertEquals(List.of(), Par.results(List.of()));
        assertThrows(IllegalStateException.class, () -> Par.results(List.of(() -> {
            throw new IllegalStateException();
        })));
    }

    @Test void aCollectingParLetsAllRunToTheirEnd() {
        var done = new ConcurrentLinkedQueue<String>();
        var failure = assertThrows(IllegalStateException.class, new Par("p",
                () -> { throw new IllegalStateException("one"); },
                () -> {
                    Thread.yield();
                    done.add("worked");
                },
                () -> { throw new IllegalStateException("two"); }).collecting()::run);
        var all = new java.util.ArrayList<String>();
        all.add(failure.getMessage());
        for (var other : failure.getSuppressed()) all.add(other.getMessage());
        assertTrue(all.containsAll(List.of("one", "two")), all::toString);
        assertEquals(List.of("worked"), List.copyOf(done));
    }

    /// A message that counted who waits would make this take the square of the time.
    @Test void manyThatWaitInOnePlaceAreCancelledSwiftly() {
        var nothing = Channel.<Integer>rendezvous();
        var processes = new ArrayList<Proc>(Par.times(100_000, _ -> nothing::receive).processes());
        processes.add(() -> {
            while (nothing.statistics().waitingReceivers() < 100_000) Thread.yield();
            throw new IllegalStateException("enough");
        });
        assertEquals("enough", assertThrows(IllegalStateException.class, new Par(processes)::run).getMessage());
        assertEquals(0, nothing.statistics().waitingReceivers());
    }
}
