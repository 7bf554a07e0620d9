package dev.parley.examples;

import dev.parley.csp.Alt;
import dev.parley.csp.Barrier;
import dev.parley.csp.Channel;
import dev.parley.csp.ChannelClosed;
import dev.parley.csp.DeadlockException;
import dev.parley.csp.Guard;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.picture.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Dijkstra's philosophers sit round a table and need both neighbouring forks to eat. If each takes the left fork first, all may end up holding one
/// and waiting for ever; here they greet each other with a fork in hand, so that they surely do, and the Par reports it. Two cures: one of them takes the right
/// fork first, so that the circle is broken; or a butler lets only four of the five sit at once.
///
/// A fork is a process: it lets itself be taken from one side and put back from the same.
public final class DiningPhilosophers {
    private static final List<String> NAMES = List.of("Plato", "Socrates", "Hypatia", "Confucius", "Avicenna");
    private static final int SEATS = NAMES.size(), MEALS = 100;

    private enum Manners { NAIVE, ONE_IS_LEFT_HANDED, A_BUTLER_WATCHES }

    private DiningPhilosophers() {}

    /// Dines without a cure and prints how that ends, then under both cures and prints how many meals were eaten.
    ///
    /// @param args a file for a drawing of the dinner that ended in a deadlock, if wanted
    /// @throws Exception what a process throws
    public static void main(String[] args) throws Exception {
        try {
            dinner(Manners.NAIVE);
        } catch (DeadlockException deadlock) {
            IO.println(deadlock.getMessage());
            if (args.length > 0) Files.writeString(Path.of(args[0]), Picture.svg(deadlock.network()));
        }
        IO.println("one is left-handed: " + dinner(Manners.ONE_IS_LEFT_HANDED) + " meals");
        IO.println("a butler watches:   " + dinner(Manners.A_BUTLER_WATCHES) + " meals");
    }

    /// Runs a dinner to its end.
    ///
    /// @return how many meals were eaten
    private static int dinner(Manners manners) throws Exception {
        var forks = new ArrayList<Fork>();
        for (int i = 0; i < SEATS; i++) forks.add(new Fork(i));
        // a place in the buffer is a seat
        var seats = Channel.<Boolean>buffered("seats", manners == Manners.A_BUTLER_WATCHES ? SEATS - 1 : SEATS);
        var greeting = Barrier.of("greeting", manners == Manners.NAIVE ? SEATS : 0);
        var meals = new AtomicInteger();
        var table = new ArrayList<Proc>();
        for (int i = 0; i < SEATS; i++) {
            var left = forks.get(i).side(0);
            var right = forks.get((i + 1) % SEATS).side(1);
            boolean leftHanded = i == 0 && manners == Manners.ONE_IS_LEFT_HANDED;
            table.add(philosopher(NAMES.get(i), leftHanded ? right : left, leftHanded ? left : right, seats, greeting,
                    meals));
        }
        for (var fork : forks) table.add(fork.process());
        new Par("dinner", table).confined().watched().run();
        return meals.get();
    }

    private static Proc philosopher(String name, Channel<Boolean> first, Channel<Boolean> second,
            Channel<Boolean> seats, Barrier greeting, AtomicInteger meals) {
        return Proc.named(name).owningOut(first).owningOut(second).does(() -> {
            for (int meal = 0; meal < MEALS; meal++) {
                seats.send(true);
                first.send(true); // take
                if (greeting.enrolled() > 0) greeting.sync();
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
