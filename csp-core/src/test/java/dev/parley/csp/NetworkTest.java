package dev.parley.csp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.parley.csp.component.Arithmetic.squares;
import static dev.parley.csp.component.Plumbing.consume;
import static dev.parley.csp.component.Plumbing.delta;
import static dev.parley.csp.component.Plumbing.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a Par tells of its processes and channels, asked for or not.
@Timeout(value = 60, unit = TimeUnit.SECONDS) class NetworkTest {
    private static Proc process(String name, Proc body) {
        return Proc.named(name).does(body);
    }

    private static String places(Object text) {
        return text.toString().replaceAll("Test\\.java:\\d+", "Test.java:*");
    }

    @Test void aWatchedParTellsWhoSentToWhomAfterItHasEnded() throws Exception {
        var all = Channel.<Long>rendezvous("all");
        var some = Channel.<Long>buffered("some", 4);
        var par = new Par("squares", squares(all), take(5, all, some), consume(some)).watched();
        par.run();
        var network = par.network();
        assertEquals(0, network.processes().stream().filter(each -> each.state() != Network.State.ENDED).count());
        var link = network.links().stream().filter(each -> each.channel().equals("some")).findFirst().orElseThrow();
        assertEquals(List.of(new Network.Use("take", 5)), link.senders());
        assertEquals(List.of(new Network.Use("consume", 5)), link.receivers());
        assertTrue(network.toString().contains("  some         take 5 -> consume 5  [buffered 0/4, closed]"),
                network::toString);
        assertTrue(network.toString().contains("numbers/successor"), network::toString);
    }

    @Test void everyWayOfCommunicatingIsCounted() throws Exception {
        var in = Channel.<Integer>rendezvous("in");
        var out = Channel.<Integer>rendezvous("out");
        var buffer = Channel.<Integer>buffered("buffer", 8);
        var value = Channel.<Integer>promise("value");
        var par = new Par("ways",
                process("writer", () -> {
                    in.send(1);
                    in.send(2);
                    Alt.of(in.offering(3, () -> {})).select();
                    Alt.of(in.offering(() -> 4, () -> {})).select();
                    in.sendAsync(5).get();
                    in.close();
                    value.send(7);
                }),
                process("copier", () -> {
                    out.send(in.receive());
                    Alt.of(in.on(out::send)).select();
                    try (var held = in.receiveExtended()) {
                        out.send(held.value());
                    }
                    out.send(((Received<Integer>) in.receiveAsync().get()).value());
                    for (var x : in) out.send(x);
                    out.close();
                }),
                process("store", () -> {
                    for (var x : out) buffer.send(x);
                    buffer.close();
                }),
                process("reader", () -> {
                    value.receive();
                    while (buffer.receiveOrClosed() instanceof Received<Integer>) {}
                }),
                process("other", value::receive)).watched();
        par.run();
        assertEquals("""
                Par "ways": 0 running, 0 waiting, 5 ended
                  in      writer 5 -> copier 5  [rendezvous, closed]
                  out     copier 5 -> store 5  [rendezvous, closed]
                  buffer  store 5 -> reader 5  [buffered 0/8, closed]
                  value   writer 1 -> reader 1, other 1  [promise 1/1, closed]""",
                par.network().toString().replace("other 1, reader 1", "reader 1, other 1"));
    }

