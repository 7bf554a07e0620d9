package dev.parley.examples;

import dev.parley.csp.Alt;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.Guard;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Dijkstra's philosophers sit round a table and need both neighbouring forks to eat. If each takes his left fork first, all may end up holding one
/// and waiting for ever. Two cures: one of them takes the right fork first, so that the circle is broken; or a butler lets only four of the five
/// sit at once.
///
/// A fork is a process: it lets itself be taken from one side and put back from the same.
public final class DiningPhilosophers {
    private static final int SEATS = 5, MEALS = 100;

    private DiningPhilosophers() {}

    /// Dines under both cures and prints how many meals were eaten.
    ///
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        IO.println("one is left-handed: " + dinner(true, false) + " meals");
        IO.println("a butler watches:   " + dinner(false, true) + " meals");
    }

    /// Runs a dinner to its end. With neither cure it may never end.
    ///
    /// @return how many meals were eaten
    static int dinner(boolean oneLeftHanded, boolean butler) throws Exception {
        var forks = new ArrayList<Fork>();
        for (int i = 0; i < SEATS; i++) forks.add(new Fork(i));
        var seats = Channel.<Boolean>buffered("seats", butler ? SEATS - 1 : SEATS); // a place in the buffer is a seat
        var meals = new AtomicInteger();
        var table = new ArrayList<Proc>();
        for (int i = 0; i < SEATS; i++) {
            var left = forks.get(i).side(0);
            var right = forks.get((i + 1) % SEATS).side(1);
            table.add(i == 0 && oneLeftHanded
                    ? philosopher(i, right, left, seats, meals)
                    : philosopher(i, left, right, seats, meals));
        }
        for (var fork : forks) table.add(fork.process());
        new Par("dinner", table).run();
        return meals.get();
    }

    private static Proc philosopher(int number, Channel<Boolean> first, Channel<Boolean> second,
            Channel<Boolean> seats, AtomicInteger meals) {
        return Proc.named("philosopher " + number).owningOut(first).owningOut(second).does(() -> {
            for (int meal = 0; meal < MEALS; meal++) {
                seats.send(true);
                first.send(true); // take
                second.send(true);
                meals.incrementAndGet();
                second.send(true); // put back
                first.send(true);
                seats.receive();
            }
        });
    }

    /// A fork between two philosophers, each of whom has a channel to it.
    private record Fork(int number, List<Channel<Boolean>> sides) {
        Fork(int number) {
            this(number, List.of(Channel.rendezvous("fork-" + number + ".left"),
                    Channel.rendezvous("fork-" + number + ".right")));
        }

        Channel<Boolean> side(int index) {
            return sides.get(index);
        }

        /// Ends when both philosophers have left.
        Proc process() {
            return Proc.named("fork " + number).does(() -> {
                var taken = Alt.of(sides.stream().map(side -> side.on(_ -> side.receive())).toArray(Guard[]::new));
                try {
                    while (true) taken.select();
                } catch (ChannelClosed bothHaveLeft) {
                    // no one will take it any more
                }
            });
        }
    }
}
