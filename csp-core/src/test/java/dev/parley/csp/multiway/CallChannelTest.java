package dev.parley.csp.multiway;

import dev.parley.csp.Alt;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Seq;
import dev.parley.loop.Tasks;
import dev.parley.loop.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60) class CallChannelTest {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 200);

    private final CallChannel<Integer, String> call = new CallChannel<>("ask");

    @Test void aCallIsAnsweredToItsCaller() {
        Simulation.explore(SCHEDULES, _ -> {
            var square = new CallChannel<Integer, Integer>("square");
            var clients = Par.times(4, i -> () -> assertEquals(i * i, square.call(i)));
            new Par(new Seq(clients, square::close), () -> { while (square.serve(x -> x * x)) {} }).run();
        });
    }

    @Test void theServerChoosesWhichCallsItAccepts() {
        Simulation.explore(SCHEDULES, _ -> {
            var put = new CallChannel<Integer, Integer>("put");
            var get = new CallChannel<Boolean, Integer>("get");
            var stored = new ArrayList<Integer>();
            int capacity = 2, elements = 5;
            Proc server = () -> {
                var alt = Alt.of(put.accepting(x -> {
                    assertTrue(stored.size() < capacity);
                    stored.add(x);
                    return stored.size();
                }).when(() -> stored.size() < capacity),
                        get.accepting(_ -> stored.removeFirst()).when(() -> !stored.isEmpty()));
                for (int i = 0; i < 2 * elements; i++) alt.select();
            };
            var got = new ArrayList<Integer>();
            new Par(server, () -> { for (int i = 0; i < elements; i++) put.call(i); },
                    () -> {
                        for (int i = 0; i < elements; i++) got.add(get.call(true));
                    }).run();
            assertEquals(List.of(0, 1, 2, 3, 4), got);
        });
    }

    @Test void aFailureGoesToTheCallerAndTheServerGoesOn() throws Exception {
        var failure = new IOException("no");
        new Par(() -> {
            assertTrue(call.serve(_ -> { throw failure; }));
            assertTrue(call.serve(x -> "" + x));
        }, () -> {
            var thrown = assertThrows(CallChannel.CallFailed.class, () -> call.call(1));
            assertSame(failure, thrown.getCause());
            assertEquals("call \"ask\" failed in its server: java.io.IOException: no", thrown.getMessage());
            assertEquals("2", call.call(2));
        }).run();
    }

    @Test void anErrorEndsTheServerToo() {
        var server = new Par(() -> call.serve(_ -> { throw new StackOverflowError(); }),
                () -> assertThrows(CallChannel.CallFailed.class, () -> call.call(1)));
        assertThrows(StackOverflowError.class, server::run);
    }

    @Test void anInterruptedCallDidNotHappenOrIsAnswered() {
        Simulation.explore(SCHEDULES, sim -> {
            var slow = new CallChannel<Integer, Integer>("slow");
            var answered = new AtomicInteger();
            var returned = new AtomicInteger();
            var client = sim.spawn("client", () -> {
                slow.call(1);
                returned.incrementAndGet();
                assertTrue(Thread.interrupted());
            });
            sim.spawn("server", () -> slow.serve(x -> {
                Tasks.sleep(ofMillis(5));
                return answered.incrementAndGet();
            }));
            sim.spawn("interrupts", () -> sim.interrupt(client));
            sim.settle();
            client.join();
            assertEquals(returned.get(), answered.get());
            if (answered.get() == 0) slow.close();
        });
    }

    @Test void aServerThatIsInterruptedWhileItAnswersStillAnswers() {
        Simulation.explore(SCHEDULES, sim -> {
            var slow = new CallChannel<Integer, Integer>("slow");
            var server = sim.spawn("server", () -> slow.serve(_ -> {
                Tasks.sleep(ofMillis(5));
                return 1;
            }));
            var outcome = new ArrayList<String>();
            sim.spawn("client", () -> {
                try {
                    slow.call(1);
                } catch (CallChannel.CallFailed failed) {
                    outcome.add(failed.getCause().getClass().getSimpleName());
                }
            });
            sim.settle();
            sim.interrupt(server);
            sim.run();
            assertEquals(List.of("InterruptedException"), outcome);
        });
    }

    @Test void afterTheEndNobodyWaits() throws Exception {
        call.close();
        assertFalse(call.serve(x -> "" + x));
        assertThrows(ChannelClosed.class, () -> call.call(1));
        var other = new CallChannel<Integer, Integer>("other");
        other.retire();
        assertTrue(assertThrows(ChannelPoisoned.class, () -> other.call(1)).receiverGone());
        assertEquals("CallChannel \"other\" [0 calls waiting]", other.toString());
    }
}