    @Test void whoStandsOutsideIsOutside() throws Exception {
        var in = Channel.<Integer>rendezvous("in");
        var par = new Par("reading", process("reader", () -> { for (var x : in) assertTrue(x > 0); })).watched();
        var outside = Thread.ofVirtual().start(() -> {
            try (in) {
                for (int i = 1; i < 4; i++) in.send(i);
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        par.run();
        outside.join();
        assertEquals("""
                Par "reading": 0 running, 0 waiting, 1 ended
                  in  outside 3 -> reader 3  [rendezvous, closed]""", par.network().toString());
    }

    @Test void aRunningParTellsWhoWaitsWhere() throws Exception {
        var in = Channel.<Integer>rendezvous("in");
        var first = Channel.<Integer>rendezvous("first");
        var second = Channel.<Integer>rendezvous("second");
        var third = Channel.<Integer>rendezvous("third");
        var fourth = Channel.<Integer>rendezvous("fourth");
        var latch = new CountDownLatch(1);
        var par = new Par("asked", process("busy", latch::await), delta(in, first, second),
                process("feeder", () -> {
                    try (in) {
                        in.send(1);
                    }
                }), process("choosing", () -> Alt.of(first.on(_ -> {}), second.on(_ -> {})).priSelect()),
                process("patient", () -> {
                    second.receive();
                    third.receive(java.time.Duration.ofHours(1));
                }), process("stuck", () -> Alt.of(third.on(_ -> {}), fourth.offering(1, () -> {})).select()));
        var caller = Thread.ofVirtual().start(() -> assertThrows(InterruptedException.class, par::run));
        Network network;
        do {
            Thread.onSpinWait();
            network = par.network();
        } while (network.processes().stream().filter(each -> each.state() == Network.State.ENDED).count() < 3
                || network.processes().stream().filter(each -> each.state() == Network.State.WAITING).count() < 2);
        assertEquals("""
                Par "asked": 1 running, 2 waiting, 3 ended
                  patient  receives from third  at NetworkTest.java:*
                  stuck    receives from third  at NetworkTest.java:*
                           sends to fourth""", places(network).replaceAll(" +[(].*[)]", ""));
        caller.interrupt();
        caller.join();
    }

    @Test void itMayBeAskedAtAnyTime() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        var b = Channel.<Integer>rendezvous("b");
        var par = new Par("ping-pong", process("ping", () -> {
            for (int i = 0; i < 100_000; i++) {
                a.send(i);
                Alt.of(b.on(_ -> {})).select();
            }
        }), process("pong", () -> {
            for (int i = 0; i < 100_000; i++) b.send(a.receive());
        })).watched();
        assertEquals(0, par.network().links().size());
        var caller = Thread.ofVirtual().start(() -> {
            try {
                par.run();
            } catch (Exception unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        long before = 0;
        while (caller.isAlive()) {
            var links = par.network().links();
            long now = links.isEmpty() || links.getFirst().receivers().isEmpty()
                    ? 0
                    : links.getFirst().receivers().getFirst().elements();
            assertTrue(now >= before, "from " + before + " to " + now);
            before = now;
        }
        assertEquals("100000", Long.toString(par.network().links().getFirst().receivers().getFirst().elements()));
    }

    /// Collects the warnings that are logged meanwhile.
    private static String warning(Par par) throws Exception {
        var logger = Logger.getLogger("dev.parley.csp");
        var messages = new LinkedBlockingQueue<String>();
        var handler = new Handler() {
            @Override public void publish(LogRecord record) {
                if (record.getMessage().contains("\"" + par.name() + "\"")) messages.add(record.getMessage());
            }

            @Override public void flush() {}

            @Override public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            var caller = Thread.ofVirtual().start(() -> assertThrows(InterruptedException.class, par::run));
            var message = messages.take();
            caller.interrupt();
            caller.join();
            return places(message);
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(handler);
        }
    }

    @Test void aParThatStandsStillIsWarnedOf() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        var inner = new Par("idle-inside", process("one", () -> a.receive()));
        assertEquals(
                """
                        the 2 processes of Par "idle" wait for each other, and nothing else can wake them
                          idle-inside/one  receives from a  at NetworkTest.java:*  (nobody has sent to it yet)
                          two              receives from a  at NetworkTest.java:*  (nobody has sent to it yet)
                          unless a thread that has not used these channels yet will; if none ever does, Par.confined() makes this an exception""",
                warning(new Par("idle", process("outer", inner), process("two", () -> a.receive()))));
    }

    @Test void aWatchedParTellsOfSomeWhoSeemToBeStuck() throws Exception {
        var a = Channel.<Integer>rendezvous("a");
        var b = Channel.<Integer>rendezvous("b");
        var latch = new CountDownLatch(1);
        assertEquals(
                """
                        while others go on, 1 of Par "leak" seem to wait for ever, as all who used the other ends of their channels have ended or wait with them
                          reader  receives from a  at NetworkTest.java:*  (writer, who has sent to it last, has ended)""",
                warning(new Par("leak", process("busy", latch::await), process("writer", () -> a.send(1)),
                        process("reader", () -> {
                            while (true) a.receive();
                        }), process("nobody knows", () -> b.receive())).watched()));
    }

    @Test void aNetworkThatNeverRanHasProcessesOnly() {
        var processes = new ArrayList<String>();
        new Par("new", process("one", () -> {}), process("two", () -> {})).network().processes()
                .forEach(each -> processes.add(each.name()));
        assertEquals(List.of("one", "two"), processes);
    }
}
