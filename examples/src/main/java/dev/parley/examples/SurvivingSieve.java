package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.ChannelException;
import dev.parley.csp.Par;
import dev.parley.csp.Proc;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.examples.jvm.Assignment;
import dev.parley.examples.jvm.ChildJvm;
import dev.parley.examples.survivingsieve.Block;
import dev.parley.examples.survivingsieve.Stage;
import dev.parley.examples.survivingsieve.Worker;
import dev.parley.net.Node;
import dev.parley.net.Security;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Counts the primes below a number by the sieve of Eratosthenes, as a pipeline over three JVMs that goes on when one of them is killed. This JVM sends blocks of numbers, each worker
/// strikes out multiples of its own primes, and what is left comes back here.
///
/// ```
///   feed ==> multiples of 2 to 97 ==> multiples of 101 and more ==> count        (== reaches another JVM)
/// ```
///
/// **How it survives.**
///
/// - Only an answer counts. Whatever became of a block on its way, it is sent again until it is answered; that does no harm, since a block is the same numbers each time, and its count is noted under
///   its number.
/// - If a worker is lost, the network is over: what waits in it ends by `ChannelPoisoned`. Another worker is started in the place of each that has ended, and a new network with new channels goes on with the blocks that are
///   not answered. The workers that live are told their stage of it by a channel, on which they get the ends of the two channels that they need.
/// - All channels are at home here. So this JVM can end a network whatever the others do, and a channel ends as complete only if each worker closed its end.
/// - Nothing waits for ever: on a worker that ends, that does not answer (the link tells), or that does not come; and when three networks in a row brought no answer, the program ends with an error.
///
/// ```
/// SurvivingSieve                          the primes below 100,000,000
/// SurvivingSieve --kill 2@1000            kill -9 of the worker that is stage 2, when there are 1000 answers
/// SurvivingSieve --below 10000000 --kill 1@10 --kill 2@30
/// ```
///
/// The answer is on standard output, what happens on the way on standard error.
@SuppressWarnings("FutureReturnValueIgnored") // that a process has ended needs no answer
public final class SurvivingSieve implements AutoCloseable {
    private static final int SPLIT = 100, STAGES = 2, MOST_FRUITLESS = 3;

    /// To kill the worker that is `stage` when there are so many answers.
    record Kill(int stage, int answers) {}

    /// A JVM, and the channel by which it is told what to do.
    private record Member(ChildJvm jvm, Channel<Stage> stages) {}

    private final int limit;
    private final List<Kill> kills;
    private final Class<?> program;
    private final Duration patience;
    private final byte[] secret = new byte[32];
    private final Node node;
    private final List<Member> members = new ArrayList<>(); // one for each stage
    private final Map<Integer, Integer> counts = new HashMap<>(); // by the number of the block
    private int networks, started, sent;

    /// Is to sieve the numbers below `limit`.
    ///
    /// @param kills what is to go wrong
    /// @param program of the workers
    /// @param patience with a worker that is to come, or to end
    SurvivingSieve(int limit, List<Kill> kills, Class<?> program, Duration patience) throws IOException {
        this.limit = limit;
        this.kills = new ArrayList<>(kills);
        this.program = program;
        this.patience = patience;
        new SecureRandom().nextBytes(secret);
        // on one machine a lost connection is a dead process, which need not be waited for
        node = Node.listen("127.0.0.1:0",
                Node.Config.with(Security.sharedSecret(secret)).withWindow(Duration.ZERO));
    }

