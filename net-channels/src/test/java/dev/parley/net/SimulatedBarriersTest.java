package dev.parley.net;

import dev.parley.csp.Alt;
import dev.parley.csp.Barrier;
import dev.parley.csp.BrokenBarrier;
import dev.parley.csp.Channel;
import dev.parley.loop.testing.Simulation;
import dev.parley.net.LinkLost.Outcome;
import dev.parley.net.Storms.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Storms in which processes of three nodes meet at a barrier that is at home at one of them, in every way there is to arrive, over lines that do everything a line can do.
@Timeout(300) class SimulatedBarriersTest {
    private static final int AWAY = 2, EACH = 2, MEETINGS = 8;

    /// One process that takes part, and what it knows.
    private static final class Member {
        final Meeting meeting;
        final Barrier barrier;
        final int node; // 0 is home
        final Alt alt; // at home
        long arriving = -1; // the meeting that it has come for
        long met; // meetings that it was told of
        BrokenBarrier broken;

        Member(Meeting meeting, Barrier barrier, int node) {
            this.meeting = meeting;
            this.barrier = barrier;
            this.node = node;
            this.alt = node > 0
                    ? null
                    : Alt.of(Channel.<Integer>rendezvous("never").on(_ -> {}), barrier.on(() -> {}));
        }

        /// Meets the others once, by whatever number of attempts.
        void meet(Simulation sim) {
            arriving = met;
            while (!attempt(sim)) {}
            for (var other : meeting.members)
                assertTrue(other.arriving >= met, () -> "met without one who has not come: " + meeting);
            met++;
        }

        private boolean attempt(Simulation sim) {
            try {
                int way = sim.random(node == 0 ? 5 : 4);
                switch (way == 1 && !meeting.futures ? 2 : way) {
                    case 0 -> {
                        return barrier.sync(Duration.ofMillis(sim.random(60)));
                    }
                    case 1 -> {
                        var arrival = barrier.syncAsync();
                        if (sim.random(2) == 0) arrival.cancel(true);
                        assertEquals(met, arrival.join());
                    }
                    case 4 -> assertEquals(1, alt.select());
                    default -> assertEquals(met, barrier.sync());
                }
                return true;
            } catch (InterruptedException | CancellationException takenBack) {
                return false;
            } catch (CompletionException failed) {
                throw assertInstanceOf(BrokenBarrier.class, failed.getCause());
            } catch (BrokenBarrier broken) {
                throw broken;
            } catch (Exception fromAlt) {
                throw new AssertionError(fromAlt);
            }
        }

        void meetUntilBroken(Simulation sim) {
            try {
                for (;;) meet(sim);
            } catch (BrokenBarrier told) {
                broken = told;
            }
        }

        @Override public String toString() {
            return "node " + node + ": arriving at " + arriving + ", met " + met;
        }
    }

    /// Three nodes and those who meet.
    private static final class Meeting {
        final SimulatedNetwork network;
        final SimulatedGround homeGround;
        final List<SimulatedGround> grounds = new ArrayList<>();
        final Node home;
        final List<Node> away = new ArrayList<>();
        final Barrier barrier = Barrier.of("b", 1);
        final List<Member> members = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        final boolean futures;
        private final String seed;

        /// @param futures whether to wait for futures, too, where the thread of a dead process could not be ended
        Meeting(Simulation sim, Faults.Rates rates, Limits limits, boolean futures) throws Exception {
            this.futures = futures;
            seed = "seed " + sim.seed();
            network = new SimulatedNetwork(new Faults(rates, sim.seed()));
            homeGround = new SimulatedGround(network, "home");
            home = Opening.listen(homeGround, Storms.HOME, Security.loopbackOnly(), limits);
            home.publish(barrier);
            for (int n = 1; n <= AWAY; n++) away.add(Storms.connect(network, "away " + n, limits, grounds));
            for (int n = 0; n <= AWAY; n++)
                for (int m = 0; m < EACH; m++)
                    members.add(new Member(this,
                            n == 0 ? barrier : away.get(n - 1).barrier("b"), n));
            for (var member : members) member.barrier.enroll();
            barrier.resign(); // nobody has come yet
        }

        void spawn(Simulation sim, Consumer<Member> body) {
            for (var member : members)
                threads.add(
                        sim.spawn("member " + threads.size() + " of node " + member.node, () -> body.accept(member)));
        }

        void close() {
            for (var node : away) node.close();
            home.close();
        }

        @Override public String toString() {
            return seed + " " + members;
        }
    }

