package dev.parley.csp;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.csp.component.Arithmetic.successor;
import static dev.parley.csp.component.Plumbing.consume;
import static dev.parley.csp.component.Plumbing.identity;
import static dev.parley.csp.component.Plumbing.prefix;
import static dev.parley.csp.component.Plumbing.seqDelta;
import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a confined Par says when its processes can never go on, and that it says nothing when they can. On real threads: a simulation notices
/// deadlocks by other means.
@Timeout(value = 60, unit = TimeUnit.SECONDS) class DeadlockTest {
    private static String report(Par par) {
        return assertThrows(DeadlockException.class, par.confined()::run).getMessage()
                .replaceAll("Test\\.java:\\d+", "Test.java:*").replaceAll("(?m) +$", "");
    }

    private static Proc process(String name, Proc body) {
        return Proc.named(name).does(body);
    }

    @Test void aCrossedPairOfSends() {
        var a = Channel.<Integer>rendezvous("a");
        var b = Channel.<Integer>rendezvous("b");
        assertEquals("""
                the 2 processes of Par "crossed" wait for each other, and nothing else can wake them
                  left   sends to a  at DeadlockTest.java:*  (nobody has received from it yet)
                  right  sends to b  at DeadlockTest.java:*  (nobody has received from it yet)""",
                report(new Par("crossed", process("left", () -> {
                    a.send(1);
                    b.receive();
                }), process("right", () -> {
                    b.send(2);
                    a.receive();
                }))));
    }

    @Test void aRingWithoutItsFirstToken() {
        var a = Channel.<Integer>rendezvous("a");
        var b = Channel.<Integer>rendezvous("b");
        var c = Channel.<Integer>rendezvous("c");
        assertEquals("""
                the 3 processes of Par "ring" wait for each other, and nothing else can wake them
                  identity    receives from a  at Plumbing.java  (nobody has sent to it yet)
                  identity#2  receives from b  at Plumbing.java  (nobody has sent to it yet)
                  identity#3  receives from c  at Plumbing.java  (nobody has sent to it yet)""",
                report(new Par("ring", identity(a, b), identity(b, c), identity(c, a)))
                        .replaceAll("Plumbing\\.java:\\d+", "Plumbing.java"));
    }

    @Test void philosophersWhoAllTakeTheirLeftForkFirst() {
        int n = 3;
        var names = List.of("Plato", "Socrates", "Hypatia");
        var take = List.of(Channel.<Integer>rendezvous("fork-0.take"), Channel.<Integer>rendezvous("fork-1.take"),
                Channel.<Integer>rendezvous("fork-2.take"));
        var back = List.of(Channel.<Integer>rendezvous("fork-0.back"), Channel.<Integer>rendezvous("fork-1.back"),
                Channel.<Integer>rendezvous("fork-2.back"));
        var table = new Barrier[]{Barrier.of("table", n)};
        var processes = new java.util.ArrayList<Proc>();
        for (int i = 0; i < n; i++) {
            int left = i;
            int right = (i + 1) % n;
            processes.add(process(names.get(i), () -> {
                for (int meal = 0; meal < 2; meal++) {
                    if (meal == 0) { // one after the other, so that each fork has been given back once
                        for (int turn = 0; turn < n; turn++) {
                            if (turn == left) {
                                take.get(left).send(1);
                                take.get(right).send(1);
                                back.get(left).send(1);
                                back.get(right).send(1);
                            }
                            table[0].sync();
                        }
                        continue;
                    }
                    take.get(left).send(1);
                    table[0].sync();
                    take.get(right).send(1);
                }
            }));
            processes.add(process("fork-" + i, () -> {
                while (true) {
                    take.get(left).receive();
                    back.get(left).receive();
                }
            }));
        }
        assertEquals("""
                the 6 processes of Par "dinner" wait for each other, and nothing else can wake them
                  Plato     sends to fork-1.take       at DeadlockTest.java:*
                  fork-0    receives from fork-0.back  at DeadlockTest.java:*
                  Socrates  sends to fork-2.take       at DeadlockTest.java:*
                  fork-1    receives from fork-1.back  at DeadlockTest.java:*
                  Hypatia   sends to fork-0.take       at DeadlockTest.java:*
                  fork-2    receives from fork-2.back  at DeadlockTest.java:*
                  cycle: Plato -> fork-1 -> Socrates -> fork-2 -> Hypatia -> fork-0 -> Plato""",
                report(new Par("dinner", processes)));
    }