    /// Prints how many primes there are.
    ///
    /// @throws Exception what a defect of this program throws
    public static void main(String[] arguments) throws Exception {
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String[] arguments) throws Exception {
        int limit = 100_000_000;
        var kills = new ArrayList<Kill>();
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                var value = i + 1 < arguments.length ? arguments[i + 1] : "";
                int at = Math.max(value.indexOf('@'), 0);
                switch (arguments[i]) {
                    case "--below" -> limit = number(value, 2, 1_000_000_000);
                    case "--kill" -> kills.add(new Kill(number(value.substring(0, at), 1, STAGES),
                            number(value.substring(at + 1), 0, Integer.MAX_VALUE)));
                    default -> throw new IllegalArgumentException("there is no option " + arguments[i]);
                }
            }
        } catch (IllegalArgumentException wrong) {
            System.err.println("surviving sieve: " + wrong.getMessage()
                    + "; give --below N, and --kill STAGE@ANSWERS as often as you like");
            return 2;
        }
        try (var sieve = new SurvivingSieve(limit, kills, Worker.class, Duration.ofMinutes(1))) {
            IO.println(sieve.primes() + " primes below " + limit);
            return 0;
        } catch (IOException | IllegalStateException failure) {
            System.err.println("surviving sieve: " + failure.getMessage());
            return 1;
        }
    }

    private static int number(String text, int least, int most) {
        if (text.matches("[0-9]{1,10}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) return (int) number;
        }
        throw new IllegalArgumentException("\"" + text + "\" is not a whole number from " + least + " to " + most);
    }

    /// How many primes there are.
    ///
    /// @throws IOException if a worker cannot be started
    /// @throws IllegalStateException if workers do not come, or nothing but end
    int primes() throws Exception {
        while (members.size() < STAGES) members.add(start());
        int fruitless = 0;
        for (var todo = unanswered(); !todo.isEmpty(); todo = unanswered()) {
            try {
                sieve(todo);
                if (!unanswered().isEmpty()) throw new AssertionError("complete without blocks " + unanswered());
            } catch (ChannelException lost) {
                tell(todo);
                fruitless = unanswered().size() < todo.size() ? 0 : fruitless + 1;
                if (fruitless == MOST_FRUITLESS)
                    throw new IllegalStateException(fruitless
                            + " networks in a row ended before they gave an answer, the last one by: "
                            + lost.getMessage() + "; see what the workers said", lost);
                if (!unanswered().isEmpty()) replaceLost();
            }
        }
        return counts.values().stream().mapToInt(n -> n).sum();
    }

    private int blocks() {
        return Math.ceilDiv(limit, Block.SIZE);
    }

    private List<Integer> unanswered() {
        return IntStream.range(0, blocks()).filter(number -> !counts.containsKey(number)).boxed().toList();
    }

    /// Sends the blocks `todo` through a new network.
    ///
    /// @throws ChannelException if that ended before its work was done
    private void sieve(List<Integer> todo) throws Exception {
        networks++;
        sent = 0;
        var links = new ArrayList<Channel<Block>>();
        for (int i = 0; i <= STAGES; i++)
            links.add(node.receiver("network " + networks + ", link " + i, Block.class));
        try {
            for (int i = 0; i < STAGES; i++) {
                var jvm = members.get(i).jvm;
                int from = i == 0 ? 2 : SPLIT, to = i == 0 ? SPLIT - 1 : (int) Math.sqrt(limit);
                var stage = new Stage(from, to, links.get(i).receiver(), links.get(i + 1).sender());
                if (!members.get(i).stages.send(stage, patience))
                    throw new IllegalStateException(jvm + " did not come within " + patience.toMillis()
                            + " ms; run it again when the machine is less busy");
            }
            for (var member : members) poisonAfter(member.jvm, links.getLast());
            new Par("network " + networks, feed(todo, links.getFirst()), count(links.getLast())).run();
        } finally {
            for (var link : links) link.poison(new IllegalStateException("network " + networks + " is over"));
        }
    }

    private Proc feed(List<Integer> todo, Sender<Block> out) {
        return Proc.named("feed").owningOut(out).does(() -> {
            for (int number : todo) {
                sent++;
                out.send(Block.of(number, limit));
            }
        });
    }

    private Proc count(Receiver<Block> in) {
        return Proc.named("count").does(() -> {
            killThoseDue();
            for (var block : in) {
                counts.putIfAbsent(block.number(), block.count());
                if (counts.size() % Math.ceilDiv(blocks(), 10) == 0)
                    System.err.printf("%d of %d blocks answered%n", counts.size(), blocks());
                killThoseDue();
            }
        });
    }

    // What goes wrong

    private void killThoseDue() {
        kills.removeIf(kill -> {
            if (counts.size() < kill.answers) return false;
            var jvm = members.get(kill.stage - 1).jvm;
            System.err.printf("kill -9 %s, stage %d, after %d answers%n", jvm, kill.stage, counts.size());
            jvm.kill();
            return true;
        });
    }

    private void tell(List<Integer> todo) {
        var lost = todo.subList(0, sent).stream().filter(number -> !counts.containsKey(number)).toList();
        System.err.printf(
                "network %d is over with %d of %d blocks answered; on their way were %s, which are sent again%n",
                networks, counts.size(), blocks(), lost);
    }

    private Member start() throws IOException {
        var jvm = ChildJvm.start(program, new Assignment(++started, node.port(), secret));
        var stages = node.receiver(Worker.channel(started), Stage.class);
        poisonAfter(jvm, stages);
        return new Member(jvm, stages);
    }

    private static void poisonAfter(ChildJvm jvm, Channel<?> channel) {
        jvm.onExit().thenRun(() -> channel.poison(new IllegalStateException(jvm + " " + jvm.ending())));
    }

    /// Starts a worker for each that has ended. A broken link is often seen before the end of the process is, so this waits for that; if none ends, one of them hangs, and all are ended, since
    /// nobody can tell which.
    private void replaceLost() throws Exception {
        awaitEnd(CompletableFuture.anyOf(exits()));
        if (members.stream().allMatch(member -> member.jvm.isAlive())) {
            System.err.println("a worker does not answer and does not end: ending all");
            for (var member : members) member.jvm.kill();
            awaitEnd(CompletableFuture.allOf(exits()));
        }
        for (int i = 0; i < STAGES; i++) {
            var lost = members.get(i).jvm;
            if (lost.isAlive()) continue;
            members.set(i, start());
            System.err.printf("%s %s; %s takes its place%n", lost, lost.ending(), members.get(i).jvm);
        }
    }

    private CompletableFuture<?>[] exits() {
        return members.stream().map(member -> member.jvm.onExit()).toArray(CompletableFuture<?>[]::new);
    }

    private void awaitEnd(CompletableFuture<?> end) {
        end.thenAccept(_ -> {}).completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /// Ends the workers, and what does not end by itself.
    @Override public void close() {
        for (var member : members) member.stages.close();
        awaitEnd(CompletableFuture.allOf(exits()));
        for (var member : members) member.jvm.kill();
        node.close();
    }
}