    /// All lives last: all meet again and again, and nobody goes on before all have come.
    private static void alwaysTogether(Simulation sim, Faults.Rates rates, Tally tally) throws Exception {
        var meeting = new Meeting(sim, rates, Pair.window(Duration.ofMinutes(5)), true);
        meeting.spawn(sim, member -> {
            for (int i = 0; i < MEETINGS; i++) {
                member.meet(sim);
                if (sim.random(8) == 0) Storms.sleep(Duration.ofMillis(sim.random(100)));
            }
            member.arriving = Long.MAX_VALUE;
            member.barrier.resign();
        });
        var threads = meeting.threads;
        sim.spawn("interrupter", () -> {
            for (int i = 0; i < 8; i++) {
                Storms.sleep(Duration.ofMillis(sim.random(60)));
                sim.interrupt(threads.get(sim.random(threads.size())));
            }
        });
        for (var thread : threads) thread.join();
        for (var member : meeting.members) assertEquals(MEETINGS, member.met, meeting::toString);
        assertEquals(0, meeting.barrier.enrolled());
        meeting.close();
        tally.faults += meeting.network.faults();
        tally.resumed += meeting.network.connections() - AWAY;
    }

    /// What ends links for good.
    enum Calamity { HOME_KILLED, AWAY_KILLED, PARTITION, HOME_CLOSED, AWAY_CLOSED }

    /// One link or all of them end for good while all lines are bad: everybody who lives is told, and truly.
    private static void allAreTold(Simulation sim, Calamity calamity, Tally tally) throws Exception {
        boolean killed = calamity == Calamity.HOME_KILLED || calamity == Calamity.AWAY_KILLED;
        var meeting = new Meeting(sim, Faults.Rates.ALL, Pair.window(Duration.ofSeconds(20)), !killed);
        meeting.spawn(sim, member -> member.meetUntilBroken(sim));
        Storms.sleep(Duration.ofMillis(sim.random(400)));
        switch (calamity) {
            case HOME_KILLED -> meeting.network.kill(meeting.homeGround);
            case AWAY_KILLED -> meeting.network.kill(meeting.grounds.getFirst());
            case PARTITION -> {
                meeting.network.partition(true);
                Storms.sleep(Duration.ofSeconds(60));
                meeting.network.partition(false);
            }
            case HOME_CLOSED -> meeting.home.close();
            case AWAY_CLOSED -> meeting.away.getFirst().close();
        }
        int dead = switch (calamity) {
            case HOME_KILLED -> 0;
            case AWAY_KILLED -> 1;
            default -> -1;
        };
        long last = -1; // the meeting in which it broke, as the home says
        for (int i = 0; i < meeting.members.size(); i++) {
            var member = meeting.members.get(i);
            if (member.node == dead) continue;
            meeting.threads.get(i).join();
            var broken = member.broken;
            assertTrue(broken != null, meeting::toString);
            assertEquals(member.met, broken.meeting(), meeting::toString);
            var outcome = broken.getCause() instanceof LinkLost lost && member.node > 0 ? lost.outcome() : null;
            if (member.node == 0) assertInstanceOf(LinkLost.class, broken.getCause());
            if (dead == 0) { // nobody knows where it broke, but the others cannot be further than one meeting away
                if (last < 0) last = member.met;
                long first = last;
                assertTrue(Math.abs(member.met - first) <= 1, meeting::toString);
                continue;
            }
            if (member.node == 0) last = member.met;
            if (outcome == Outcome.UNKNOWN)
                assertTrue(last == member.met || last == member.met + 1, () -> "unsure: " + meeting);
            else
                assertEquals(last, member.met, () -> "certain: " + meeting);
            if (outcome == Outcome.UNKNOWN) tally.unknown++;
        }
        tally.faults += meeting.network.faults();
        if (killed) sim.abandon();
        else meeting.close();
    }

    private static void run(int seeds, Faults.Rates rates) {
        Storms.explore(seeds, rates, (sim, tally) -> alwaysTogether(sim, rates, tally));
    }

    private static void run(int seeds, Calamity calamity) {
        Storms.explore(seeds, calamity, (sim, tally) -> allAreTold(sim, calamity, tally));
    }

    @Test void withoutFaultsAllMeet() {
        run(50, Faults.Rates.NONE);
    }

    @Test void whateverTheLineDoesNobodyGoesOnBeforeAllHaveCome() {
        run(200, Faults.Rates.ALL);
    }

    @ParameterizedTest
    @EnumSource void whatEndsALinkForGoodIsToldToAllWhoLive(Calamity calamity) {
        run(60, calamity);
    }

    @Tag("slow")
    @Timeout(3000)
    @Test void whateverTheLineDoesNobodyGoesOnBeforeAllHaveComeManyTimes() {
        run(10_000, Faults.Rates.ALL);
    }

    @Tag("slow")
    @Timeout(3000)
    @ParameterizedTest
    @EnumSource void whatEndsALinkForGoodIsToldToAllWhoLiveManyTimes(Calamity calamity) {
        run(3000, calamity);
    }
}
