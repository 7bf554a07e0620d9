package dev.parley.csp;

import dev.parley.loop.testing.Simulation;
import dev.parley.loop.waiting.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a choice promises that has to ask, in whatever order its partners run.
@Timeout(60) class AskingScheduleTest {
    /// Nobody may ask here.
    private static final class Closed extends Post {
        @Override public void ask(Offer<String> offer) { offer.fail(new AssertionError("it was asked")); }
    }

    @Test void whatComesBeforeItIsNotPassedOver() {
        Simulation.explore(1, _ -> {
            var near = Channel.<String>buffered(1);
            near.send("near");
            var got = new ArrayList<String>();
            assertEquals(0, Alt.of(near.on(got::add), Alt.on(new Closed(), got::add)).priSelect());
            assertEquals(List.of("near"), got);
        });
    }

    @Test void aPoisonedGuardIsSeenThoughAnotherCouldBeAsked() {
        Simulation.explore(1, _ -> {
            var near = Channel.<String>rendezvous("near");
            near.poison(new Exception("x"));
            assertThrows(ChannelPoisoned.class, Alt.of(Alt.on(new Closed(), _ -> {}), near.on(_ -> {}))::select);
        });
    }

    /// Two choosers, a clerk whose hints are often wrong, and a sender nearby: each letter and each element comes once, and nobody is left behind.
    @Test void everyAnswerIsExact() {
        Simulation.Config.STANDARD.withInterrupts(0.01).withSpuriousWakeups(0.02).explore(5000, sim -> {
            var office = new Post();
            var near = Channel.<String>rendezvous("near");
            var received = new ArrayList<String>();
            int each = 3;
            for (int i = 0; i < 2; i++) {
                var alt = Alt.of(near.on(received::add), Alt.on(office, received::add));
                sim.spawn("chooses " + i, () -> {
                    while (received.size() < 2 * each) {
                        try {
                            alt.select();
                        } catch (InterruptedException again) {
                            continue;
                        } catch (ChannelPoisoned over) {
                            return;
                        }
                    }
                    near.poison(new Exception("all is there"));
                });
            }
            sim.spawn("sends", () -> {
                for (int sent = 0; sent < each;) {
                    try {
                        near.send("near " + sent);
                        sent++;
                    } catch (InterruptedException again) {
                        continue;
                    } catch (ChannelPoisoned over) {
                        return;
                    }
                }
            });
            sim.spawn("clerk", () -> {
                office.letters.addAll(Post.letters(each));
                while (received.size() < 2 * each || !office.asked.isEmpty()) {
                    office.likely = sim.random(2) == 0;
                    office.serve();
                    Waiting.current().giveWay();
                }
            });
            sim.run();
            assertEquals(2 * each, received.size(), received::toString);
            assertEquals(2 * each, Set.copyOf(received).size());
            assertTrue(office.registered.isEmpty());
        });
    }
}
