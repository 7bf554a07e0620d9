package dev.parley.csp.multiway;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.ChannelPoisoned;
import dev.parley.csp.Closed;
import dev.parley.csp.Par;
import dev.parley.csp.Receiver;
import dev.parley.csp.Seq;
import dev.parley.csp.component.Plumbing;
import dev.parley.csp.multiway.Broadcast.Slow;
import dev.parley.loop.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60) class BroadcastTest {
    private static final int SCHEDULES = Integer.getInteger("parley.schedules", 200);

    private static List<Integer> all(Receiver<Integer> in) {
        var all = new ArrayList<Integer>();
        for (var x : in) all.add(x);
        return all;
    }

    @Test void allSeeAllInTheSameOrder() {
        Simulation.explore(SCHEDULES, _ -> {
            var broadcast = new Broadcast<Integer>("b");
            var a = broadcast.subscribe(Slow.WAIT, 1);
            var b = broadcast.subscribe(Slow.WAIT, 2);
            var seen = List.of(new ArrayList<Integer>(), new ArrayList<Integer>());
            new Par(new Seq(Par.times(3, i -> () -> {
                broadcast.send(10 * i);
                broadcast.send(10 * i + 1);
            }), broadcast::close), () -> seen.get(0).addAll(all(a)), () -> seen.get(1).addAll(all(b))).run();
            assertEquals(6, seen.get(0).size());
            assertEquals(seen.get(0), seen.get(1));
            for (int i = 0; i < 3; i++)
                assertTrue(seen.get(0).indexOf(10 * i) < seen.get(0).indexOf(10 * i + 1), seen::toString);
        });
    }

    @Test void aSlowSubscriberIsTreatedAsItAskedFor() throws Exception {
        var broadcast = new Broadcast<Integer>("b");
        var oldest = broadcast.subscribe(Slow.DROP_OLDEST, 2);
        var newest = broadcast.subscribe(Slow.DROP_NEWEST, 2);
        var cut = broadcast.subscribe(Slow.CUT_OFF, 2);
        assertEquals(3, broadcast.subscribers());
        for (int i = 1; i <= 4; i++) broadcast.send(i);
        assertEquals("Broadcast \"b\" [2 subscribers, 4 dropped]", broadcast.toString());
        broadcast.close();
        assertEquals(List.of(3, 4), all(oldest));
        assertEquals(List.of(1, 2), all(newest));
        var why = assertThrows(ChannelPoisoned.class, cut::receive).getCause();
        assertInstanceOf(Broadcast.TooSlow.class, why);
        assertEquals(
                "a subscriber of Broadcast \"b\" was cut off: its buffer of 2 was full; receive faster, or subscribe with"
                        + " a larger buffer or another policy",
                why.getMessage());
    }

    @Test void oneThatWaitsHoldsUpTheSenderUntilItTakes() {
        Simulation.explore(SCHEDULES, sim -> {
            var broadcast = new Broadcast<Integer>("b");
            var slow = broadcast.subscribe(Slow.WAIT, 1);
            var fast = broadcast.subscribe(Slow.DROP_OLDEST, 9);
            var sender = sim.spawn("sender", () -> { for (int i = 1; i <= 3; i++) broadcast.send(i); });
            sim.settle();
            var seen = new ArrayList<Integer>();
            ((Channel<Integer>) fast).drainTo(seen);
            assertEquals(List.of(1, 2), seen);
            assertEquals(1, slow.receive());
            sim.settle();
            assertEquals(3, fast.receive());
            assertTrue(sender.isAlive());
            assertEquals(2, slow.receive());
            sim.run();
            assertEquals(3, slow.receive());
        });
    }

    @Test void oneThatRetiresLeaves() throws Exception {
        var broadcast = new Broadcast<Integer>("b");
        var leaves = broadcast.subscribe(Slow.WAIT, 1);
        var stays = broadcast.subscribe(Slow.WAIT, 3);
        broadcast.send(1);
        leaves.retire();
        broadcast.send(2);
        assertEquals(1, broadcast.subscribers());
        assertEquals(1, stays.receive());
        assertEquals(2, stays.receive());
    }

    @Test void oneThatRetiresWhileTheSenderWaitsLetsItGo() {
        Simulation.explore(SCHEDULES, sim -> {
            var broadcast = new Broadcast<Integer>("b");
            var slow = broadcast.subscribe(Slow.WAIT, 1);
            sim.spawn("sender", () -> {
                broadcast.send(1);
                broadcast.send(2);
            });
            sim.spawn("leaves", slow::retire);
            sim.run();
        });
    }

    @Test void whoIsInterruptedWhileItWaitsHasGivenToTheOthers() {
        Simulation.explore(SCHEDULES, sim -> {
            var broadcast = new Broadcast<Integer>("b");
            var slow = broadcast.subscribe(Slow.WAIT, 1);
            var fast = broadcast.subscribe(Slow.WAIT, 3);
            var sender = sim.spawn("sender", () -> {
                broadcast.send(1);
                broadcast.send(2);
            });
            sim.settle();
            sim.interrupt(sender);
            sim.settle();
            broadcast.close();
            assertEquals(List.of(1), all(slow));
            assertEquals(List.of(1, 2), all(fast));
        });
    }

    @Test void theEndReachesAllAndThoseWhoComeLater() throws Exception {
        var broadcast = new Broadcast<Integer>("b");
        var early = broadcast.subscribe(Slow.WAIT, 1);
        broadcast.close();
        broadcast.close();
        assertEquals(new Closed<>(), early.receiveOrClosed());
        assertEquals(new Closed<>(), broadcast.subscribe(Slow.WAIT, 1).receiveOrClosed());
        assertEquals("send to Broadcast \"b\" [closed]",
                assertThrows(ChannelClosed.class, () -> broadcast.send(1)).getMessage());
        var failure = new IllegalStateException("x");
        var other = new Broadcast<Integer>("o");
        var in = other.subscribe(Slow.WAIT, 1);
        other.poison(failure);
        assertSame(failure, assertThrows(ChannelPoisoned.class, in::receive).getCause());
        assertThrows(ChannelPoisoned.class, () -> other.send(1));
    }

    @Test void aSubscriberThatComesDuringTheEndHearsOfIt() {
        Simulation.explore(SCHEDULES, sim -> {
            var broadcast = new Broadcast<Integer>("b");
            sim.spawn("closes", broadcast::close);
            assertEquals(new Closed<>(), broadcast.subscribe(Slow.WAIT, 1).receiveOrClosed());
        });
    }

    @Test void aRelayGivesAllOfAChannelAndItsEnd() {
        Simulation.explore(SCHEDULES, _ -> {
            var in = Channel.<Integer>rendezvous();
            var broadcast = new Broadcast<Integer>("b");
            var out = broadcast.subscribe(Slow.WAIT, 1);
            var seen = new ArrayList<Integer>();
            new Par(Plumbing.source(List.of(1, 2, 3), in), broadcast.relay(in), () -> seen.addAll(all(out))).run();
            assertEquals(List.of(1, 2, 3), seen);
        });
    }
}
