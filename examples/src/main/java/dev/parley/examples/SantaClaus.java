package dev.parley.examples;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Sender;
import dev.parley.loop.Tasks;
import java.util.ArrayList;
import java.util.List;

import static java.time.Duration.ofMillis;

/// John Trono's exercise (1994): Santa sleeps until either all nine reindeer are back, and delivers toys with them, or three of the ten elves have
/// a question, and talks with them; reindeer go before elves.
///
/// Whoever comes brings a channel of his own on which he is let go. A process for each kind collects a group; Santa chooses between full groups.
public final class SantaClaus {
    private static final int REINDEER = 9, ELVES = 10, AT_ONCE = 3, YEARS = 4, QUESTIONS = 3;

    private SantaClaus() {}

    /// Prints how often Santa did what.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        var harness = Channel.<Channel<Boolean>>rendezvous("harness");
        var door = Channel.<Channel<Boolean>>rendezvous("door");
        var sleighs = Channel.<List<Channel<Boolean>>>rendezvous("sleighs");
        var questions = Channel.<List<Channel<Boolean>>>rendezvous("questions");
        new Par("north pole", Par.times(REINDEER, i -> visitor("reindeer " + i, harness.sender(), YEARS, i)),
                Par.times(ELVES, i -> visitor("elf " + i, door.sender(), QUESTIONS, 10 - i)),
                groups(REINDEER, harness, sleighs), groups(AT_ONCE, door, questions), santa(sleighs, questions)).run();
    }

    /// Comes again and again, each time after a while, and waits until it is let go.
    private static Proc visitor(String name, Sender<Channel<Boolean>> desk, int times, int millis) {
        return Proc.named(name).owningOut(desk).does(() -> {
            var letGo = Channel.<Boolean>rendezvous("let " + name + " go");
            for (int i = 0; i < times; i++) {
                Tasks.sleep(ofMillis(millis));
                desk.send(letGo);
                letGo.receive();
            }
        });
    }

    private static Proc groups(int size, Channel<Channel<Boolean>> in, Channel<List<Channel<Boolean>>> out) {
        return Proc.named("groups of " + size).owning(in, out).does(() -> {
            var group = new ArrayList<Channel<Boolean>>();
            for (var one : in) {
                group.add(one);
                if (group.size() < size) continue;
                out.send(List.copyOf(group));
                group.clear();
            }
        });
    }

    private static Proc santa(Channel<List<Channel<Boolean>>> sleighs, Channel<List<Channel<Boolean>>> questions) {
        return Proc.named("Santa").does(() -> {
            var done = new int[2];
            var alt = Alt.of(sleighs.on(team -> letGo(team, done, 0)), questions.on(elves -> letGo(elves, done, 1)));
            while (done[0] < YEARS || done[1] < ELVES * QUESTIONS / AT_ONCE) alt.priSelect(); // reindeer first
            IO.println("delivered toys " + done[0] + " times, answered questions " + done[1] + " times");
        });
    }

    private static void letGo(List<Channel<Boolean>> group, int[] done, int what) throws InterruptedException {
        done[what]++;
        for (var one : group) one.send(true);
    }
}