    @Test void aPartnerWhoLeft() {
        var numbers = Channel.<Integer>rendezvous("numbers");
        assertEquals(
                """
                        the last process of Par "left" waits, and nothing can wake it
                          reader  receives from numbers  at DeadlockTest.java:*  (writer, who has sent to it last, has ended)""",
                report(new Par("left", process("writer", () -> numbers.send(1)), process("reader", () -> {
                    while (true) numbers.receive();
                }))));
    }

    @Test void choicesAndABarrier() {
        var a = Channel.<Integer>rendezvous("a");
        var b = Channel.<Integer>rendezvous("b");
        var barrier = Barrier.of("all", 3);
        assertEquals("""
                the 2 processes of Par "choosing" wait for each other, and nothing else can wake them
                  chooser  receives from a  at DeadlockTest.java:*  (nobody has sent to it yet)
                           sends to b  (nobody has received from it yet)
                  member   meets at all"""
                .replaceAll(" +", " "),
                report(new Par("choosing",
                        process("chooser", () -> Alt.of(a.on(_ -> {}), b.offering(1, () -> {})).select()),
                        process("member", barrier::sync))).replaceAll(" +", " "));
    }

    @Test void aParInsideIsLookedThrough() {
        var a = Channel.<Integer>rendezvous("a");
        var inner = new Par("inner", process("one", a::receive), process("two", a::receive));
        var message = report(new Par("outer", process("caller", inner), process("third", a::receive)));
        assertTrue(message.startsWith("the 3 processes of Par \"outer\" wait"), message);
        assertTrue(message.contains("inner/two  receives from a"), message);
    }

    @Test void afterAFailureTheOthersMayStillBeStuck() {
        var a = Channel.<Integer>rendezvous("a");
        var failure = assertThrows(IllegalArgumentException.class, new Par("par", process("fails", () -> {
            throw new IllegalArgumentException("first");
        }), process("waits", a::receive)).collecting().confined()::run);
        assertTrue(List.of(failure.getSuppressed()).stream().anyMatch(DeadlockException.class::isInstance),
                () -> List.of(failure.getSuppressed()).toString());
    }

    @Test void whoWaitsForATimeIsNotStuck() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        new Par(process("patient", () -> a.receive(Duration.ofMillis(700))),
                process("choosing", () -> Alt.of(a.on(_ -> {}), Alt.after(ofMillis(700), () -> {})).select()))
                .confined().run();
    }

    @Test void whoWaitsForSomethingElseIsNotStuck() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        var latch = new CountDownLatch(1);
        Thread.ofPlatform().start(() -> {
            java.util.concurrent.locks.LockSupport.parkNanos(ofMillis(700).toNanos());
            latch.countDown();
        });
        new Par(process("waits for a latch", () -> {
            latch.await();
            a.send(1);
        }), process("reader", a::receive)).confined().run();
    }

    @Test void whoCommunicatesIsNotStuck() throws Exception {
        var a = Channel.<Long>rendezvous("a");
        var b = Channel.<Long>rendezvous("b");
        var c = Channel.<Long>rendezvous("c");
        var d = Channel.<Long>rendezvous("d");
        var until = Deadline.in(ofMillis(1500));
        var end = assertThrows(ChannelPoisoned.class, new Par("CommsTime", prefix(0L, c, a), seqDelta(a, b, d),
                successor(b, c), process("clock", () -> {
                    while (!until.isOver()) d.receive();
                    d.poison(new IllegalStateException("enough"));
                })).confined()::run);
        assertEquals("enough", end.getCause().getMessage());
    }

    @Test void aParThatEndsIsNotStuck() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            var a = Channel.<Integer>rendezvous("a");
            new Par(() -> a.send(1), a::receive).confined().run();
        }
    }

    @Test void anInterruptionEndsIt() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        var par = new Par("par", process("reader", a::receive));
        var caller = Thread.ofVirtual().unstarted(() -> assertThrows(InterruptedException.class, par::run));
        caller.start();
        while (par.network().processes().stream().noneMatch(each -> each.state() == Network.State.WAITING))
            Thread.yield();
        caller.interrupt();
        caller.join();
    }
}
